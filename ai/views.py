"""What can be asked of the models."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.viewsets import ViewSet

from ai import schema
from ai.audio import AudioFormat
from ai.catalogue import catalogue
from ai.events import (
    EVENT_STREAM,
    HEARTBEAT,
    EventStream,
    EventStreamRenderer,
    answer_events,
    reply_events,
    wants_events,
)
from ai.parsers import (
    OctetStreamParser,
    RawSoundParser,
    RawVideoParser,
    RecordingFormParser,
    RecordingJSONParser,
)
from ai.quotes import quote_for
from ai.renderers import SoundRenderer, accepted_format
from ai.serializers import (
    AnswerSerializer,
    AudioFormatSerializer,
    CatalogueModelSerializer,
    ChunkQuerySerializer,
    MessageSerializer,
    QuoteRequestSerializer,
    QuoteSerializer,
    RecordingSerializer,
    SpeechSerializer,
    TranscriptionSerializer,
)
from ai.services.speech import preview_chunks, speak_text
from ai.services.spoken_reply import SpokenReply
from ai.services.text import AnswerStream, answer_message
from ai.services.transcription import transcribe_audio
from interview_trainer.connection import interject, watch_connection
from interview_trainer.fields import validated
from interview_trainer.schema import describe
from users.idempotency import idempotent, operation_key
from users.limits.rates import Kind
from users.models import Scope
from users.requests import author_of, named_user, requested_user

RECORDING_PARSERS = [
    RecordingJSONParser,
    RecordingFormParser,
    RawSoundParser,
    RawVideoParser,
    OctetStreamParser,
]


# A proxy must neither keep an answer nor hold it back.
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@describe(**schema.AI)
class AiViewSet(ViewSet):
    """One action for each thing that a model does, and two that say what it costs."""

    person_actions = (
        "message",
        "generate_audio",
        "speak_reply",
        "chunk",
        "speech_to_text",
        "models",
        "quote",
    )
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(person_actions, Scope.AI)
    limited_as: ClassVar[dict[str, tuple[Kind, ...]]] = {
        "message": (Kind.TEXT,),
        "generate_audio": (Kind.SPEECH,),
        "speak_reply": (Kind.TEXT, Kind.SPEECH),
        "speech_to_text": (Kind.TRANSCRIPTION,),
    }

    @action(
        detail=False,
        methods=["post"],
        renderer_classes=[*api_settings.DEFAULT_RENDERER_CLASSES, EventStreamRenderer],
    )
    @idempotent
    def message(self, request: Request) -> HttpResponseBase:
        """The interviewer's answer to the conversation so far: whole, or as events."""
        sent = validated(MessageSerializer, request.data)
        ask = stream_answer if wants_events(request) else give_answer
        return ask(
            request,
            user=requested_user(request),
            message=sent["message"],
            operation_key=operation_key(request),
            author=author_of(request),
        )

    @action(
        detail=False,
        methods=["post"],
        url_path="generate-audio",
        renderer_classes=[*api_settings.DEFAULT_RENDERER_CLASSES, SoundRenderer],
    )
    @idempotent
    def generate_audio(self, request: Request) -> StreamingHttpResponse:
        """A text as sound, sent as it is made."""
        sent = validated(SpeechSerializer, request.data)
        wanted = validated(AudioFormatSerializer, request.query_params)
        speech = speak_text(
            user=requested_user(request),
            text=sent["message"],
            is_gone=watch_connection(request),
            audio_format=wanted["format"] or accepted_format(request),
            operation_key=operation_key(request),
            author=author_of(request),
        )
        receipt = speech.receipt_when_complete
        return StreamingHttpResponse(
            speech,
            content_type=speech.content_type,
            headers={
                **STREAM_HEADERS,
                "X-Model": speech.operation.model.name,
                "X-Operation-ID": str(receipt.operation_id),
                "X-Credits-Charged": str(receipt.charged),
                "X-Credits-Balance": str(receipt.balance),
            },
        )

    @action(
        detail=False,
        methods=["post"],
        url_path="speak-reply",
        renderer_classes=[EventStreamRenderer],
    )
    @idempotent
    def speak_reply(self, request: Request) -> StreamingHttpResponse:
        """The interviewer's answer as text and sound in one stream of events."""
        sent = validated(MessageSerializer, request.data)
        wanted = validated(AudioFormatSerializer, request.query_params)
        audio_format = cast(AudioFormat, wanted["format"] or "mp3")
        reply = SpokenReply(
            user=requested_user(request),
            message=sent["message"],
            is_gone=watch_connection(request),
            audio_format=audio_format,
            operation_key=operation_key(request),
            author=author_of(request),
        )
        return event_response(reply_events(reply, audio_format))

    @action(detail=False, methods=["post"])
    def chunk(self, request: Request) -> Response:
        """The text of `?text=` cut as `generate-audio` would cut it."""
        sent = validated(ChunkQuerySerializer, request.query_params)
        return Response(preview_chunks(user=named_user(request), text=sent["text"]))

    @action(
        detail=False,
        methods=["post"],
        url_path="speech-to-text",
        parser_classes=RECORDING_PARSERS,
    )
    @idempotent
    def speech_to_text(self, request: Request) -> Response:
        """What was said in a recording."""
        sent = validated(RecordingSerializer, request.data)
        transcription = transcribe_audio(
            user=requested_user(request),
            audio=sent["audio"],
            operation_key=operation_key(request),
            author=author_of(request),
        )
        return Response(TranscriptionSerializer(transcription).data)

    @action(detail=False, methods=["get"])
    def models(self, request: Request) -> Response:
        """The catalogue: what there is, what it costs, and what is missing where it cannot run."""
        return Response(CatalogueModelSerializer(catalogue(), many=True).data)

    @action(detail=False, methods=["post"])
    def quote(self, request: Request) -> Response:
        """The most that an operation would cost this person."""
        sent = validated(QuoteRequestSerializer, request.data)
        return Response(QuoteSerializer(quote_for(user=requested_user(request), **sent)).data)


# Bound once: a new one would copy its fields, and theirs, for every answer.
ANSWER = AnswerSerializer()


def give_answer(request: Request, **asked: Any) -> Response:
    return Response(ANSWER.to_representation(answer_message(**asked)))


def stream_answer(request: Request, **asked: Any) -> StreamingHttpResponse:
    answer = AnswerStream(
        is_gone=watch_connection(request),
        on_silence=lambda: interject(request, HEARTBEAT),
        **asked,
    )
    return event_response(answer_events(answer))


def event_response(events: EventStream) -> StreamingHttpResponse:
    return StreamingHttpResponse(events, content_type=EVENT_STREAM, headers=STREAM_HEADERS)
