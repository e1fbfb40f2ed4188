import json

import pytest

from ai.coach.conversation import Speaker, Turn, read_conversation
from ai.coach.reply import reply_to

ASKED = Turn(Speaker.INTERVIEWER, "Why this job?")
SAID = Turn(Speaker.CANDIDATE, "I like it.")
PACKED = {
    "labels": "Interviewer: Why this job?\nCandidate: I like it.",
    "one line": "Interviewer: Why this job? Candidate: I like it.",
    "one line, bold": "**Interviewer:** Why this job? **Candidate:** I like it.",
    "AI and User": "AI: Why this job?\n\nUser: I like it.",
    "assistant and user": "assistant: Why this job?\nuser: I like it.",
    "bold": "**Interviewer:** Why this job?\n\n**You:** I like it.",
    "bold name, colon outside": "**AI**: Why this job?\n**Me**: I like it.",
    "headings": "### Interviewer\nWhy this job?\n\n### Candidate\nI like it.\n",
    "brackets": "[Interviewer] Why this job?\n[Candidate] I like it.",
    "times": "[00:12] Interviewer: Why this job?\n[00:15] Candidate: I like it.",
    "names": "Interviewer (Sam): Why this job?\nCandidate (Lee): I like it.",
    "Q and A": "Q: Why this job?\nA: I like it.",
    "list items": "- Interviewer: Why this job?\n- Candidate: I like it.",
    "dash": "AI - Why this job?\nUser - I like it.",
    "open cue": "AI: Why this job?\nUser: I like it.\nAI:",
    "windows lines": "AI: Why this job?\r\nUser: I like it.\r\n",
    "markup": "AI: <p>Why this job?</p>\nUser: I <b>like</b> it.".replace("I <b>", "<i></i>I <b>"),
    "json": json.dumps(
        [
            {"role": "assistant", "content": "Why this job?"},
            {"role": "user", "content": "I like it."},
        ]
    ),
    "json parts": json.dumps(
        {
            "messages": [
                {"role": "model", "parts": [{"text": "Why this job?"}]},
                {"role": "user", "content": [{"type": "text", "text": "I like it."}]},
            ]
        }
    ),
    "json string": json.dumps("AI: Why this job?\nUser: I like it."),
}


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED.keys())
def test_reads_every_way_of_packing(packed: str):
    turns = read_conversation(packed)

    squeezed = tuple(Turn(turn.speaker, " ".join(turn.text.split())) for turn in turns)
    assert squeezed == (ASKED, SAID)


def test_the_reply_does_not_depend_on_the_way_of_packing():
    assert len({reply_to(packed) for packed in PACKED.values()}) == 1


def test_text_without_labels_is_the_candidates():
    assert read_conversation("I fixed it.") == (Turn(Speaker.CANDIDATE, "I fixed it."),)


def test_a_preamble_and_a_system_prompt_set_the_scene():
    turns = read_conversation("You interview nurses.\nAI: Why this job?\nUser: I like it.")

    assert turns == (Turn(Speaker.SETTING, "You interview nurses."), ASKED, SAID)


def test_several_lines_belong_to_one_turn():
    turns = read_conversation("User: First line.\nSecond: line.\nRole: my role was to help.")

    assert turns == (
        Turn(Speaker.CANDIDATE, "First line.\nSecond: line.\nRole: my role was to help."),
    )


def test_a_broken_json_document_is_plain_text():
    assert read_conversation('[{"role": "user"')[0].speaker is Speaker.CANDIDATE


@pytest.mark.parametrize("message", ["", " \n\t", "[]", "{}", "null", "\x00\x00", "AI:\nUser:"])
def test_nothing_said_is_no_turn_or_no_crash(message: str):
    assert reply_to(message)


def test_markup_control_and_direction_characters_are_gone():
    (turn,) = read_conversation("User: I &lt;script&gt;x<b>fixed</b>\x00 it\u202e.")

    assert not set(turn.text) & set("<>\x00\u202e")
