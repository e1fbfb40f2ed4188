"""What a person prefers."""

from django.db import models

from users.models.user import User


class UserSettings(models.Model):
    """The models a person wants, by name.

    Names are stored as they were chosen and may be older than today's catalogue, which maps them
    (`ai/catalogue.py`). The defaults are those of the first service.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="settings"
    )
    llm_model = models.CharField("text model", max_length=100, default="gpt-3.5-turbo")
    stt_model = models.CharField("transcription model", max_length=100, default="whisper-1")
    tts_model = models.CharField(
        "speech model", max_length=100, default="elevenlabs-multilingual-v1"
    )
    auto_play_audio = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "user settings"

    def __str__(self) -> str:
        return f"Settings of user {self.user_id}"
