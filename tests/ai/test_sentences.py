import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.graphemes import is_grapheme_break
from ai.sentences import SentenceBuffer, scan_sentences, slices
from tests.ai.texts import ADVERSARIAL, TEXTS, is_spoken


def sentences(text):
    return slices(text, [*(end.end for end in scan_sentences(text).ends), len(text)])


def feed_all(deltas):
    buffer = SentenceBuffer()
    fed = [sentence for delta in deltas for sentence in buffer.feed(delta)]
    return fed + buffer.flush()


@pytest.mark.parametrize(
    "marked",
    [
        # "|" stands where a sentence ends inside the text.
        "Hello there. |How are you? |I am fine! |Good.",
        "what? |no way! |really",
        "Wait?! |Yes. |",
        # Scripts.
        "我走了。|真的吗？|是！|好",
        "日本語です。|はい｡|ええ",
        "هل هذا صحيح؟ |نعم۔ |جيد",
        "यह है। |वह है॥ |ठीक",
        "Բարեւ։ |Այո",
        "ეს არის. |კარგი",
        "ሰላም። |እሺ",
        "သွားမယ်။ |ဟုတ်",
        "你好!|我是.|好",
        "３．５ 元。|好",
        # Quotes, brackets and Markdown stay with their sentence; openers go with the next.
        'She said "Go." |Then she left.',
        "“Stop!” |He did. |(It was late.) |“Really?” he asked.",
        "他说。|“你好。”|我走了",
        "„Halt.“ |Dann ging er. |»So.« |Gut.",
        "**Good.** |_Next._ |“Then?”",
        "Wow‼️ |Nice! |👍 Great.",
        # Abbreviations and initials.
        "Mr. Smith met Dr. Who and Prof. It. |Good.",
        "Use a queue, e.g. Redis, i.e. The store, vs. A file, cf. Tanenbaum.",
        "Queues, caches, etc. are fine. |Use Go, C, etc. |Then stop.",
        "I moved to the U.S. in May. |The U.S. Army. |It is the U.S. |We left.",
        "At 9 a.m. on Monday. |At 5 p.m. |They left.",
        "See No. 5 and pp. 10. |Is it? |No. |Fine.",
        "Acme Inc. is big. |I left Acme Inc. |It failed. |She has a Ph.D. in physics.",
        "J. R. R. Tolkien wrote it. |А. С. Пушкин too. |So did I. |Then?",
        '(Mr. Smith came.) |"Dr. Who" is on.',
        # Numbers, versions, names.
        "It is 3.5 or .5 at v2.0.1. |Use node.js. |Then README.md. |Good.",
        "See https://a.example/b?c=d.e!f for more. |Write to x.y@z.example. |Bye.",
        "It was in 2010. |Then it ended.",
        # Ellipses.
        "Well... maybe. |Well… maybe. |Well... |Maybe. |I… |No.",
        "我想……也许。|好",
        # Lists and lines.
        "Steps:\n|1. First thing. |Go on.\n|2. Second\n|- item\n|* other\n\n|End",
        "a. First\n|b) Second\n|iv. Fourth\n|1.2. Scope\r\n|Done",
        "A line\n  |another\u2029|third",
        # What cannot be spoken stands alone nowhere.
        "... --- \n Hello. |... --- \n Bye. ... 👍 \n",
        "...",
        "\n \n",
        # A mark that carries an accent is not the end.
        "Hello.\u0301 World",
    ],
)
def test_sentences_end_where_marked(marked):
    text = marked.replace("|", "")
    assert sentences(text) == [part for part in marked.split("|") if part]
    assert feed_all(text) == sentences(text)


@given(TEXTS)
def test_the_sentences_joined_are_the_text(text):
    assert "".join(sentences(text)) == text


@given(TEXTS)
def test_every_sentence_has_something_to_say_or_none_has(text):
    assert all(map(is_spoken, sentences(text))) or not is_spoken(text)


@given(TEXTS)
def test_only_the_text_begins_a_sentence_with_whitespace(text):
    assert not any(sentence[0].isspace() for sentence in sentences(text)[1:])


@given(text=TEXTS, data=st.data())
def test_sentences_do_not_depend_on_how_the_text_arrives(text, data):
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=30).map(sorted))
    assert feed_all(slices(text, [*cuts, len(text)])) == (sentences(text) if text else [])
    assert feed_all(text) == (sentences(text) if text else [])


def test_a_sentence_is_given_out_when_the_next_begins():
    buffer = SentenceBuffer()
    assert buffer.feed("Hello there. ") == []
    assert buffer.feed("How are") == ["Hello there. "]
    assert buffer.feed(" you? ") == []
    assert buffer.flush() == ["How are you? "]
    assert buffer.flush() == []


def test_a_word_that_is_still_arriving_decides_nothing():
    buffer = SentenceBuffer()
    assert buffer.feed("I left Acme Inc. The") == []
    assert buffer.feed("rapists did not.") == []
    assert buffer.flush() == ["I left Acme Inc. Therapists did not."]


def test_the_buffer_can_be_used_again_after_a_flush():
    buffer = SentenceBuffer()
    buffer.feed("One. Two is")
    buffer.flush()
    assert buffer.feed("Three. Four is") == ["Three. "]


@pytest.mark.parametrize(
    "cluster",
    ["\r\n", "e\u0301", "👍🏽", "👩\u200d👩\u200d👧", "🇫🇷", "❤️", "1\ufe0f\u20e3", "क्ष", "नि"]
    + ["\u1112\u1161\u11ab", "\ud558\u11ab", "ｶﾞ", "🏴\U000e0067\U000e007f"],
)
def test_a_grapheme_is_whole(cluster):
    text = cluster * 3
    breaks = [i for i in range(len(text) + 1) if is_grapheme_break(text, i)]
    assert breaks == [i * len(cluster) for i in range(4)]


def test_every_sentence_terminal_of_unicode_is_known():
    # Their number in PropList.txt 14.0, and the ellipsis.
    chars = map(chr, range(sys.maxunicode + 1))
    marks = [char for char in chars if unicodedata.category(char) == "Po"]
    assert sum(len(sentences(f"Aa{mark} Bb")) == 2 for mark in marks) == 152 + 1


@pytest.mark.parametrize("unit", ADVERSARIAL.values(), ids=ADVERSARIAL)
def test_twice_the_text_arriving_is_at_most_twice_the_work(unit, counted_patterns):
    def work(characters):
        counted_patterns.looked_at = 0
        feed_all("a" + unit * (characters // len(unit)) + "a")
        return counted_patterns.looked_at

    assert work(8_000) <= 2.2 * work(4_000)


@pytest.mark.parametrize("text", ["Well done.", "Well done. ", "How so?", "Mr. Day went on."])
def test_who_cannot_wait_takes_what_looks_like_a_sentence(text):
    buffer = SentenceBuffer()
    assert buffer.feed(text) == []
    assert buffer.take_likely() == [text]
    assert buffer.take_likely() == buffer.flush() == []


@pytest.mark.parametrize(
    "text", ["", "Well", "Ask Dr.", "e.g.", "Version 3.", "She said so.)", "!"]
)
def test_what_may_go_on_is_not_taken(text):
    buffer = SentenceBuffer()
    assert buffer.feed(text) == []
    assert buffer.take_likely() == []
    assert buffer.flush() == ([text] if text else [])
