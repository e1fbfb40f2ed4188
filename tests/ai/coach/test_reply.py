"""What holds for every reply, whatever was sent."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ai.coach.bank import load_bank
from ai.coach.intent import read_intent
from ai.coach.language import normal, sentences
from ai.coach.reply import joined, reply_to
from tests.ai.coach.examples import EXAMPLES
from tests.ai.coach.reading import asked_for, packed

ANSWERS = [e.answer for e in EXAMPLES]
PIECES = [
    "Interviewer: ", "Candidate: ", "AI: ", "\n", ". ", "? ", "<b>", "&lt;", "**",
    '{"role": "user"}',
    "Which role would you like to practise for?", "\u202e", "\x00", "\ud800", "'", '"',
    *ANSWERS, *(q.text for q in load_bank().questions[::9]),
]  # fmt: skip
HOSTILE = [
    "<" * 5000,
    "[" * 5000,
    "&#" + "9" * 5000 + ";",
    "\x00" * 5000,
    "User: " * 2000,
    "a" * 50_000,
    "I " * 20_000,
    "the " * 20_000,
    "i had " * 10_000,
    ". " * 20_000,
    "* - " * 10_000,
    "9" * 20_000,
    "מה שלומך " * 2000,
    "\U0001f600" * 5000,
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=12).map("".join))
@example("")
@example("Candidate: " + "very " * 5000)
def test_a_reply_is_short_plain_and_the_same_every_time(message: str):
    reply = reply_to(message)

    assert 1 <= len(reply.split()) <= 40
    assert len(reply) < 400
    assert not set(reply) & set("<>\x00\u202e\ud800\n")
    assert "hired" not in reply
    assert reply == reply_to(message)


def test_what_does_not_fit_in_forty_words_is_left_out_from_the_front():
    question = " ".join(["word"] * 29 + ["end?"])

    assert joined("a " * 11, question) == question
    assert joined("Thank you.", question) == f"Thank you. {question}"


@pytest.mark.parametrize("message", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_gets_a_short_reply(message: str):
    assert 1 <= len(reply_to(message).split()) <= 40


@pytest.mark.parametrize(
    "unit",
    [
        "Interviewer: Why?\nCandidate: I fixed the bug, and we were happy. ",
        "<a ",
        "the i had ",
        ". a",
    ],
)
def test_the_time_grows_no_faster_than_the_message(unit: str):
    def seconds(size: int) -> float:
        message = unit * (size // len(unit))
        started = time.process_time()
        reply_to(message)
        return time.process_time() - started

    seconds(10_000)
    assert seconds(500_000) < 20 * max(seconds(50_000), 0.02)


@pytest.mark.parametrize("message", ["so {} is it", "what is {}", "{}?"])
def test_a_long_number_takes_no_longer_than_other_words(message: str):
    started = time.process_time()
    read_intent(message.format("7" * 12_000), "")
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_asked_twice_in_an_interview(seed: int):
    """Fifteen turns, the answers taken from the table in another order each time."""
    answers = [
        e.answer for e in EXAMPLES if e.question and e.asks not in ("again", "end", "meaning")
    ]
    talk = ["Candidate: Hi, I want to practise for a backend developer job"]
    asked: list[str] = []
    for turn in range(15):
        reply = reply_to("\n".join(talk))
        asked.append(normal(sentences(reply)[-1]) if asked_for(reply) != "next" else normal(reply))
        talk += [
            f"Interviewer: {reply}",
            f"Candidate: {answers[(seed * 7 + turn * 5) % len(answers)]}",
        ]
    questions = [q.id for q in load_bank().questions if normal(q.text) in normal(" ".join(talk))]
    told = normal("\n".join(talk))

    assert len(set(asked)) == len(asked)
    assert len(questions) >= 5
    assert all(told.count(normal(q.text)) == 1 for q in load_bank().questions if q.id in questions)


def test_at_most_two_follow_ups_to_a_question():
    talk = [packed(EXAMPLES[0].question, EXAMPLES[0].answer)]
    asked = []
    for _ in range(3):
        reply = reply_to("\n".join(talk))
        asked.append(asked_for(reply))
        talk += [f"Interviewer: {reply}", "Candidate: Well, we all talked about it for a while."]

    assert asked[2] == "next"
    assert "next" not in asked[:2]


def test_the_follow_up_is_in_the_candidates_own_words():
    reply = reply_to(
        "AI: Describe an outage or incident you helped resolve. What was your part in it?\n"
        "User: After an outage last year we migrated the billing service to a queue, which "
        "took a while."
    )

    assert '"we migrated the billing service to a queue"' in reply


@pytest.mark.parametrize(
    "fact",
    [
        "we looked after my sick mother",
        "we told everyone about my pregnancy",
        "we prayed in my mosque together",
        "we mailed ann@example.com the figures",
        "we called 0171 555 0199 at once",
        "we fired the stupid idiot",
    ],
)
def test_personal_facts_contacts_and_abuse_are_not_said_back(fact: str):
    reply = reply_to(
        "Interviewer: Tell me about a setback. What did you do?\n"
        f"Candidate: Last year there was a setback and {fact}."
    )

    for word in ("mother", "sick", "pregnan", "mosque", "@", "0171", "idiot"):
        assert word not in reply


def test_says_what_it_is_and_claims_no_more():
    reply = reply_to("Interviewer: Why this job?\nCandidate: Are you a human or a language model?")

    assert "rule-based coach" in reply
    assert "language model" not in reply
    assert "Why this job?" in reply


def test_uses_the_questions_of_the_wished_role():
    reply = reply_to("I'm applying for a staff nurse position, please interview me.")

    assert "nurs" in reply
    assert asked_for(reply) == "next"


def test_admits_that_it_has_no_questions_for_a_role():
    assert "no questions for zookeeper" in reply_to("I want to practise for a zookeeper job")


def test_naming_a_colleague_does_not_change_the_role():
    start = (
        "User: I want to practise for a nurse job\nAI: What keeps you in nursing on a hard day?\n"
    )
    reply = reply_to(
        f"{start}User: I applied what a data analyst taught me. Skip this.\nUser: skip"
    )

    question = next(q for q in load_bank().questions if q.text in reply)
    assert question.role == "nurse"


def test_a_question_of_the_role_that_a_setting_names():
    reply = reply_to("You are interviewing for a teacher position.\nUser: I'm ready")

    assert any(q.text in reply and q.role == "teacher" for q in load_bank().questions)


def test_sums_up_what_the_answers_had_and_lacked():
    talk = "\n".join(packed(e.question, e.answer) for e in EXAMPLES if e.asks == "result")
    reply = reply_to(f"{talk}\nCandidate: Let's stop here, thanks.")

    assert "Thank you for practising" in reply
    assert "work on an outcome" in reply


def test_feedback_names_what_is_missing():
    talk = next(packed(e.question, e.answer) for e in EXAMPLES if e.name == "we only")
    reply = reply_to(
        f"{talk}\nInterviewer: What was your own part in it?\nCandidate: How did I do?"
    )

    assert "gain from your own actions" in reply
    assert reply.endswith("What was your own part in it?")
