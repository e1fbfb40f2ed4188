"""Small words of speech: fillers, hedges, repeated phrases, 'I' and 'we'."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ai.coach.language import FUNCTION_WORDS, words

HESITATION = re.compile(r"(?:u+h*m+|u+h+|e+r+m*|e+h+|h+m+|m{2,}|a+h+)\Z")
# Fillers of two words, and words after which they are none: "you know what I mean" asks.
FILLER_PAIRS = {
    ("you", "know"): frozenset(
        ("what", "how", "why", "that", "the", "if", "who", "where", "about")
    ),
    ("i", "mean"): frozenset(("that", "the", "by", "it")),
}
# "When you know it", "what I don't like": there they are what is said.
BEFORE_MEANT = frozenset(("when", "if", "do", "did", "what", "that", "as", "until", "once", "how"))
BEFORE_LIKED = frozenset(("i", "you", "we", "they", "don't", "didn't", "not", "would", "to", "i'd"))
# "She said hm": there it is what was said.
SAYS = frozenset(("said", "say", "says"))
EDGE = re.compile(r"^\W+|\W+$")
PAUSE_MARK = re.compile(r"[,.;:!?\-…]\Z")

HEDGE = re.compile(
    r"\b(?:i (?:think|guess|suppose|feel like|would say|believe)|maybe|perhaps|probably|possibly"
    r"|(?<!what )(?<!some )(?<!this )(?<!that )(?<!a )(?<!any )(?<!same )(?<!of )(?:kind|sort) of"
    r"|somewhat|more or less|or something|and stuff|or so|i(?:'m| am) not sure|hopefully"
    r"|a (?:little )?bit)\b",
)
FIRST_SINGULAR = re.compile(r"\b(?:i|me|my|mine|myself|i'(?:m|d|ve|ll))\b")
FIRST_PLURAL = re.compile(r"\b(?:we|us|our|ours|ourselves|we'(?:re|d|ve|ll))\b")

REPEATED_WORDS = 4


def find_fillers(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """First and last index of each filler: hesitations, "you know", "I mean", ", like,"."""
    bare = [EDGE.sub("", token.lower()) for token in tokens]
    found: list[tuple[int, int]] = []
    n = 0
    while n < len(bare):
        last = _filler_end(tokens, bare, n)
        if last is not None:
            found.append((n, last))
            n = last
        n += 1
    return found


def _filler_end(tokens: Sequence[str], bare: Sequence[str], n: int) -> int | None:
    before = bare[n - 1] if n else ""
    if HESITATION.match(bare[n]):
        return None if before in SAYS else n
    following = bare[n + 1] if n + 1 < len(bare) else ""
    meant = FILLER_PAIRS.get((bare[n], following))
    if meant is not None and before not in BEFORE_MEANT:
        next_word = bare[n + 2] if n + 2 < len(bare) else ""
        return n + 1 if next_word not in meant or PAUSE_MARK.search(tokens[n + 1]) else None
    is_set_off = n > 0 and bool(PAUSE_MARK.search(tokens[n - 1]) and PAUSE_MARK.search(tokens[n]))
    is_beside = n > 0 and bool(HESITATION.match(bare[n - 1]) or HESITATION.match(following))
    is_loose = bare[n] == "like" and before not in BEFORE_LIKED
    return n if is_loose and (is_set_off or is_beside) else None


def count_hedges(texts: Iterable[str]) -> int:
    """In lower-case texts."""
    return sum(len(HEDGE.findall(text)) for text in texts)


def first_person_counts(texts: Iterable[str]) -> tuple[int, int]:
    """How often 'I' and 'we', in all their forms, are said in lower-case texts."""
    texts = list(texts)
    own = sum(len(FIRST_SINGULAR.findall(text)) for text in texts)
    return own, sum(len(FIRST_PLURAL.findall(text)) for text in texts)


def repeated_phrases(texts: Iterable[str]) -> tuple[str, ...]:
    """Runs of four words or more, two of them with meaning, that were said more than once."""
    runs = [words(text) for text in texts]
    counts = Counter(
        tuple(run[n : n + REPEATED_WORDS])
        for run in runs
        for n in range(len(run) - REPEATED_WORDS + 1)
    )
    found: list[str] = []
    for run in runs:
        found += _repeated_runs(run, counts)
    return tuple(dict.fromkeys(found))


def _repeated_runs(run: list[str], counts: Counter[tuple[str, ...]]) -> list[str]:
    found, n = [], 0
    while n <= len(run) - REPEATED_WORDS:
        end = n
        while counts[tuple(run[end : end + REPEATED_WORDS])] > 1:
            end += 1
        if end > n:
            phrase = run[n : end + REPEATED_WORDS - 1]
            if sum(word not in FUNCTION_WORDS for word in phrase) >= 2:
                found.append(" ".join(phrase))
        n = end + 1
    return found
