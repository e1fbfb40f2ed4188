"""Interviews that have been held, as rows: what was said is the test's, the rest is made up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone

from ai.coach.bank import load_bank
from interviews.models import Interview, Question, Recording, Turn
from tests.ai.providers.servers.sound import tone
from users.models import User

QUESTIONS = (
    "nurse-calming-upset-person",
    "nurse-patient-getting-worse",
    "nurse-three-calls-at-once",
)
STRONG = (
    "Last March a visitor on our ward was shouting because her father had waited four hours for a "
    "scan. I was the nurse in charge, so I asked her to sit with me in the quiet room and I "
    "listened without interrupting. I explained why the scan was late, I called the radiology "
    "desk, and I told her that he would be seen within thirty minutes. She calmed down and "
    "apologised to the team, and he was scanned after twenty minutes. Since then I tell every "
    "family at the start of the shift how long the wait is."
)
WEAK = (
    "I think communication is really important and I always try to stay calm with people. "
    "You just have to be nice, and usually it works out fine in the end."
)
SECONDS_PER_WORD = 0.4


@dataclass(frozen=True)
class Said:
    """One turn of the candidate: typed, or spoken where `sound` is given (a file's bytes)."""

    text: str
    sound: bytes = b""
    content_type: str = "audio/webm"
    state: str = Turn.State.ANSWERED


Answers = str | Said | Sequence[str | Said] | None


def hold_interview(
    user: User,
    *answers: Answers,
    state: str = Interview.State.FINISHED,
    retake_of: Question | None = None,
    finished_at: datetime | None = None,
) -> Interview:
    """A question for each answer. None is a question that was put and not answered."""
    now = finished_at or timezone.now()
    interview = Interview.objects.create(
        user=user,
        role="nurse",
        level=Interview.Level.MID,
        type=Interview.Type.MIXED,
        matched_by="order",
        rubric="core",
        rubric_version=1,
        state=state,
        retake_of=retake_of,
        started_at=now - timedelta(minutes=10),
        finished_at=now if state == Interview.State.FINISHED else None,
    )
    for position, answer in enumerate(answers, start=1):
        _ask(interview, position, answer)
    interview.turn_count = interview.turns.count()
    interview.save(update_fields=["turn_count"])
    return interview


def _ask(interview: Interview, position: int, answer: Answers) -> None:
    by_id = {question.id: question for question in load_bank().questions}
    known = by_id[QUESTIONS[(position - 1) % len(QUESTIONS)]]
    question = Question.objects.create(
        interview=interview,
        position=position,
        bank_id=known.id,
        kind=known.kind.value,
        competency=known.competency.id if known.competency else "",
        text=known.text,
        topic=known.topic,
        terms=sorted(known.terms),
        follow_up=known.follow_up,
        state=Question.State.ANSWERED if answer is not None else Question.State.ASKED,
    )
    turns = [answer] if isinstance(answer, str | Said) else answer or []
    say(question, Turn.Speaker.INTERVIEWER, Said(known.text))
    for n, turn in enumerate(turns):
        if n:
            say(question, Turn.Speaker.INTERVIEWER, Said(known.follow_up))
        say(question, Turn.Speaker.CANDIDATE, Said(turn) if isinstance(turn, str) else turn)


def say(question: Question, speaker: str, said: Said) -> Turn:
    is_answer = speaker == Turn.Speaker.CANDIDATE
    interview = question.interview
    tokens = said.text.split() if said.sound else []
    turn = Turn.objects.create(
        interview=interview,
        question=question,
        sequence=interview.turns.count() + 1,
        revision=1,
        speaker=speaker,
        kind=Turn.Kind.ANSWER if is_answer else Turn.Kind.QUESTION,
        state=said.state if is_answer else Turn.State.SAID,
        text=said.text,
        turn_id=uuid.uuid4() if is_answer else None,
        words=[
            [token, n * SECONDS_PER_WORD, (n + 0.9) * SECONDS_PER_WORD]
            for n, token in enumerate(tokens)
        ],
        duration_s=len(tokens) * SECONDS_PER_WORD if said.sound else None,
    )
    if said.sound:
        recording = Recording(turn=turn, content_type=said.content_type, sha256="0" * 64)
        recording.file.save(".webm", ContentFile(said.sound))
    return turn


def webm(duration_s: float = 2.0) -> bytes:
    """A tone as a browser records it: Opus in WebM, without an index."""
    import av

    file = BytesIO()
    with av.open(file, "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        pcm = tone(duration_s, 48_000)
        frame = av.AudioFrame("s16", "mono", len(pcm) // 2)
        frame.planes[0].update(pcm)
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
