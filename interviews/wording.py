"""What the interviewer says that is neither a question nor a follow-up."""

from ai.coach.intent import Intent

WELCOME = "Welcome. Take your time to think before you answer."
CLOSING = "That was my last question. Thank you for this interview; your report comes next."

# Said before the next question, each once in an interview.
TRANSITIONS = (
    "Thank you.",
    "Let us go on.",
    "All right, the next question.",
    "Thanks, I have that.",
    "Let us turn to something else.",
    "Good to know.",
    "Here is another one.",
    "I see, thank you.",
    "On to the next one.",
    "That gives me a picture.",
    "Understood.",
    "Let us take up another topic.",
)
SKIPPED = (
    "Of course, let us take the next one.",
    "No problem, on to the next question.",
    "All right, we leave that one.",
    "Fine, let us try another.",
)
LET_GO = (
    "That is all right; let us try another one.",
    "Let us leave it there and go on.",
    "No harm done; here is something else.",
)

# Said before what was asked is asked again.
AGAIN: dict[Intent, tuple[str, ...]] = {
    Intent.EMPTY: ("I did not get an answer.",),
    Intent.GIBBERISH: (
        "I could not make out any words in that.",
        "I am afraid I still could not follow.",
    ),
    Intent.READ_BACK: (
        "That repeats the question; I would like your own answer.",
        "In your own words, please.",
    ),
    Intent.OTHER_LANGUAGE: (
        "I can only follow English so far; please answer in English.",
        "In English, please, as well as you can.",
    ),
    Intent.GREETS: ("Hello, and good to meet you.", "Hello again."),
    Intent.BEGINS: ("Good, let us begin.", "Then go ahead."),
    Intent.INSTRUCTS: ("I only hold the interview, so back to it.", "Back to the question."),
    Intent.OFF_TASK: (
        "I can only help you practise, so back to that.",
        "Let us stay with the interview.",
    ),
    Intent.ONE_WORD: ("That is very short. Could you say more?", "A little more, please."),
    Intent.ASKS_REPEAT: ("Of course.",),
    Intent.ASKS_FEEDBACK: ("You will get that in your report, at the end.",),
    Intent.ASKS_WHO: ("I am a computer program that practises interviews with you.",),
    Intent.STOPS: (
        "We can stop here whenever you like: just end the interview. If you would rather go on:",
    ),
}
NOTHING_HEARD = (
    "I could not hear anything. Please check your microphone, or type your answer."
    " Here is the question again."
)
TAKE_YOUR_TIME = "Of course, take all the time you need."
HELPING = "That is all right, and better than guessing."
