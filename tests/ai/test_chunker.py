import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai.chunker import LARGEST_TARGET, split_text
from ai.graphemes import is_grapheme_break
from tests.ai.texts import ADVERSARIAL, TEXTS, is_spoken

LIMITS = st.one_of(st.integers(1, 12), st.integers(13, 400))
ANSWER = (
    "Tell me about a time when you had to work with a difficult colleague on a hard project, "
    "and what you did to make it succeed despite the differences between you. Then reflect."
)


@given(text=TEXTS, max_characters=LIMITS, first=LIMITS)
def test_the_chunks_joined_are_the_text_and_none_is_empty(text, max_characters, first):
    chunks = split_text(text, max_characters=max_characters, first_max_characters=first)
    assert "".join(chunks) == text
    assert all(chunks)


@given(text=TEXTS, max_characters=LIMITS, first=LIMITS)
def test_no_chunk_exceeds_the_limit(text, max_characters, first):
    chunks = split_text(text, max_characters=max_characters, first_max_characters=first)
    assert all(len(chunk) <= max_characters for chunk in chunks)


@given(text=TEXTS, max_characters=LIMITS, first=LIMITS)
@example(text="Hi.", max_characters=2, first=2)
@example(text="0:", max_characters=13, first=1)
@example(text="00\r?", max_characters=4, first=1)
@example(text="Hello. ", max_characters=6, first=6)
@example(text="abcdef. Next", max_characters=6, first=6)
@example(text="word word 。\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}", max_characters=3, first=1)
def test_a_chunk_with_nothing_to_say_has_no_neighbour_with_room(text, max_characters, first):
    chunks = split_text(text, max_characters=max_characters, first_max_characters=first)
    for left, right in zip(chunks, chunks[1:], strict=False):
        if len(left + right) <= max_characters:
            assert is_spoken(left) == is_spoken(right) or not is_spoken(text)


@given(text=TEXTS, first=LIMITS)
def test_no_visible_character_is_cut_apart_where_the_limit_allows(text, first):
    # No cluster made of the fragments is longer, nor is what is unspoken around one.
    index = 0
    for chunk in split_text(text, max_characters=400, first_max_characters=first)[:-1]:
        start, index = index, index + len(chunk)
        assert is_grapheme_break(text, index, start)


@given(first=st.integers(10, 300), words=st.lists(st.text("abc", min_size=1, max_size=9)))
def test_the_first_chunk_keeps_its_limit_where_words_allow(first, words):
    chunks = split_text(" ".join(words), max_characters=1000, first_max_characters=first)
    assert all(len(chunk) <= first for chunk in chunks[:1])


@given(
    words=st.lists(st.from_regex(r"[abc]{1,6}[.,!?]{0,3}", fullmatch=True)), max_characters=LIMITS
)
def test_no_word_is_cut_that_fits(words, max_characters):
    text = " ".join(words)
    longest = max(map(len, words), default=0) + 1
    ends = {end for match in re.finditer(r"\s+|\Z", text) for end in match.span()}
    index = 0
    for chunk in split_text(text, max_characters=max_characters + 2 * longest):
        index += len(chunk)
        assert index in ends


@pytest.mark.parametrize("limits", [{"max_characters": 0}, {"max_characters": -1}])
def test_rejects_a_limit_below_one(limits):
    with pytest.raises(ValueError, match="at least 1"):
        split_text("Hello.", **limits)


def test_rejects_a_first_limit_below_one():
    with pytest.raises(ValueError, match="at least 1"):
        split_text("Hello.", max_characters=10, first_max_characters=0)


def test_an_empty_text_has_no_chunks():
    assert split_text("", max_characters=10) == []


@pytest.mark.parametrize("text", [" ", "\n\n", "...", "👍", "\ud800", "a"])
def test_a_text_that_fits_is_one_chunk_even_with_nothing_to_say(text):
    assert split_text(text, max_characters=10) == [text]


