"""Where sentences end, in a text that is whole or still arriving.

`scan_sentences` is the one place that decides. It looks at each mark that may end a sentence and
at little around it: the word before, the first spoken character after. So it is linear, and the
same text has the same sentences however it arrives (`SentenceBuffer`).

A sentence keeps its closing quotes and brackets and the whitespace after them. It has at least
one letter or digit, because speech vendors refuse text without any: what has none (a dash, an
emoji, a bullet) belongs to the sentence after it, or at the end of the text to the one before.

Capital letters and English abbreviations guide the full stop. A missed end makes two sentences
one, which is hardly heard; a false one makes the voice fall in mid-sentence. So doubt means no end.
"""

import re
import unicodedata
from dataclasses import dataclass

from ai.graphemes import is_grapheme_break

# Marks that end a sentence only where whitespace follows ("3.5", "node.js", "https://a.b/?q").
# The ellipsis is not Sentence_Terminal, but ends sentences as three full stops do.
SPACED_TERMINATORS = r".!?\u2026\uFE52\uFF0E"

# All others with the property Sentence_Terminal, of which most need no space after them.
# Source: PropList.txt of Unicode 14.0, the version of Python 3.11's `unicodedata`.
UNSPACED_TERMINATORS = (
    r"\u0589\u061D-\u061F\u06D4\u0700-\u0702\u07F9\u0837\u0839\u083D\u083E\u0964\u0965"
    r"\u104A\u104B\u1362\u1367\u1368\u166E\u1735\u1736\u1803\u1809\u1944\u1945"
    r"\u1AA8-\u1AAB\u1B5A\u1B5B\u1B5E\u1B5F\u1B7D\u1B7E\u1C3B\u1C3C\u1C7E\u1C7F"
    r"\u203C\u203D\u2047-\u2049\u2E2E\u2E3C\u2E53\u2E54\u3002\uA4FF\uA60E\uA60F\uA6F3"
    r"\uA6F7\uA876\uA877\uA8CE\uA8CF\uA92F\uA9C8\uA9C9\uAA5D-\uAA5F\uAAF0\uAAF1\uABEB"
    r"\uFE56\uFE57\uFF01\uFF1F\uFF61\U00010A56\U00010A57\U00010F55-\U00010F59"
    r"\U00010F86-\U00010F89\U00011047\U00011048\U000110BE-\U000110C1\U00011141-\U00011143"
    r"\U000111C5\U000111C6\U000111CD\U000111DE\U000111DF\U00011238\U00011239"
    r"\U0001123B\U0001123C\U000112A9\U0001144B\U0001144C\U000115C2\U000115C3"
    r"\U000115C9-\U000115D7\U00011641\U00011642\U0001173C-\U0001173E\U00011944\U00011946"
    r"\U00011A42\U00011A43\U00011A9B\U00011A9C\U00011C41\U00011C42\U00011EF7\U00011EF8"
    r"\U00016A6E\U00016A6F\U00016AF5\U00016B37\U00016B38\U00016B44\U00016E98\U0001BC9F"
    r"\U0001DA88"
)
TERMINATORS = SPACED_TERMINATORS + UNSPACED_TERMINATORS

# What may stand between the mark and the space: quotes, brackets, Markdown, emoji presentation.
CLOSERS = r"""\"'”’»›)\]}）］｝」』】〉》〕〗〙〛*_`~\uFE0E\uFE0F"""

# Quotes that open in one language and close in another („so“, »so«).
OPENERS_THAT_CLOSE = "“‘«‹"

NEWLINES = r"\n\r\v\f\x85\u2028\u2029"

