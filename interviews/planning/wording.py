"""Which of a language model's words may be said to a candidate."""

from __future__ import annotations

import re

from ai.coach.bank import MAX_QUESTION_WORDS, Question
from ai.coach.intent import Intent, read_intent
from ai.coach.language import WORD, content_stems, is_other_language, words
from ai.coach.privacy import is_abuse, is_personal
from interviews.planning.matching import Texts

FEWEST_QUESTION_WORDS = 5
MAX_WORD_CHARACTERS = 30
# So many of a question's own terms make another wording the same question.
FEWEST_SHARED_TERMS = 2

# Kept wide on purpose: a wording that is wrongly dropped costs nothing, the bank's is asked.
PERSONAL_TOPIC = re.compile(
    r"""\b(?:
      how\ old | ages? | aged | birth\w* | born | babies | baby | child\w* | kids? | famil\w+
      | parent\w* | mothers? | fathers? | spouse\w* | husband\w* | wi(?:fe|ves) | partners?
      | pregnan\w* | marri\w+ | marital | maternity | paternity | relig\w+ | faith | belief\w*
      | pray\w* | church\w* | mosque\w* | politic\w* | vot(?:e|ed|ing) | unions? | nationalit\w*
      | citizen\w* | countr\w+ | origin\w* | ethnic\w* | rac(?:e|ial) | native | accents? | visas?
      | immigra\w+ | disab\w+ | health\w* | ill | illness\w* | medical\w* | medicat\w+ | sick\w*
      | diagnos\w+ | sexual\w* | gender\w* | salar\w+ | pay | paid | criminal\w* | convict\w+
      | passwords? | passport\w* | home\ address | phone\ numbers? | bank\ accounts?
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
UNFIT = re.compile(
    r"[<>{}\[\]\\|`*_#@]|https?:|www\.|[\x00-\x1f\x7f-\x9f]|\bhired\b", re.IGNORECASE
)
# Names within a sentence, and numbers: what a made-up fact would be recognised by.
CLAIM = re.compile(r"(?<![.?!:]\s)(?<!\A)\b[A-Z][\w\-]*|\d[\d.,]*")


def may_show(phrase: str) -> bool:
    """Whether words of a person's text may be shown to them as a reason."""
    return not (is_personal(phrase) or is_abuse(phrase) or UNFIT.search(phrase))


def may_ask(text: str, question: Question, texts: Texts) -> bool:
    """Whether a new wording of a question is one: short, about the same, and fair."""
    return (
        is_one_question(text)
        and may_show(text)
        and read_intent(text, "") is not Intent.INSTRUCTS
        and not is_other_language(words(text))
        and is_about_the_same(text, question)
        and personal_topics(text) <= personal_topics(question.text)
        and has_no_new_facts(text, question, texts)
    )


def is_one_question(text: str) -> bool:
    """Of a sensible length, with at most one question mark, at the end."""
    parts = text.split()
    return (
        FEWEST_QUESTION_WORDS <= len(parts) <= MAX_QUESTION_WORDS
        and text.endswith(("?", "."))
        and "?" not in text[:-1]
        and max(map(len, parts)) <= MAX_WORD_CHARACTERS
    )


def is_about_the_same(text: str, question: Question) -> bool:
    own = question.terms | content_stems(words(f"{question.text} {question.topic}"))
    return len(content_stems(words(text)) & own) >= FEWEST_SHARED_TERMS


def personal_topics(text: str) -> set[str]:
    """What it touches of what no interviewer asks for. A teacher's question may name parents."""
    return {match.group().lower() for match in PERSONAL_TOPIC.finditer(text)}


def has_no_new_facts(text: str, question: Question, texts: Texts) -> bool:
    """Whether every name and number in it is in the question or in the person's texts."""
    known = f"{question.text} {texts.job_description} {texts.resume}".lower()
    vocabulary = {match.group() for match in WORD.finditer(known)} | {"i"}
    return all(word in vocabulary for claim in CLAIM.findall(text) for word in words(claim))
