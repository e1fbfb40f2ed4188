"""What of an answer is not read: instructions to whoever scores it, and personal facts.

Left-out text becomes line breaks, so that every other character keeps its place and no quote can
run across the gap.
"""

import re

from ai.coach.answer import lower, own_actions
from ai.coach.elements import WE_DID
from ai.coach.intent import INSTRUCTION
from ai.coach.language import words
from ai.coach.privacy import CONTACT, PERSONAL, is_abuse, is_personal

SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
# Orders about the score, beyond those that interviewers meet (`ai/coach/intent.py`).
SCORE_ORDER = re.compile(
    r"\b(?:"
    r"(?:ignore|disregard|forget|skip|override)\s+(?:\w+\s+){0,3}(?:rubrics?|scoring|scores?"
    r"|grading"
    r"|criteria|anchors?|instructions?|prompts?|rules)"
    r"|(?:give|award|assign|grant)\s+(?:me|this|it|my answer|the candidate"
    r"|this candidate)\s+(?:\w+\s+){0,4}"
    r"(?:score|scores|marks?|points|stars|grade|rating|level\s+(?:5|five)|10|5|five|ten)\b"
    r"(?!\s+(?:minutes?|days?|hours?|weeks?|months?|years?|percent|people|customers?))"
    r"|(?:score|rate|grade|mark|rank|evaluate)\s+(?:me|this|it|my answers?|the candidate"
    r"|this answer"
    r"|this candidate)\s+(?:\w+\s+){0,3}(?:5|five|10|ten|highest|maximum|top|full|perfect"
    r"|excellent)\b"
    r"|(?:dear|attention|note to(?: the)?|message to(?: the)?|to the|hey)\s+(?:ai\s+)?(?:grader"
    r"|scorer|evaluator"
    r"|rater|assessor|scoring (?:model|system)|language model|llm)\b"
    r"|you (?:must|should|will|have to) (?:give|score|rate|grade|award)\b"
    r"|set (?:all |every |the |my )*(?:scores?|levels?|ratings?|dimensions?) to\b"
    r"|(?:all|every) dimensions?\b.{0,30}\b(?:5|five|highest|full)\b"
    r"|(?:output|return|print|respond with)\b.{0,30}(?:\"?(?:level|score|overall)\"?\s*[:=]|json)"
    r")"
)  # fmt: skip
# A sentence longer than this is an unpunctuated transcript: only the order itself is left out.
LONG_SENTENCE_WORDS = 40
ORDER_WORDS_AFTER = 6
FEW_WORDS = re.compile(rf"(?:\s*[^\s]+){{0,{ORDER_WORDS_AFTER}}}")


def readable(text: str) -> str:
    """The text as it is to be read: without orders about the score and without personal facts."""
    return SENTENCE.sub(_without_personal_facts, without_orders(text))


def without_orders(text: str) -> str:
    low = lower(text)
    if not (SCORE_ORDER.search(low) or INSTRUCTION.search(low)):
        return text
    return SENTENCE.sub(_without_order, text)


def gap(length: int) -> str:
    return "\n" * length


def _without_order(sentence: re.Match[str]) -> str:
    text = sentence.group()
    low = lower(text)
    order = SCORE_ORDER.search(low) or INSTRUCTION.search(low)
    if not order:
        return text
    if len(words(text)) <= LONG_SENTENCE_WORDS:
        return gap(len(text))
    after = FEW_WORDS.match(text, order.end())
    end = after.end() if after else order.end()
    rest = f"{text[: order.start()]}{gap(end - order.start())}{text[end:]}"
    return _without_order(found) if (found := SENTENCE.fullmatch(rest)) else rest


def _without_personal_facts(sentence: re.Match[str]) -> str:
    """Blank where the sentence tells nothing else: a story with a personal fact in it is read."""
    text = sentence.group()
    if not is_personal(text):
        return text
    rest = lower(CONTACT.sub(" ", PERSONAL.sub(" ", text)))
    tells_more = own_actions(rest) or WE_DID.search(rest)
    return text if tells_more else gap(len(text))


def is_quotable(text: str) -> bool:
    """Whether the words may be shown as evidence: nothing personal, no abuse, no order."""
    low = lower(text)
    return not (
        is_personal(text) or is_abuse(text) or SCORE_ORDER.search(low) or INSTRUCTION.search(low)
    )