# A place where a sentence may end. Its first class excludes what comes after, so no part is ever
# matched twice and scanning stays linear.
CANDIDATE = re.compile(
    rf"(?:(?P<marks>[{TERMINATORS}][{TERMINATORS}{CLOSERS}]*"
    rf"(?:[{OPENERS_THAT_CLOSE}](?=\s|\Z))?)|(?=[{NEWLINES}]))(?P<space>\s*)"
)
UNSPACED_TERMINATOR = re.compile(f"[{UNSPACED_TERMINATORS}]")
# A word and a mark that nothing but space follows yet.
LIKELY_END = re.compile(r"[^\W\d_]{2}[.!?]\s*\Z")
ANY_STARTER = "Next"
# What ends a sentence whatever word stands before it: all but full stops and ellipses.
FIRM_TERMINATOR = re.compile(f"[!?{UNSPACED_TERMINATORS}]")
ELLIPSIS = re.compile(r"\u2026|\.\.")
CLOSER = re.compile(f"[{CLOSERS}{OPENERS_THAT_CLOSE}]")
NEWLINE = re.compile(f"[{NEWLINES}]")
SPOKEN = re.compile(r"[^\W_]")

# How far to look back for an abbreviation and ahead for a sentence's first word, in characters.
LONGEST_WORD = 32
LONGEST_STARTER = 12
LAST_WORD = re.compile(r"[\w.]+\Z")
FIRST_WORD = re.compile(rf"[^\W\d_]{{1,{LONGEST_STARTER}}}")

LIST_MARKER = re.compile(r"\d{1,3}(?:\.\d{1,3})*|[ivx]{1,5}|[a-z]", re.IGNORECASE)
INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


