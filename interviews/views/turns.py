"""Holding an interview: starting it, answering, and what else moves it on."""

from __future__ import annotations

from typing import ClassVar, cast

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from ai.audio import AudioFormat
from ai.events import EVENT_STREAM, EventStreamRenderer, wants_events
from ai.parsers import RecordingFormParser
from ai.renderers import SoundRenderer
from ai.services.speech import SpokenText, begin_speech
from ai.views import STREAM_HEADERS
from interview_trainer.connection import watch_connection
from interview_trainer.fields import validated
from interview_trainer.parsers import BoundedJSONParser
from interview_trainer.schema import describe
from interviews.events import TurnStream, outcome_of
from interviews.models import Interview, Turn
from interviews.ranges import ranged_response
from interviews.requests import own_interview, requested_turn_id
from interviews.schema.turns import TURNS
from interviews.serializers import (
    AfterSerializer,
    AnswerSerializer,
    ChangesSerializer,
    OutcomeSerializer,
    SkipSerializer,
    SpokenSerializer,
)
from interviews.services.conduct import (
    pause_interview,
    repeat_question,
    resume_interview,
    skip_question,
    start_interview,
)
from interviews.services.following import read_changes
from interviews.services.turns import (
    Happenings,
    drop_turn,
    open_recording,
    receive_turn,
    work_on_turn,
)
from users.idempotency import idempotent
from users.limits.rates import Kind
from users.models import Scope
from users.requests import author_of


@describe(**TURNS)
class TurnViewSet(ViewSet):
    """What was said in one interview, and what is said next."""

    person_actions = (
        "start",
        "create",
        "skip",
        "repeat",
        "pause",
        "resume",
        "events",
        "audio",
        "destroy",
    )
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(person_actions, Scope.INTERVIEWS)
    limited_as: ClassVar = dict.fromkeys(("start", "create", "skip", "repeat"), (Kind.INTERVIEWS,))
    parser_classes = (BoundedJSONParser, RecordingFormParser)
    renderer_classes = [*ViewSet.renderer_classes, EventStreamRenderer, SoundRenderer]

    @idempotent
    def start(self, request: Request, pk: str) -> HttpResponseBase:
        """The first question."""
        interview = own_interview(request, pk)
        asked = SpokenWish(request, interview)
        return asked.answer(said(start_interview(interview=interview)))

    @idempotent
    def skip(self, request: Request, pk: str) -> HttpResponseBase:
        """The next question, or the closing."""
        sent = validated(SkipSerializer, request.data)
        interview = own_interview(request, pk)
        asked = SpokenWish(request, interview)
        reply = skip_question(interview=interview, position=sent.get("question"))
        return asked.answer(said(reply))

    @idempotent
    def repeat(self, request: Request, pk: str) -> HttpResponseBase:
        """What was asked last, again."""
        interview = own_interview(request, pk)
        asked = SpokenWish(request, interview)
        return asked.answer(said(repeat_question(interview=interview)))

    def create(self, request: Request, pk: str) -> HttpResponseBase:
        """An answer, and what the interviewer says to it. Its `turn_id` makes it one."""
        sent = validated(AnswerSerializer, request.data)
        interview = own_interview(request, pk)
        asked = SpokenWish(request, interview)
        received = receive_turn(interview=interview, **sent)
        work = work_on_turn(received=received, user=interview.user, author=author_of(request))
        return asked.answer(work, is_new=received.claim is not None)

    def destroy(self, request: Request, pk: str, turn_id: str) -> Response:
        """Take back an answer that was not replied to yet."""
        drop_turn(interview=own_interview(request, pk), turn_id=requested_turn_id(turn_id))
        return Response(status=204)

    def pause(self, request: Request, pk: str) -> Response:
        interview = own_interview(request, pk)
        pause_interview(interview=interview)
        return outcome_response(nothing_said(), interview)

    def resume(self, request: Request, pk: str) -> Response:
        interview = own_interview(request, pk)
        resume_interview(interview=interview)
        return outcome_response(nothing_said(), interview)

    def events(self, request: Request, pk: str) -> Response:
        """What changed after a revision."""
        wanted = validated(AfterSerializer, request.query_params)
        interview_id = own_interview(request, pk).pk
        interview, turns = read_changes(interview_id=interview_id, after=wanted["after"])
        return Response(ChangesSerializer({"interview": interview, "turns": turns}).data)

    def audio(self, request: Request, pk: str, turn_id: str) -> HttpResponseBase:
        """The recording of an answer, or the part of it that is asked for."""
        interview = own_interview(request, pk)
        file, content_type = open_recording(interview=interview, turn_id=requested_turn_id(turn_id))
        return ranged_response(request, file, content_type=content_type)


class SpokenWish:
    """How the interviewer's words are to be given: as events, spoken or not, or as JSON."""

    def __init__(self, request: Request, interview: Interview) -> None:
        wanted = validated(SpokenSerializer, request.query_params)
        self._request = request
        self._interview = interview
        self._wants_speech: bool | None = wanted["speak"]
        self._audio_format = cast(AudioFormat, wanted["format"])

    def answer(self, work: Happenings, *, is_new: bool = True) -> HttpResponseBase:
        """Words that are not new are spoken again only where that is asked for."""
        if not wants_events(self._request):
            return outcome_response(work, self._interview)
        stream = TurnStream(
            work,
            interview=self._interview,
            speak=self._speak if self._is_spoken(is_new) else None,
            audio_format=self._audio_format,
        )
        return StreamingHttpResponse(stream, content_type=EVENT_STREAM, headers=STREAM_HEADERS)

    def _is_spoken(self, is_new: bool) -> bool:
        if self._wants_speech is not None:
            return self._wants_speech
        return is_new and self._interview.user.settings.auto_play_audio

    def _speak(self, reply: Turn) -> SpokenText:
        return begin_speech(
            user=self._interview.user,
            text=reply.text,
            kept_for="everybody" if reply.is_the_services_own else "nobody",
            is_gone=watch_connection(self._request),
            audio_format=self._audio_format,
            author=author_of(self._request),
        )


def outcome_response(work: Happenings, interview: Interview) -> Response:
    return Response(OutcomeSerializer(outcome_of(work, interview=interview)).data)


def said(reply: Turn) -> Happenings:
    yield reply


def nothing_said() -> Happenings:
    yield from ()
