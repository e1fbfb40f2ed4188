"""What a candidate's words are, where they are not simply an answer.

Looked for in lower case and in order; the first that fits wins. Most are believed only of short
texts, because a long answer may well contain "I had no idea" or "they asked me to stop".
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ai.coach.language import is_gibberish, is_other_language, normal, words
from ai.coach.privacy import is_abuse


class Intent(StrEnum):
    ANSWER = "answer"
    EMPTY = "empty"
    GIBBERISH = "gibberish"
    ONE_WORD = "one word"
    READ_BACK = "question read back"
    OTHER_LANGUAGE = "other language"
    GREETS = "greets"
    BEGINS = "begins"
    STOPS = "stops"
    ASKS_REPEAT = "asks for repeat"
    ASKS_MEANING = "asks for clarification"
    ASKS_TIME = "asks for time"
    ASKS_NEXT = "asks for the next question"
    ASKS_FEEDBACK = "asks for feedback"
    ASKS_WHO = "asks who it talks to"
    DOES_NOT_KNOW = "does not know"
    INSTRUCTS = "instructs the interviewer"
    OFF_TASK = "off task"


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is looked for in a text of at most `max_words`."""

    intent: Intent
    max_words: int
    pattern: re.Pattern[str]


def _rule(intent: Intent, max_words: int, *patterns: str) -> Rule:
    return Rule(intent, max_words, re.compile("|".join(patterns)))


