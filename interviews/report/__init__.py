"""Makes an interview's report: a document in which every judgement can be checked.

Its shape is in docs/interviews.md. Nothing here writes to the database; `services/reports.py` does.
"""
