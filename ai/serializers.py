"""The shapes of what is asked of the models and of what they answer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.settings import api_settings

from ai.audio import ENCODINGS
from ai.models import Capability
from interview_trainer.errors import BodyTooLargeError
from interview_trainer.fields import StrictCharField, StrictChoiceField


class MessageSerializer(serializers.Serializer[Any]):
    """`message` is the conversation so far, packed into one string."""

    message = StrictCharField(trim_whitespace=False)

    def validate_message(self, message: str) -> str:
        return check_length(message, settings.MESSAGE_MAX_CHARACTERS)


class SpeechSerializer(serializers.Serializer[Any]):
    message = StrictCharField(trim_whitespace=False)

    def validate_message(self, message: str) -> str:
        return check_length(message, settings.SPEECH_MAX_CHARACTERS)


def check_length(text: str, most: int) -> str:
    if not text.strip():
        raise serializers.ValidationError("This may not be blank.", code="blank")
    if len(text) > most:
        raise BodyTooLargeError(f"This may be at most {most:,} characters long.")
    return text


class AudioFormatSerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=list(ENCODINGS), default="")


class ChunkQuerySerializer(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False)

    def validate_text(self, text: str) -> str:
        return check_length(text, settings.SPEECH_MAX_CHARACTERS)


class RecordingSerializer(serializers.Serializer[Any]):
    """One of `audioData` (numbers 0 to 255, in JSON) and `audio` (a file, or the raw body)."""

    def to_internal_value(self, data: Any) -> dict[str, bytes]:
        if not isinstance(data, dict):
            raise serializers.ValidationError(
                {api_settings.NON_FIELD_ERRORS_KEY: "Send an object with audioData, or a file."}
            )
        if "audio" in data:
            return {"audio": read_upload(data["audio"])}
        return {"audio": bytes_of_numbers(data.get("audioData"))}


def read_upload(sent: Any) -> bytes:
    if isinstance(sent, bytes):
        return sent
    if not hasattr(sent, "read"):
        raise serializers.ValidationError({"audio": "Send the recording as a file."})
    if sent.size > settings.AUDIO_MAX_BYTES:
        raise BodyTooLargeError(f"A recording may be at most {settings.AUDIO_MAX_BYTES:,} bytes.")
    content: bytes = sent.read()
    return content


def bytes_of_numbers(numbers: Any) -> bytes:
    try:
        if isinstance(numbers, list) and len(numbers) <= settings.AUDIO_MAX_BYTES:
            return bytes(numbers)
    except (TypeError, ValueError):
        pass
    raise serializers.ValidationError(
        {"audioData": "Send the recording's bytes as a list of numbers from 0 to 255."}
    )


class QuoteRequestSerializer(serializers.Serializer[Any]):
    """What an operation would be about: a `message` (text, speech) or seconds of recording."""

    capability = StrictChoiceField(choices=Capability.choices)
    message = StrictCharField(required=False, trim_whitespace=False, default="")
    duration_s = serializers.FloatField(required=False, min_value=0, max_value=86_400, default=0)

    def validate_message(self, message: str) -> str:
        if len(message) > settings.MESSAGE_MAX_CHARACTERS:
            most = settings.MESSAGE_MAX_CHARACTERS
            raise BodyTooLargeError(f"This may be at most {most:,} characters long.")
        return message


class ResolutionSerializer(serializers.Serializer[Any]):
    """Which model was asked for, which one served, and why where they differ."""

    requested = serializers.CharField()
    served = serializers.CharField(source="model.name")
    provider = serializers.CharField(source="model.provider")
    reason = serializers.CharField()


class ReceiptSerializer(serializers.Serializer[Any]):
    operation_id = serializers.UUIDField()
    held = serializers.IntegerField()
    charged = serializers.IntegerField()
    balance = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(source="text")
    status = serializers.ChoiceField(["success"], default="success", read_only=True)
    model = ResolutionSerializer(source="resolution")
    receipt = ReceiptSerializer()


class WordSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    start_s = serializers.FloatField()
    end_s = serializers.FloatField()


class TranscriptionSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(source="transcript.text")
    words = WordSerializer(source="transcript.words", many=True)
    language = serializers.CharField(source="transcript.language")
    duration_s = serializers.FloatField()
    model = ResolutionSerializer(source="resolution")
    receipt = ReceiptSerializer()


class PriceSerializer(serializers.Serializer[Any]):
    credits = serializers.IntegerField()
    per = serializers.IntegerField()
    unit = serializers.CharField()


class CatalogueModelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    provider = serializers.CharField()
    capability = serializers.CharField()
    price = PriceSerializer()
    max_characters = serializers.IntegerField()
    old_names = serializers.ListField(child=serializers.CharField())
    retires_on = serializers.DateField(allow_null=True)
    replaced_by = serializers.CharField()
    available = serializers.SerializerMethodField()
    missing = serializers.CharField()

    def get_available(self, model: Any) -> bool:
        return not model.missing


class QuoteSerializer(serializers.Serializer[Any]):
    """The most that the operation would cost: `units` at the served model's price."""

    capability = serializers.CharField()
    model = ResolutionSerializer(source="resolution")
    price = PriceSerializer(source="resolution.model.price")
    units = serializers.IntegerField()
    credits = serializers.IntegerField()
