"""How the routes of the models show in the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from ai.audio import ENCODINGS, FORMATS
from ai.errors import (
    AudioTooLongError,
    EmptyAudioError,
    NothingToSpeakError,
    ProviderError,
    ProviderTimeoutError,
    UnreadableAudioError,
)
from ai.serializers import (
    AnswerSerializer,
    CatalogueModelSerializer,
    MessageSerializer,
    QuoteRequestSerializer,
    QuoteSerializer,
    SpeechSerializer,
    TranscriptionSerializer,
)
from interview_trainer.schema import (
    BODY_FAILURES,
    EVENT_STREAM,
    EVENTS,
    FORBIDDEN,
    answer_header,
    failure,
    framework_failure,
    operation,
)
from users.schema.requests import EMAIL, IDEMPOTENT, KEY_FAILURES, NO_CREDITS, PERSON_FAILURES

MODELS = "models"

PAID_FAILURES = (
    *BODY_FAILURES,
    *PERSON_FAILURES,
    *KEY_FAILURES,
    NO_CREDITS,
    failure(ProviderError),
    failure(ProviderTimeoutError),
)

SERVED_EXAMPLE = {
    "requested": "gpt-3.5-turbo",
    "served": "gpt-5.4-mini",
    "provider": "openai",
    "reason": "gpt-3.5-turbo is an old name of gpt-5.4-mini.",
}
RECEIPT_EXAMPLE = {
    "operation_id": "3f0f3b5e-5d0a-4a52-9a30-0f3b2a6b6c1d",
    "held": 1,
    "charged": 1,
    "balance": 299,
}
PRICE_EXAMPLE = {"credits": 1, "per": 1000, "unit": "tokens"}
AUDIO_FORMAT = OpenApiParameter("format", str, enum=list(ENCODINGS), default="mp3")

EVENTS_EXAMPLE = """\
event: delta
data: {"seq": 0, "text": "What did you yourself do"}

event: done
data: {}

