"""What a client sent under an `Idempotency-Key`, and what it was answered."""

from django.conf import settings
from django.db import models


class IdempotentRequest(models.Model):
    """One key of one caller. While `status` is empty the request runs, until `locked_until`."""

    operation_key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    fingerprint = models.CharField(max_length=64)
    locked_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"Request {self.operation_key[:8]}"


class IdempotentPiece(models.Model):
    """A piece of the stored body, in order. In pieces, because sound is larger than a packet."""

    request = models.ForeignKey(IdempotentRequest, on_delete=models.CASCADE, related_name="pieces")
    sequence = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["request", "sequence"], name="piece_sequence_once"),
        ]

    def __str__(self) -> str:
        return f"Piece {self.sequence} of {self.request_id}"
