"""Every sentence of the coach that is not a question of the bank.

A follow-up is a lead (often the candidate's own words) and an ask. Asks are fixed sentences, so
that one asked before is recognised when the conversation is read back; each is used at most once.
"""

from ai.coach.bank import Kind
from ai.coach.elements import Element

ASKS: dict[Element, tuple[str, ...]] = {
    Element.RELEVANCE: (
        "How does your answer connect to that?",
        "Where does that come into your answer?",
        "Which part of your answer is about that?",
        "Could you tie your answer to that?",
    ),
    Element.DETAIL: (
        "Could you say more, as if to somebody who will do it after you?",
        "What would I see you do, step by step?",
        "What lies behind that?",
        "Could you go one level deeper?",
        "What else belongs to it?",
    ),
    Element.EXAMPLE: (
        "Can you tell me about one real time you did this?",
        "Which single occasion shows it best, and what happened?",
        "When did something like this last happen to you?",
        "Where have you met this in practice?",
        "What is one case from your own experience?",
        "Could you walk me through one actual occasion?",
        "When did you last do that, and how did it go?",
        "Which real case are you thinking of?",
    ),
    Element.ACTION: (
        "What was your own part in it?",
        "Which of that did you do yourself?",
        "What did you personally decide or do?",
        "What would have been missing without you?",
        "Which step was yours, and how did you take it?",
        "What did you yourself do first, and then?",
        "If I had watched only you, what would I have seen?",
    ),
    Element.RESULT: (
        "What came of it in the end?",
        "How did it turn out?",
        "What was different afterwards?",
        "What did that change, and for whom?",
        "How did you know that it had worked?",
        "Where did things stand once you were done?",
        "What happened as a result?",
    ),
    Element.FOCUS: (
        "How would you put the heart of it in three sentences?",
        "If you had thirty seconds, what would you keep?",
        "Which one point should I remember?",
        "What is the short version?",
    ),
    Element.SITUATION: (
        "What was the situation, and what were you there to do?",
        "Where was this, and what was at stake?",
        "What was going on before you stepped in?",
        "What was the setting, and why did it matter?",
        "Who needed this, and why just then?",
    ),
    Element.NUMBER: (
        "Can you put a number on it: time, people, cost or errors?",
        "How much did that change, roughly, in figures?",
        "How large was it: how many people, hours or cases?",
        "What were the figures before and after?",
        "Roughly how many, how long or how much?",
    ),
    Element.REASON: (
        "Why that way rather than another?",
        "What makes you choose that?",
        "What is your reason for it?",
        "Why does that matter here?",
        "What speaks for it, and what against?",
        "What would happen if you did not?",
    ),
    Element.REFLECTION: (
        "What would you do differently next time?",
        "What did you take from it for later work?",
        "Looking back, what would you change?",
        "What has it changed in how you work?",
        "Which lesson from it have you used since?",
    ),
}
# How the element is asked for where the question was about the future or about knowledge.
PLANNED_ACTION_ASKS = (
    "What would you yourself do first?",
    "Which steps would you take, in order?",
    "Where would you start, and what comes next?",
    "What would be your very first move?",
)
# A smaller way in, for somebody who has nothing to say at first.
HELP: dict[Kind, tuple[str, ...]] = {
    Kind.BEHAVIOURAL: (
        "Does a smaller example come to mind, perhaps from studies or volunteering?",
        "What is the nearest thing that you have seen or been part of?",
        "Has it ever happened in a small way, even on an ordinary day?",
    ),
    Kind.SITUATIONAL: (
        "What would be your first small step?",
        "Whom could you ask, and what would you ask them?",
        "What would you want to find out first?",
    ),
    Kind.TECHNICAL: (
        "How would you go about finding out?",
        "Which part of it do you know something about?",
        "What is your best guess, and what is it based on?",
    ),
    Kind.MOTIVATION: (
        "Which task have you recently enjoyed, even a little?",
        "What would you miss most if you did something else?",
        "On which days did the time pass quickly?",
    ),
}
# What the question is after. Not a follow-up: the question stays the same.
MEANINGS: dict[Kind, str] = {
    Kind.BEHAVIOURAL: "Which real occasion comes to mind, what did you do, and how did it end?",
    Kind.SITUATIONAL: "Imagine that it happened today: what would you do, and why?",
    Kind.TECHNICAL: "How would you explain it to a new colleague, with one case?",
    Kind.MOTIVATION: "What is your own reason, and what shows it?",
}
WHICH_ROLE = "Which role would you like to practise for?"
ANSWER_IN_OWN_WORDS = "How would you answer my last question in your own words?"

# Said before an ask, with the candidate's own words.
QUOTING = ('You said "{quote}".', 'You told me "{quote}".', 'I noted "{quote}".')
LEADS: dict[Element, tuple[str, ...]] = {
    Element.RELEVANCE: ("My question was about {topic}.", "I was asking about {topic}."),
    Element.DETAIL: ("That is short so far.", "That is a start."),
    Element.EXAMPLE: ("So far that is general.", "I have not heard one real case yet."),
    Element.ACTION: ("I cannot see your own part yet.", "I have not heard what you did yet."),
    Element.RESULT: ("I have not heard the outcome yet.", "The ending is still missing."),
    Element.FOCUS: ("That was long: about {words} words.",),
    Element.SITUATION: ("I have not heard the background yet.",),
    Element.NUMBER: ("I have not heard a figure yet.",),
    Element.REASON: ("I have not heard a reason yet.",),
    Element.REFLECTION: ("One more thing about that.",),
}

# What was good, said only when it is there.
PRAISE: dict[Element, tuple[str, ...]] = {
    Element.NUMBER: ("The figure helps.", "Thank you for a figure."),
    Element.RESULT: ("You said how it ended; good.", "Thank you for telling me the outcome."),
    Element.REFLECTION: ("You said what you took from it; good.",),
    Element.ACTION: ("You said what you did yourself; good.", "Your own part comes across."),
    Element.REASON: ("You gave a reason; good.", "Thank you for the reason."),
    Element.EXAMPLE: ("A real example; good.", "Thank you for a real case."),
}
PLAN_PRAISE = ("You said what you would do; good.", "Thank you for saying what you would do.")
NO_PRAISE = ("Thank you.", "All right.", "I see.")

# One piece of advice when moving on although something is missing.
ADVICE: dict[Element, str] = {
    Element.RELEVANCE: "Next time, answer the question's own point first.",
    Element.DETAIL: "Next time, say a little more.",
    Element.EXAMPLE: "Next time, use one real example.",
    Element.ACTION: "Next time, say what you yourself did.",
    Element.RESULT: "Next time, end with the outcome.",
    Element.FOCUS: "Next time, keep it under two minutes.",
    Element.SITUATION: "Next time, start with the situation.",
    Element.NUMBER: "Next time, add a figure.",
    Element.REASON: "Next time, give your reason.",
}

# What an element is called when an answer is summed up.
NAMES: dict[Element, str] = {
    Element.EXAMPLE: "a real example",
    Element.SITUATION: "the situation",
    Element.ACTION: "your own actions",
    Element.RESULT: "an outcome",
    Element.NUMBER: "a figure",
    Element.REASON: "a reason",
    Element.REFLECTION: "what you learned",
    Element.DETAIL: "more detail",
    Element.FOCUS: "a shorter form",
    Element.RELEVANCE: "a clear link to the question",
}
