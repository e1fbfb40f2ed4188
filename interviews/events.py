"""What happens in an interview, as server-sent events.

`turn {turn}` for the candidate's turn when it is received and again when it is in words, and for
the interviewer's before it is spoken; `receipt` for each paid operation; `interview` once the reply
is stored; `audio {seq, format, b64, text}`; last `done` or `error` (a problem document). Comment
lines fill silence.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import TypeVar

from ai.audio import AudioFormat
from ai.events import HEARTBEAT, HEARTBEAT_S, event, last_event, receipt_event, sound_event
from ai.services.speech import SpokenText
from interview_trainer.errors import AppError, ClientGoneError, UnavailableError
from interview_trainer.outages import DATABASE_AWAY
from interviews.models import Interview, Turn
from interviews.serializers import InterviewSerializer, PaidSerializer, TurnSerializer
from interviews.services.following import read_state
from interviews.services.turns import Happening, Happenings

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Begins to say what the interviewer said.
Speak = Callable[[Turn], SpokenText]


class TurnStream(Iterator[bytes]):
    """The events of one request. Closing it settles the speech, and brings the work to its end.

    Who leaves while an answer is worked on finds the reply stored: the work goes on unheard, the
    speech does not.
    """

    def __init__(
        self,
        work: Happenings,
        *,
        interview: Interview,
        speak: Speak | None,
        audio_format: AudioFormat,
    ) -> None:
        self._work = work
        self._interview = interview
        self._speak = speak
        self._audio_format = audio_format
        self._events = self._run()

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        self._events.close()
        try:
            for _ in self._work:
                pass
        except AppError as exc:
            logger.info("turn_left_open", extra={"code": exc.code})

    def _run(self) -> Generator[bytes, None, None]:
        failure: AppError | None = None
        try:
            reply = yield from self._happenings()
            yield event("interview", InterviewSerializer(read_state(self._interview)).data)
            if self._speak is not None and reply is not None:
                failure = yield from self._speech(reply, self._speak)
        except ClientGoneError:
            raise
        except AppError as exc:
            failure = exc
        except DATABASE_AWAY as exc:
            logger.error("database_unavailable", exc_info=exc)
            failure = UnavailableError("The database did not answer.")
        yield last_event(failure)

    def _happenings(self) -> Generator[bytes, None, Turn | None]:
        """An event for all that happens; returns the interviewer's turn."""
        reply: Turn | None = None
        happenings: Iterator[Happening] = paced(self._work)
        for happening in happenings:
            if isinstance(happening, Turn) and happening.speaker == Turn.Speaker.INTERVIEWER:
                reply = happening
            yield happening_event(happening)
        return reply

    def _speech(self, reply: Turn, speak: Speak) -> Generator[bytes, None, AppError | None]:
        """The sound of the reply; returns what kept it from being whole."""
        failure: AppError | None = None
        with closing(speak(reply)) as spoken:
            try:
                for sound in paced(spoken):
                    yield sound_event(sound, self._audio_format) if sound else HEARTBEAT
            except ClientGoneError:
                raise
            except AppError as exc:
                failure = exc
        yield receipt_event(spoken.operation)
        return failure


def paced(items: Iterable[T | None]) -> Iterator[T | None]:
    """The items, and of the silence between them as much as needs a heartbeat."""
    sent_at = time.monotonic()
    for item in items:
        if item is None and time.monotonic() - sent_at < HEARTBEAT_S:
            continue
        yield item
        sent_at = time.monotonic()


def happening_event(happening: Happening) -> bytes:
    if happening is None:
        return HEARTBEAT
    if isinstance(happening, Turn):
        return event("turn", TurnSerializer(happening).data)
    return event("receipt", PaidSerializer(happening).data)


def outcome_of(work: Happenings, *, interview: Interview) -> dict[str, object]:
    """All that happened, at once. Raises what the work raises."""
    happened = [happening for happening in work if happening is not None]
    turns = [happening for happening in happened if isinstance(happening, Turn)]
    answers = [turn for turn in turns if turn.speaker == Turn.Speaker.CANDIDATE]
    replies = [turn for turn in turns if turn.speaker == Turn.Speaker.INTERVIEWER]
    return {
        "turn": answers[-1] if answers else None,
        "reply": replies[-1] if replies else None,
        "interview": read_state(interview),
        "receipts": [happening for happening in happened if not isinstance(happening, Turn)],
    }