def words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Followed by what they belong to: never the end of a sentence.
ABBREVIATIONS = words(
    "mr mrs ms mx dr prof gen col maj capt cpt lt sgt cpl rev hon gov sen rep pres messrs mme mlle "
    "mt ft e.g i.e eg ie vs cf viz approx incl esp ca cca z.b d.h bzw"
)
# The same where a number follows: "No. 5", "pp. 10", "Sept. 3".
NUMBERED = words(
    "no nos nr p pp vol vols ch sec fig figs art op par eq ver v "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
# May be the last word of a sentence: an end where the next word is one that starts sentences.
# Initials (J. R. R., U.S., a.m.) are treated alike.
TRAILING_ABBREVIATIONS = words(
    "etc inc ltd co corp llc plc gmbh bros jr sr esq ph.d bsc msc b.sc m.sc al dept est ave blvd "
    "rd st ext tel"
)
STARTERS = words(
    "A After All Also Although An And Another Are As At Because Before But Can Could Describe Did "
    "Do Does Each Even For From Give Had Has Have He Her Here His How However I If In Is It Its "
    "Let Many Maybe Most My Next No Not Now On Once One Or Our Over Perhaps Please She Should "
    "Since So Some Still Tell Thank Thanks That The Their Then There These They This Those Though "
    "Thus To Today Try Under Until Was We Well Were What When Where Which While Who Why Will With "
    "Would Yes Yet You Your"
)


@dataclass(frozen=True, slots=True)
class SentenceEnd:
    """`mark` is the index after the closing punctuation, `end` the one after its whitespace."""

    mark: int
    end: int


@dataclass(frozen=True, slots=True)
class Scan:
    """`ends` inside the text (its own end is not one); up to `settled` they are all known."""

    ends: list[SentenceEnd]
    settled: int


def scan_sentences(text: str, *, settled: int = 0, is_whole: bool = True) -> Scan:
    """The ends after `settled`, where an earlier scan of the same beginning had stopped.

    Unless `is_whole`, only ends that no further text can change are told.
    """
    ends: list[SentenceEnd] = []
    spoken = ahead = next_spoken(text, 0)
    for match in CANDIDATE.finditer(text, settled):
        if match.start() < spoken:
            continue
        if ahead < match.end():
            ahead = next_spoken(text, match.end())
        if ahead == len(text) or not (is_whole or is_word_complete(text, ahead)):
            return Scan(ends, match.start())
        if ends_sentence(text, spoken, match, ahead):
            ends.append(SentenceEnd(match.start("space"), match.end()))
            spoken = ahead
    return Scan(ends, len(text))


class SentenceBuffer:
    """Cuts text that is still arriving into sentences, each given out once and in order.

    The pieces joined are the text, and they are the same however the text was cut into deltas.
    A sentence is given out when the first word of the next one has arrived.
    """

    def __init__(self) -> None:
        self._text = ""
        self._settled = 0

    def feed(self, delta: str) -> list[str]:
        """The sentences that `delta` completes, often none."""
        # With a single reference CPython appends in place; else each delta would copy the text.
        text, self._text = self._text, ""
        text += delta
        if not SPOKEN.search(delta):
            self._text = text
            return []
        scan = scan_sentences(text, settled=self._settled, is_whole=False)
        start = scan.ends[-1].end if scan.ends else 0
        self._settled = scan.settled - start
        self._text = text[start:] if start else text
        return slices(text, [end.end for end in scan.ends])

    def take_likely(self) -> list[str]:
        """What is there, if it looks like whole sentences; for who cannot wait for the next word.

        It may be wrong where a delta ends inside of a name ("node." and then "js"), which vendors'
        tokens do not do.
        """
        text = self._text
        guess = scan_sentences(f"{text} {ANY_STARTER}") if LIKELY_END.search(text) else None
        if not guess or not guess.ends or guess.ends[-1].end < len(text):
            return []
        self._text, self._settled = "", 0
        return [text]

    def flush(self) -> list[str]:
        """What is left, now that the text is whole; the buffer is empty afterwards."""
        text, self._text, self._settled = self._text, "", 0
        ends = [end.end for end in scan_sentences(text).ends]
        return slices(text, [*ends, len(text)]) if text else []


def slices(text: str, ends: list[int]) -> list[str]:
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def next_spoken(text: str, index: int) -> int:
    """Where the first letter or digit from `index` on is; the text's length if there is none."""
    match = SPOKEN.search(text, index)
    return match.start() if match else len(text)


def is_word_complete(text: str, index: int) -> bool:
    """Whether text still to come cannot change which sentence starter stands at `index`."""
    word = FIRST_WORD.match(text, index)
    return word is None or word.end() < len(text) or len(word[0]) == LONGEST_STARTER


def ends_sentence(text: str, spoken: int, match: re.Match[str], ahead: int) -> bool:
    """Whether the candidate is an end.

    `spoken` and `ahead` are where the first letters or digits of its sentence and of what follows
    it stand.
    """
    marks, space = match["marks"], match["space"]
    if NEWLINE.search(space):
        return True
    if not (space or needs_no_space(marks, text[match.end()])):
        return False
    if not is_grapheme_break(text, match.end()):
        return False
    goes_on = starts_lower(text[ahead])
    if FIRM_TERMINATOR.search(marks):
        # "Really?" he asked.
        return not (goes_on and CLOSER.search(marks))
    if goes_on or ELLIPSIS.search(marks):
        return not goes_on
    return not is_abbreviation(text, spoken, match.start(), ahead)


def needs_no_space(marks: str, after: str) -> bool:
    """Marks of their own script need none, nor does ASCII punctuation in Chinese and Japanese."""
    if UNSPACED_TERMINATOR.search(marks):
        return True
    return not ELLIPSIS.search(marks) and after.isalpha() and is_wide(after)


def is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def starts_lower(char: str) -> bool:
    """Georgian letters are lower case and begin sentences: their title case is themselves."""
    return char.islower() and char.title() != char


def is_abbreviation(text: str, spoken: int, full_stop: int, ahead: int) -> bool:
    """Whether the full stop belongs to the word before it (or list number) and ends no sentence."""
    match = LAST_WORD.search(text, max(spoken, full_stop - LONGEST_WORD), full_stop)
    if match is None:
        return False
    word = match[0].casefold()
    if word in ABBREVIATIONS or (word in NUMBERED and text[ahead].isdigit()):
        return True
    if match.start() == spoken and LIST_MARKER.fullmatch(word):
        return True
    if word in TRAILING_ABBREVIATIONS or is_initials(word):
        first = FIRST_WORD.match(text, ahead)
        return first is None or first[0] not in STARTERS
    return False


def is_initials(word: str) -> bool:
    """Only scripts with capital letters have them."""
    return INITIALS.fullmatch(word) is not None and word.upper() != word
