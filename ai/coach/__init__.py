"""The built-in interviewer: rules over a curated question bank, no model.

One message, walking through: `conversation` reads the packed string into turns, `interview` says
where the interview stands (role, question being answered, what has been asked), `answer` reads
what the candidate's answer has and lacks, `followup` chooses what to ask, `reply` says it in at
most 40 words. Everything is deterministic: the same conversation gets the same reply.
"""
