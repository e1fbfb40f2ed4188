"""What staff change in the catalogue, and the names it shares with the database."""

from django.core.exceptions import ValidationError
from django.db import models


class Capability(models.TextChoices):
    TEXT = "text", "Text"
    SPEECH = "speech", "Speech"
    TRANSCRIPTION = "transcription", "Transcription"


class ModelOverride(models.Model):
    """A model that staff changed (an empty field keeps the catalogue's value) or added."""

    name = models.CharField(max_length=100, unique=True, help_text="As the vendor spells it.")
    credits_per_unit = models.PositiveIntegerField(
        null=True, blank=True, help_text="For each started unit; empty: as in the catalogue."
    )
    cached_credits_per_unit = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="For sound that was made before; empty: as in the catalogue.",
    )
    is_offered = models.BooleanField(default=True)
    retires_on = models.DateField(null=True, blank=True)
    replaced_by = models.CharField(max_length=100, blank=True)
    provider = models.CharField(max_length=50, blank=True, help_text="For a model that is new.")
    capability = models.CharField(
        max_length=20, choices=Capability.choices, blank=True, help_text="For a model that is new."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "model in the catalogue"
        verbose_name_plural = "models in the catalogue"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if bool(self.provider) != bool(self.capability):
            raise ValidationError("A new model needs both a provider and a capability.")
        if self.replaced_by and self.replaced_by == self.name:
            raise ValidationError({"replaced_by": "A model cannot replace itself."})