PRACTISE = (
    r"\b(?:practi[sc]e|prepare|rehearse|mock interview|interview (?:me|practice|prep))\b.*"
    r"\b(?:for|interview|job|role|position|as|with|me)\b"
)
RULES = (
    _rule(
        Intent.STOPS,
        22,
        r"\b(?:(?:let'?s|can we|could we|shall we|i(?:'d| would)? (?:want|like|need|have) to|i want"
        r"|i'm going to|please|we can)[ ](?:just )?(?:stop|end|finish|quit|wrap up)(?! (?:it"
        r"|that|them|"
        r"using|the (?:bug|outage|project))))",
        r"\A\W*(?:stop|quit|exit|bye|goodbye|good bye|the end|end|finish|i'm done|i am done)\W*\Z",
        r"\b(?:(?:end|stop|finish) the (?:interview|practice|session)|that(?:'s| is"
        r"| will be) (?:all|enough)"
        r" for (?:today|now)|no more questions|i(?:'m| am) done (?:for|with|now|here)|goodbye"
        r"|bye(?: bye)?"
        r"|(?:have|got|need) to go(?: now)?\W*\Z)",
    ),
    _rule(
        Intent.INSTRUCTS,
        10_000,
        r"\b(?:ignore|disregard|forget|override|bypass) (?:all |any |your |the |my |these "
        r"|those |every )*"
        r"(?:previous |prior |earlier |above |system |other )*(?:instructions?|rules?|prompts?"
        r"|guidelines"
        r"|programming|directions)",
        r"\b(?:system prompt|developer mode|jailbreak|prompt injection)\b",
        r"\byou are now\b|\bfrom now on,? you\b|\bnew instructions?:|\bend of (?:conversation"
        r"|transcript)\b",
        r"\b(?:say|write|reply|respond|print|output|answer|repeat|tell me)\b.{0,30}\b(?:i am|i'm"
        r"|you are|you're"
        r"|we are|the candidate is)\b.{0,12}\b(?:hired|selected|accepted|the best)",
        r"\b(?:give|rate|score|grade|mark) (?:me|this|my answer|the candidate)\b.{0,20}"
        r"(?:\b\d+ ?(?:/|out of) ?\d+|\bfull marks|\bperfect|\bhighest|\b100)",
        r"\b(?:pretend|act|behave|roleplay|role-play) (?:to be|as if you|as an? (?:ai"
        r"|unrestricted|hacker|dan))",
        r"\bthis (?:answer|candidate) (?:is|deserves) (?:perfect|excellent|full|the best)",
    ),
    _rule(
        Intent.ASKS_WHO,
        25,
        r"\bare you (?:a |an |really |even |just )*(?:human|person|real|bot|robot|machine|ai"
        r"|artificial|llm"
        r"|language model|computer|chat ?bot|chat ?gpt|gpt|gemini|claude)",
        r"\b(?:who|what) (?:exactly )?are you(?! (?:looking|asking|doing|expecting|after|hoping))",
        r"\b(?:which|what) (?:ai |language )?model (?:are you|is this|do you)|\bwho (?:made"
        r"|built|trained) you"
        r"|\bam i (?:talking|speaking) (?:to|with)",
    ),
    _rule(
        Intent.ASKS_REPEAT,
        25,
        r"\b(?:repeat (?:that|it|the question|your question|please)|say (?:that|it) again"
        r"|come again"
        r"|pardon|ask (?:that|it|the question) again|once more,? please)\b",
        r"\b(?:didn't|did not|couldn't|could not) (?:quite |really )?(?:hear|catch|get) (?:that"
        r"|you|the|it|what)",
        r"\bwhat (?:was|is) the question|\bcan you repeat|\brepeat\W*\Z|\A\W*(?:sorry|what"
        r"|excuse me)\?+\W*\Z",
    ),
    _rule(
        Intent.ASKS_MEANING,
        30,
        r"\b(?:what do you mean|what does (?:that|this|it) mean|do you mean"
        r"|can you (?:please )?(?:clarify"
        r"|explain|rephrase|elaborate)|could you (?:please )?(?:clarify|explain|rephrase"
        r"|elaborate|be more specific)"
        r"|(?:can|could) you be more specific|clarify (?:the|your|that)|rephrase|in what sense)\b",
        r"\b(?:don't|do not|didn't|did not) (?:really |quite |fully )?understand (?:the|your"
        r"|that|what|this)? ?"
        r"(?:question|you|that|it|mean|ask)",
        r"\bwhat (?:kind|sort|type) of (?:\w+ )?(?:do you|are you|would you|should)",
        r"\b(?:can|could) you give me an example\b|\bnot sure what you(?:'re| are)? (?:mean|ask"
        r"|look)",
        r"\bwhat (?:exactly )?are you (?:looking|asking)",
    ),
    _rule(
        Intent.ASKS_FEEDBACK,
        25,
        r"\bhow (?:did i do|was (?:that|my answer)|am i doing|would you (?:rate|score|grade)"
        r"|(?:can|could) i"
        r" (?:improve|do better))|\bwas (?:that|my answer|this) (?:good|ok|okay|right|correct"
        r"|fine|alright|better)"
        r"|\b(?:give|some|any|get|your) (?:me )?(?:some |any )?feedback\b(?! from)"
        r"|\bwhat (?:should|could|can) i"
        r" (?:improve|do better|have (?:said|done))|\bdid i (?:do|answer) (?:well|that|it|ok)",
    ),
    _rule(
        Intent.ASKS_TIME,
        20,
        r"\b(?:let me think|give me (?:a|one|some) (?:moment|minute|second|sec|time)|(?:need"
        r"|have|take) (?:a|one"
        r"|some) (?:moment|minute|second|time) to think|hold on|wait a (?:moment|minute|second)"
        r"|just a"
        r" (?:moment|minute|second|sec)|one (?:moment|second|sec))\b",
    ),
    _rule(
        Intent.ASKS_NEXT,
        20,
        r"\b(?:next (?:question|one)(?: please)?|skip(?: (?:this|that|it|the question))?\W*\Z"
        r"|skip (?:this|that|it"
        r"|the)|can we (?:skip|move on)|move on|pass on (?:this|that)|another question"
        r"|different question"
        r"|ask me (?:a|an|another|some|something|about))\b",
        r"\A\W*(?:pass|skip|next)\W*\Z",
    ),
    _rule(
        Intent.BEGINS,
        45,
        PRACTISE,
        r"\b(?:have|got|is my|having) (?:a |an |my )?(?:\w+ ){0,3}interview (?:coming|next"
        r"|tomorrow|soon|on|in|for"
        r"|at|with|this)\b",
        r"\b(?:i'm|i am|i'll be|i will be) (?:applying|preparing|interviewing|going"
        r"|getting ready|training) (?:for|to"
        r" be)\b.*\b(?:job|role|position|interview|as)\b",
        r"\b(?:let'?s|can we|shall we|could we|i'm ready to|ready to|please|i want to) (?:start"
        r"|begin|practi[sc]e|go)\b",
        r"\A\W*(?:i'm ready|i am ready|ready|start|begin|go)\W*\Z|\binterview me\b"
        r"|\bask me questions\b",
    ),
    _rule(
        Intent.DOES_NOT_KNOW,
        25,
        r"\b(?:i (?:really |honestly |just )?(?:don't|do not|dont) (?:know|remember|have (?:any"
        r"|an|one|much|that"
        r"|a (?:good )?example))|no idea|no clue|can(?:'t|not) (?:think|remember|recall|come up)"
        r"|nothing comes to mind"
        r"|not sure(?: (?:how|what|about|really|i))?\W*\Z|i(?:'m| am) not sure(?:\W*\Z| (?:what"
        r"|how))|(?:have|'ve) never"
        r" (?:had|done|been|used|heard|worked|really)|no experience|never (?:happened|did that"
        r"|heard|done)"
        r"|don't have (?:any|much|an|a) (?:experience|example)|idk|dunno)\b",
        r"\bi(?:'m| am) not sure\W*\Z",
    ),
    _rule(
        Intent.GREETS,
        8,
        r"\A\W*(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|howdy"
        r"|nice to meet you)\b",
        r"\A\W*(?:how are you|are you there|anyone there|test|testing)\W*\Z",
    ),
)