@pytest.mark.parametrize(
    ("text", "first", "chunks"),
    [
        # Sentences that fit are gathered.
        ("One. Two. Three four.", 10, ["One. Two. ", "Three four."]),
        # A long one is cut at its last clause, ...
        (
            "First of all, we tried it, and then it failed badly.",
            30,
            ["First of all, we tried it, ", "and then it failed badly."],
        ),
        ("We tried to – it failed us.", 20, ["We tried to – ", "it failed us."]),
        ("我们先试了一下，后来失败了。", 10, ["我们先试了一下，", "后来失败了。"]),
        # ... at a word if the clause is too short to be worth it, ...
        ("Well, we tried that for a year.", 25, ["Well, we tried that for ", "a year."]),
        ("We tried that for a year.", 12, ["We tried ", "that for a year."]),
        # ... between ideographs but not before a closing mark, ...
        ("我们先试了一下后来失败了", 5, ["我们先试了", "一下后来失败了"]),
        ("我们《先试了》一下后来", 6, ["我们《先试", "了》一下后来"]),
        # ... at a full stop before a small letter, if there are no capitals, ...
        ("we tried that. it went well enough.", 20, ["we tried that. ", "it went well enough."]),
        # ... and not at all if it is one word that fits the limit.
        ("https://example.com/a?b=c next", 10, ["https://example.com/a?b=c ", "next"]),
    ],
)
def test_the_first_chunk_ends_early(text, first, chunks):
    assert split_text(text, max_characters=60, first_max_characters=first) == chunks


def test_the_default_first_chunk_is_a_clause():
    assert split_text(ANSWER, max_characters=1000) == [ANSWER[:88], ANSWER[88:]]


def test_targets_double_up_to_the_largest():
    sentence = "Twenty characters.. "
    lengths = [len(chunk) for chunk in split_text(sentence * 150, max_characters=5000)]
    assert lengths == [120, 240, 480, LARGEST_TARGET, LARGEST_TARGET, LARGEST_TARGET, 360]


def test_a_later_sentence_longer_than_the_target_stays_whole():
    long_sentence = "Word " + "word " * 300 + "end."
    assert split_text("Hi. " + long_sentence, max_characters=2000) == ["Hi. ", long_sentence]


def test_a_space_too_many_does_not_cut_a_sentence():
    chunks = split_text("Hello there. Bye now.", max_characters=12)
    assert chunks == ["Hello there.", " Bye now."]


def test_a_cut_inside_never_leaves_only_punctuation_for_the_end():
    assert split_text("abcdefgh.", max_characters=8) == ["abcdefg", "h."]


def test_no_break_spaces_hold():
    chunks = split_text("It costs 10\u00a0000 euros", max_characters=12)
    assert chunks == ["It costs ", "10\u00a0000 euros"]


@pytest.mark.parametrize("unit", ["a", "ก", "한", "你", "e\u0301", "🇫🇷", "👩\u200d👩\u200d👧"])
def test_text_without_any_spaces_is_cut_between_graphemes(unit):
    text = unit * 2000
    chunks = split_text(text, max_characters=101)
    assert all(len(chunk) % len(unit) == 0 for chunk in chunks)
    assert max(map(len, chunks)) > 101 - 2 * len(unit)


def test_a_cluster_longer_than_the_limit_is_cut():
    chunks = split_text("e" + "\u0301" * 25, max_characters=10)
    assert list(map(len, chunks)) == [10, 10, 6]


@pytest.mark.parametrize("unit", ADVERSARIAL.values(), ids=ADVERSARIAL)
def test_twice_the_text_is_at_most_twice_the_work(unit, counted_patterns):
    def work(characters):
        counted_patterns.looked_at = 0
        split_text("a" + unit * (characters // len(unit)) + "a", max_characters=100)
        return counted_patterns.looked_at

    assert work(40_000) <= 2.2 * work(20_000)
