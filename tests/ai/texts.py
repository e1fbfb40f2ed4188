"""Texts that are hard to cut, for the tests of sentences and chunks."""

from hypothesis import strategies as st

# Fragments that meet at awkward places, and any code point at all, lone surrogates included.
FRAGMENTS = st.sampled_from(
    [
        "Hello",
        "Dr.",
        "e.g.",
        "3.5",
        "J.",
        "...",
        ". ",
        "! ",
        "? ",
        ".",
        ", ",
        "; ",
        " - ",
        "\n",
        " ",
    ]
    + ["\r\n", "你好", "。", "“", "”", '"', ")", "1. ", "- ", "---", "e\u0301", "\u0301", "\ud800"]
    + [
        "👩\u200d👩\u200d👧",
        "🇫🇷",
        "👍🏽",
        "한국",
        "\u1112\u1161\u11ab",
        "\u00a0",
        "x" * 40,
        "word " * 9,
    ]
)
TEXTS = st.one_of(
    st.lists(FRAGMENTS, max_size=40).map("".join),
    st.text(st.characters(exclude_categories=())),
)
# Repeated, they would make a careless search look at the same text over and over.
ADVERSARIAL = {
    "dots": ".",
    "initials": "a.",
    "spaced initials": "A. ",
    "quoted dots": '."',
    "spaced dots": " . ",
    "spaces": " ",
    "newlines": "a\n",
    "commas": ",",
    "dashes": " -",
    "one word": "x",
    "ideographs": "你",
    "flags": "\U0001f1e6",
    "marks": "\u0301",
    "joiners": "👩\u200d",
    "ellipses": "a... ",
    "sentences": "This is one, of many. ",
}


def is_spoken(text):
    return any(char.isalnum() for char in text)