"""

RECORDING = {"type": "string", "format": "binary"}
RECORDING_BODY = {
    "application/json": {
        "type": "object",
        "required": ["audioData"],
        "properties": {
            "audioData": {
                "type": "array",
                "description": "The recording's bytes as numbers, as a browser recorded it.",
                "items": {"type": "integer", "minimum": 0, "maximum": 255},
            }
        },
    },
    "multipart/form-data": {
        "type": "object",
        "required": ["audio"],
        "properties": {"audio": RECORDING},
    },
    **dict.fromkeys([*FORMATS, "video/webm", "video/mp4", "application/octet-stream"], RECORDING),
}


SPEECH_HEADERS = (
    answer_header("X-Model", str, "The model that speaks."),
    answer_header("X-Operation-ID", str, "The operation, as the ledger names it."),
    answer_header(
        "X-Credits-Charged", int, "What the whole sound costs; less where it breaks off."
    ),
    answer_header("X-Credits-Balance", int, "What is available once the whole sound is paid."),
)

AI = {
    "message": operation(
        "ai_message",
        "The interviewer's answer to the conversation so far",
        body=MessageSerializer,
        body_example={"message": "Candidate: We moved our billing to a new service."},
        answer=AnswerSerializer,
        example={
            "message": "What did you yourself do in that move?",
            "status": "success",
            "model": SERVED_EXAMPLE,
            "receipt": RECEIPT_EXAMPLE,
        },
        parameters=[EMAIL, *IDEMPOTENT],
        failures=PAID_FAILURES,
        events_example=EVENTS_EXAMPLE,
        description=(
            "Whole, or as server-sent events for who accepts them: `meta`, `delta` for each piece,"
            " `usage` where it was counted, `receipt`, and last `done` or `error`."
        ),
        tag=MODELS,
    ),
    "speak_reply": operation(
        "ai_speak_reply",
        "The interviewer's answer as text and sound, in one stream",
        description=(
            "As the events of `/api/ai/message`, with `audio` for each sentence while the text"
            " still comes."
        ),
        body=MessageSerializer,
        body_example={"message": "Candidate: We moved our billing to a new service."},
        answer=EVENTS,
        media_types=[EVENT_STREAM],
        example=EVENTS_EXAMPLE,
        parameters=[EMAIL, AUDIO_FORMAT, *IDEMPOTENT],
        failures=PAID_FAILURES,
        tag=MODELS,
    ),
    "generate_audio": operation(
        "ai_generate_audio",
        "A text as sound, sent as it is made",
        description=(
            "The sound comes in chunks, in the order of the text. A failure before the first byte"
            " is a problem document; a later one breaks the transfer off, so that the chunked"
            " body has no end. Only what was delivered is charged."
        ),
        body=SpeechSerializer,
        body_example={"message": "Tell me about a project you are proud of."},
        answer=OpenApiTypes.BINARY,
        media_types=[encoding.content_type for encoding in ENCODINGS.values()],
        parameters=[
            EMAIL,
            AUDIO_FORMAT,
            *IDEMPOTENT,
            *SPEECH_HEADERS,
        ],
        failures=[*PAID_FAILURES, failure(NothingToSpeakError)],
        tag=MODELS,
    ),
    "chunk": operation(
        "ai_chunk",
        "A text, cut as the audio route would cut it",
        description="The chunks joined are the text again. Costs nothing.",
        answer={"type": "array", "items": {"type": "string"}},
        example=["Tell me about a project. ", "What was your part in it?"],
        parameters=[OpenApiParameter("text", str, required=True), EMAIL],
        failures=[*PERSON_FAILURES, framework_failure(413)],
        tag=MODELS,
    ),
    "speech_to_text": operation(
        "ai_speech_to_text",
        "What was said in a recording",
        description=(
            "WebM, MP4, Ogg, MP3, WAV or FLAC, told apart by their bytes, whatever the name says."
        ),
        body=RECORDING_BODY,
        body_example={"audioData": [26, 69, 223, 163]},
        answer=TranscriptionSerializer,
        example={
            "text": "Um, hello.",
            "words": [
                {"text": "Um,", "start_s": 0.0, "end_s": 0.2},
                {"text": "hello.", "start_s": 0.3, "end_s": 0.8},
            ],
            "language": "en",
            "duration_s": 1.2,
            "model": SERVED_EXAMPLE | {"requested": "whisper-1", "served": "whisper-1"},
            "receipt": RECEIPT_EXAMPLE,
        },
        parameters=[EMAIL, *IDEMPOTENT],
        failures=[
            *PAID_FAILURES,
            failure(EmptyAudioError),
            failure(AudioTooLongError),
            failure(UnreadableAudioError),
        ],
        tag=MODELS,
    ),
    "models": operation(
        "ai_models",
        "The catalogue of models",
        description="What there is, what it costs, and what is missing where it cannot run.",
        answer=CatalogueModelSerializer(many=True),
        example={
            "name": "gpt-5.4-mini",
            "provider": "openai",
            "capability": "text",
            "price": PRICE_EXAMPLE,
            "max_characters": 1000,
            "old_names": ["gpt-3.5-turbo"],
            "retires_on": None,
            "replaced_by": "",
            "available": True,
            "missing": "",
        },
        failures=[FORBIDDEN],
        tag=MODELS,
    ),
    "quote": operation(
        "ai_quote",
        "The most that an operation would cost",
        body=QuoteRequestSerializer,
        body_example={"capability": "text", "message": "Hello"},
        answer=QuoteSerializer,
        example={
            "capability": "text",
            "model": SERVED_EXAMPLE,
            "price": PRICE_EXAMPLE,
            "units": 180,
            "credits": 1,
        },
        parameters=[EMAIL],
        failures=[*BODY_FAILURES, *PERSON_FAILURES],
        tag=MODELS,
    ),
}