ASKS_SOMETHING = re.compile(
    r"\A\W*(?:(?:ok|okay|so|well|hey|please|and)[, ]+)*(?:what(?:'s| is| are| was)|who(?:'s| is"
    r"| was)|where(?: is|'s)|when(?: is|'s)"
    r"|how (?:much|many|old|far|do i|do you|to|are|is)|why (?:is|are|do)|which|is (?:it|there"
    r"|the)|does|do you (?:like|know|have|love|want)"
    r"|can you|could you|will you|would you|tell me (?:a|about (?:the|your))|write|translate"
    r"|sing|calculate|compute"
    r"|solve|summari[sz]e|give me|show me|make me|generate|create|help me)\b",
)
INSTRUCTION = next(rule.pattern for rule in RULES if rule.intent is Intent.INSTRUCTS)
MIN_ANSWER_WORDS = 3
SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
# Begun anywhere in a long number, it would be looked for once for each digit.
SUM = re.compile(r"(?<!\d)\d+\s*[-+*/x^]\s*\d+")
OWN_WORDS = re.compile(r"\b(?:i|we|my|our)\b")


def read_intent(text: str, question_text: str) -> Intent:
    """What the text is; `question_text` is the question it follows, or empty."""
    text = text.lower()
    tokens = words(text)
    if not tokens:
        return Intent.EMPTY
    for rule in RULES:
        if len(tokens) <= rule.max_words and rule.pattern.search(text):
            return rule.intent
    if is_other_language(tokens):
        return Intent.OTHER_LANGUAGE
    if is_gibberish(tokens):
        return Intent.GIBBERISH
    if question_text and is_read_back(tokens, words(question_text)):
        return Intent.READ_BACK
    if _is_off_task(text, tokens):
        return Intent.OFF_TASK
    return Intent.ONE_WORD if len(tokens) <= 2 else Intent.ANSWER


def is_read_back(tokens: list[str], question: list[str]) -> bool:
    """Whether a text adds next to nothing to the words of the question."""
    if len(tokens) < 5:
        return False
    known = set(question)
    return sum(token in known for token in tokens) >= 0.85 * len(tokens)


def without_instructions(text: str) -> str:
    """The text with sentences that try to instruct the interviewer as spaces, so offsets stay.

    A text that holds hardly anything else is left as it is: then that is its intent.
    """
    if not INSTRUCTION.search(text.lower()):
        return text
    blanked = SENTENCE.sub(_blank_instruction, text)
    return blanked if len(words(blanked)) >= MIN_ANSWER_WORDS else text


def _blank_instruction(sentence: re.Match[str]) -> str:
    is_instruction = INSTRUCTION.search(sentence.group().lower())
    return " " * len(sentence.group()) if is_instruction else sentence.group()


def _is_off_task(text: str, tokens: list[str]) -> bool:
    if len(tokens) <= 12 and (SUM.search(text) or _is_insult(text, tokens)):
        return True
    asks = ASKS_SOMETHING.match(text) and not OWN_WORDS.search(normal(text))
    return bool(asks) and len(tokens) <= 25


def _is_insult(text: str, tokens: list[str]) -> bool:
    return is_abuse(text) and (len(tokens) <= 3 or "you" in tokens or "your" in tokens)
