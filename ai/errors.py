"""What can go wrong between a request and a model. None of these is charged."""

from interview_trainer.errors import AppError, UnavailableError


class ProviderError(AppError):
    """The vendor failed, refused, or answered something that is not a result."""

    status = 502
    code = "provider_error"
    title = "The model's provider failed; try again, or choose another model"


class ProviderRefusedError(ProviderError):
    """The vendor works, but does not take this request (400, 413, 422): not a failing vendor's."""


class ProviderTimeoutError(ProviderError):
    status = 504
    code = "provider_timeout"
    title = "The model's provider took too long; try again, or choose another model"


class ProviderBusyError(ProviderError):
    """The vendor asks to be left alone for a while (429, 503)."""

    status = 503
    code = "unavailable"
    title = "The model's provider is busy; try again shortly"

    def __init__(self, detail: str = "", *, retry_after_s: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})


class ModelUnavailableError(UnavailableError):
    """No model for this capability can run here now; `/api/ai/models` says what is missing."""

    title = "No model is available for this; /api/ai/models says what is missing"


class StreamTooLongError(AppError):
    status = 504
    code = "stream_too_long"
    title = "The answer was read too slowly; what was sent is charged"


class NothingToSpeakError(AppError):
    status = 422
    code = "nothing_to_speak"
    title = "There is nothing in this text that can be said aloud"


class UnreadableAudioError(AppError):
    status = 415
    code = "unreadable_audio"
    title = "This is not audio that can be read; send WebM, MP4, Ogg, MP3 or WAV"


class EmptyAudioError(AppError):
    status = 400
    code = "empty_audio"
    title = "The recording is empty; check the microphone and record again"


class AudioTooLongError(AppError):
    status = 413
    code = "audio_too_long"
    title = "The recording is too long"
