"""Where a string may be cut without taking a visible character apart.

Python's standard library has no grapheme clusters. This follows the rules of Unicode Standard
Annex 29 (https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundary_Rules) on top of
`unicodedata`, and where it simplifies it joins more than the annex does, never less, for text in
use today: combining marks, emoji with modifiers and joiners, flags, Hangul and Indic conjuncts
stay whole. Prepended marks (GB9b), which no living orthography needs, are left out.
"""

import re
import unicodedata
from itertools import chain

ZERO_WIDTH_JOINER = "\u200d"
VIRAMA_COMBINING_CLASS = 9
MARKS = frozenset({"Mn", "Mc", "Me"})
CONTROLS = frozenset({"Cc", "Zl", "Zp"})

# Extend and ZWJ beyond the marks: joiners, half-width voicing, skin tones, tag characters.
EXTENDER = re.compile("[\u200c\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
REGIONAL_INDICATOR = re.compile("[\U0001f1e6-\U0001f1ff]")
HANGUL_LEAD = re.compile("[\u1100-\u115f\ua960-\ua97c]")
HANGUL_TRAIL = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")
HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb]")


def is_grapheme_break(text: str, index: int, start: int = 0) -> bool:
    """Whether `text` may be cut before `index`; `start` is a break at or before it.

    Flags are pairs of regional indicators, so their parity is counted from `start`.
    """
    if not start < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    if before.isascii() and after.isascii():
        return (before, after) != ("\r", "\n")
    if unicodedata.category(before) in CONTROLS:
        return True
    return not (
        extends(after)
        or before == ZERO_WIDTH_JOINER
        or is_conjunct(before, after)
        or is_hangul_syllable(before, after)
        or is_flag(text, index, start)
    )


def nearest_grapheme_break(text: str, start: int, low: int, index: int, high: int) -> int:
    """The last break in `low` to `index`, else the first one to `high`, else `high` itself.

    `start` is a break before `low`. The last case is a single cluster longer than the limit.
    """
    candidates = chain(range(index, low - 1, -1), range(index + 1, high))
    breaks = (i for i in candidates if is_grapheme_break(text, i, start))
    return next(breaks, high)


def extends(char: str) -> bool:
    return unicodedata.category(char) in MARKS or EXTENDER.match(char) is not None


def is_conjunct(before: str, after: str) -> bool:
    return unicodedata.combining(before) == VIRAMA_COMBINING_CLASS and after.isalpha()


def is_hangul_syllable(before: str, after: str) -> bool:
    if HANGUL_TRAIL.match(after):
        return HANGUL.match(before) is not None
    return HANGUL_LEAD.match(before) is not None and HANGUL.match(after) is not None


def is_flag(text: str, index: int, start: int) -> bool:
    """Whether the characters around `index` are the two halves of one flag."""
    if not REGIONAL_INDICATOR.match(text[index]):
        return False
    first = index
    while first > start and REGIONAL_INDICATOR.match(text[first - 1]):
        first -= 1
    return (index - first) % 2 == 1
