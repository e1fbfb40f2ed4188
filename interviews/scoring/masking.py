"""What of an answer is not read: instructions to whoever scores it, and personal facts.

Left-out text becomes line breaks, so that every other character keeps its place and no quote can
run across the gap.
"""

import re

from ai.coach.answer import lower, own_actions
from ai.coach.elements import WE_DID
from ai.coach.intent import INSTRUCTION
from ai.coach.language import normal, words
from ai.coach.privacy import CONTACT, PERSONAL, is_abuse, is_personal

# A full stop within a word or a figure ends nothing.
SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=[^\s.!?]))+[.!?]*")
CLAUSE = re.compile(
    r"(?:\b(?:and|but|because|so|while|when|which|who)\b)?"
    r"(?:(?!\b(?:and|but|because|so|while|when|which|who)\b)[^,;:()\n])+[,;:()]*|\S+"
)
# Facts about oneself that `ai/coach/privacy.py` leaves to whoever speaks of others.
KIN = (
    r"(?:children|kids|sons?|daughters?|bab(?:y|ies)|husband|wife|mother|father|mum|mom|dad|parent"
    r"|pensioner)\b(?! (?:who|in (?:my|the|our)|that|on (?:my|the)))"
)
OWN_FACT = re.compile(
    r"\b(?:i(?:'m| am|'ve| have| was)|as) (?:got )?"
    rf"(?:(?:a|an|the|one|two|three|four|five|six|no) )?(?:\w+ )?{KIN}"
    r"|\bi come from a (?:\w+ )?family\b"
    r"|\bi(?:'m| am| was) in my (?:(?:late|early|mid)[ -])?(?:twen|thir|for|fif|six)ties\b"
    r"|\bi(?:'m| am| was| have|'ve had| had| suffer from) (?:an? )?(?:\w+ )?(?:asthma|arthritis"
    r"|migraines?|deaf|blind|stammer|stutter|dyspraxi\w+)\b",
    re.IGNORECASE,
)
# What an own fact goes on with: "I have asthma and two small children".
MORE_KIN = re.compile(rf"\s*and (?:\w+ ){{0,3}}{KIN}", re.IGNORECASE)
FEW_WORDS_LEFT = 3
SENSED = re.compile(r"\bi (?:noticed|saw|realised|realized|heard|watched|knew) ")
ABOUT_SELF = re.compile(
    r"\b(?:i|i'm|i've|me|myself|mine|as an?|(?:my|our) (?!(?:\w+ )?(?:patients?|residents?"
    r"|clients?|customers?"
    r"|pupils?|students?|users?|colleagues?|guests?|team|boss|manager)\b))\b",
    re.IGNORECASE,
)
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
    """The text as it is to be read: no orders about the score, no personal facts, nothing twice."""
    without_facts = SENTENCE.sub(_without_personal_facts, without_orders(text))
    return _without_repetition(without_facts)


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


def _without_repetition(text: str) -> str:
    """What is said again word for word is read once."""
    seen: set[str] = set()

    def blank(sentence: re.Match[str]) -> str:
        key = normal(sentence.group())
        is_said = key in seen
        seen.add(key)
        return gap(len(sentence.group())) if is_said else sentence.group()

    return SENTENCE.sub(blank, text)


def _without_personal_facts(sentence: re.Match[str]) -> str:
    """Without its personal clauses; blank where next to nothing is left."""
    text = sentence.group()
    if not _is_own_fact(text):
        return text
    rest = _without_personal_clauses(text)
    return rest if len(words(rest)) >= FEW_WORDS_LEFT else gap(len(text))


def _without_personal_clauses(sentence: str) -> str:
    kept: list[str] = []
    is_fact = False
    for clause in CLAUSE.finditer(sentence):
        text = clause.group()
        is_fact = _is_own_fact(text) or (is_fact and _goes_on(text))
        kept.append(gap(len(text)) if is_fact and not _acts(text) else text)
    return "".join(kept)


def _goes_on(clause: str) -> bool:
    return is_personal(clause) or bool(MORE_KIN.match(clause))


def _is_own_fact(text: str) -> bool:
    """Personal, and about who speaks: a patient's illness is a nurse's work."""
    return bool(OWN_FACT.search(text) or (is_personal(text) and ABOUT_SELF.search(text)))


def _acts(text: str) -> bool:
    rest = lower(CONTACT.sub(" ", PERSONAL.sub(" ", text)))
    return bool(own_actions(rest) or WE_DID.search(rest) or SENSED.search(rest))


def is_quotable(text: str) -> bool:
    """Whether the words may be shown as evidence: nothing personal, no abuse, no order."""
    low = lower(text)
    return not (
        is_personal(text)
        or OWN_FACT.search(text)
        or is_abuse(text)
        or SCORE_ORDER.search(low)
        or INSTRUCTION.search(low)
    )
