"""Words: splitting, stemming, and telling English from other languages and from noise."""

import re
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")

# Too common to say what a text is about.
FUNCTION_WORDS_LIST = """
a about after again all also am an and any anything are aren't as at be because been before
being but by can can't could couldn't did didn't do does doesn't doing don't down each either
else even every everything few first for from get gets give go going good got had has hasn't
have haven't having he her here him his how i i'd i'll i'm i've if in into is isn't it it's its
just know last let let's like lot made make makes many may me might more most much must my need
never no not now of off on once one only or other our out over own people quite rather really
same say see she should shouldn't so some somebody someone something still such than that that's
the their them then there these they thing things this those through time to too two under until
up upon us very want was wasn't way we we'd we're we've well went were weren't what when where
which while who whom whose why will with won't work would wouldn't yes yet you you'd you'll
you're you've your yours
"""
FUNCTION_WORDS = frozenset(FUNCTION_WORDS_LIST.split())

# Frequent words of the languages candidates most often answer in, none of them English.
FOREIGN_WORDS_LIST = """
el los las una unos por para con pero muy mi que como cuando porque donde esto esta este soy
estoy fue tengo trabajo equipo hola gracias le les une des du et est avec pour dans sur mais je
nous vous ils elle suis mon ma mes ce cette qui ne pas plus travail bonjour merci der das den
dem ein eine einen und ist ich wir sie nicht mit für auf von zu meine mein haben habe wurde
arbeit hallo danke o os uma um em não mas eu você nós meu minha foi trabalho olá obrigado il lo
gli di che sono ho abbiamo lavoro mio mia con ciao grazie het een van ik wij niet met voor mijn
naar heb werk jag och är inte jestem nie się czy w na jest ben bir ve bu için çok saya dan yang
di dengan untuk
"""
FOREIGN_WORDS = frozenset(FOREIGN_WORDS_LIST.split())

CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
KEYBOARD = re.compile(r"asdf|sdfg|dfgh|fghj|ghjk|hjkl|jkl;|qwer|wert|zxcv|xcvb|lkjh|poiu")
SAME_LETTER = re.compile(r"(.)\1{3,}")
VOWEL = re.compile(r"[aeiouy\d]")


def words(text: str) -> list[str]:
    """The words in order, in lower case."""
    return WORD.findall(text.lower())


def sentences(text: str) -> list[str]:
    """The sentences without surrounding space; a line break also ends one."""
    return [part.strip() for part in SENTENCE_END.split(text) if part.strip()]


def normal(text: str) -> str:
    """Equal for texts that differ only in case, spacing and punctuation."""
    return " ".join(words(text))


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A form that a word's inflections share: 'prioritised', 'prioritise' -> 'priori'."""
    for ending in ("ational", "ingly", "ings", "edly", "ing", "ies", "ied", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word.rstrip("ey")[:6] or word


def content_stems(tokens: list[str]) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    return frozenset(stem(token[:24]) for token in tokens if token not in FUNCTION_WORDS)


def is_other_language(tokens: list[str]) -> bool:
    """Whether the words are mostly of another language or script than English."""
    if not tokens:
        return False
    other_script = sum(1 for token in tokens if token[0] > "\u024f")
    if other_script * 2 > len(tokens):
        return True
    foreign = sum(token in FOREIGN_WORDS for token in tokens)
    english = sum(token in FUNCTION_WORDS and token not in FOREIGN_WORDS for token in tokens)
    return foreign >= 2 and foreign > english and foreign * 6 >= len(tokens)


def is_gibberish(tokens: list[str]) -> bool:
    """Whether the words are keyboard noise, or the same few words over and over."""
    if not tokens:
        return False
    noise = sum(_is_noise(token) for token in tokens)
    if noise * 2 > len(tokens) or (noise and noise * 2 == len(tokens)):
        return True
    return len(tokens) >= 3 and len(set(tokens)) * 3 <= len(tokens) and len(set(tokens)) <= 3


def _is_noise(token: str) -> bool:
    if len(token) <= 3:
        return False
    return (
        len(token) > 30
        or not VOWEL.search(token)
        and len(token) > 5
        or bool(CONSONANTS.search(token) or KEYBOARD.search(token) or SAME_LETTER.search(token))
    )
