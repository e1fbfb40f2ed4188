"""Interviews for tests, and answers to give in them."""

import json
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ai.coach.bank import load_bank
from ai.providers.base import Transcript, Word
from interviews.models import Interview, Question
from interviews.services.planning import create_interview
from tests.ai.stand_ins import PCM, StandInSpeech, StandInTranscription
from users.models import User
from users.services.people import change_settings

Events = list[tuple[str, dict[str, Any]]]

# Three questions of one role, of three kinds.
QUESTIONS = (
    "backend-developer-hard-bug",
    "backend-developer-changing-untested-code",
    "backend-developer-outage-helped-resolve",
)

# Some three seconds of speech as a browser records it.
SPOKEN = (Path(__file__).parents[1] / "ai/recordings/chromium.webm").read_bytes()
EVENTS = {"Accept": "text/event-stream"}
VAGUE = "I usually look at the logs and then fix the bug with the team."
STRONG = (
    "Last year our checkout service leaked memory every night at ACME. I was on call, so I took"
    " heap dumps every hour, compared them and found that our cache kept every session. I rewrote"
    " the cache with a limit of 500 entries, because a restart only hid the cause. The leak"
    " stopped, and incidents fell from 9 a month to 1. I learned to look at the trend first."
)


def plan(user: User, question_ids: tuple[str, ...] = QUESTIONS) -> Interview:
    """An interview of these questions of the bank, not begun."""
    bank = {question.id: question for question in load_bank().questions}
    interview = Interview.objects.create(
        user=user,
        role="backend-developer",
        level="mid",
        type="mixed",
        matched_by="order",
        rubric="core",
        rubric_version=1,
    )
    for position, question_id in enumerate(question_ids, start=1):
        question = bank[question_id]
        assert question.competency is not None
        Question.objects.create(
            interview=interview,
            position=position,
            bank_id=question.id,
            kind=question.kind,
            competency=question.competency.id,
            text=question.text,
            topic=question.topic,
            terms=sorted(question.terms),
            follow_up=question.follow_up,
        )
    return interview


PLAN: dict[str, Any] = {"role": "nurse", "level": "mid", "type": "mixed", "length": 3}


@pytest.fixture
def plan_interview(owner: User) -> Callable[..., Interview]:
    """Plans an interview of the owner's, of three questions if not told otherwise."""

    def plan(**wishes: Any) -> Interview:
        return create_interview(**{"user": owner, **PLAN, **wishes})

    return plan


@pytest.fixture
def interview(owner: User) -> Interview:
    """The owner's, of three questions, not begun. The built-in models serve."""
    change_settings(user=owner, llm_model="builtin-coach", tts_model="builtin-voice")
    return plan(owner)


@pytest.fixture
def asked_question(interview: Interview) -> Question:
    """The interview's first question, as if it had been put."""
    question = interview.questions.get(position=1)
    question.state = Question.State.ASKED
    question.save(update_fields=["state"])
    return question


def read_events(stream: Iterable[bytes]) -> Events:
    """The events of a whole stream; what only fills silence is left out."""
    events = []
    for block in b"".join(stream).decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


def heard(text: str) -> Transcript:
    """The text as a transcriber gives it: half a second for each word."""
    words = tuple(Word(word, n / 2, n / 2 + 0.4) for n, word in enumerate(text.split()))
    return Transcript(text, words, "en")


@pytest.fixture
def hear(interview: Interview, stand_ins: None, owner: User, monkeypatch) -> Callable[..., None]:
    """Let a stand-in transcribe: give what is heard, raise or call what is given instead.

    The built-in coach asks, and a stand-in speaks; `say` makes the sound of a text.
    """
    change_settings(user=owner, llm_model="builtin-coach")

    def use(heard_next: Any, say: Any = one_second) -> None:
        step = heard(heard_next) if isinstance(heard_next, str) else heard_next
        monkeypatch.setattr(StandInTranscription, "script", [step])
        monkeypatch.setattr(StandInSpeech, "say", staticmethod(say))

    return use


def one_second(text: str) -> Generator[bytes, None, None]:
    yield PCM * 10


@pytest.fixture
def candidate(
    owner: User, person_client: Callable[[User], Any], interview: Interview
) -> "Candidate":
    return Candidate(person_client(owner), interview)


class Candidate:
    """Somebody who is interviewed: what they do, and how it is answered, as JSON."""

    def __init__(self, client: Any, interview: Interview) -> None:
        self.client = client
        self.interview = interview
        self.url = f"/api/interviews/{interview.id}"

    def post(self, action: str, body: object = None, **options: Any) -> Any:
        return self.client.post(f"{self.url}/{action}", body or {}, format="json", **options)

    def start(self) -> dict[str, Any]:
        response = self.post("start")
        assert response.status_code == 200, response.content
        outcome: dict[str, Any] = response.json()
        return outcome

    def answer(self, text: str, turn_id: object = None) -> Any:
        return self.post("turns", {"turn_id": str(turn_id or uuid4()), "text": text})

    def say(self, text: str) -> dict[str, Any]:
        """Answers, and gives the interviewer's turn."""
        response = self.answer(text)
        assert response.status_code == 200, response.content
        reply: dict[str, Any] = response.json()["reply"]
        return reply

    def speak(self, audio: bytes, turn_id: object = None, query: str = "", **headers: str) -> Any:
        """Answers by voice."""
        body = {
            "turn_id": str(turn_id or uuid4()),
            "audio": SimpleUploadedFile("answer.webm", audio, "audio/webm"),
        }
        return self.client.post(
            f"{self.url}/turns{query}", body, format="multipart", headers=headers
        )
