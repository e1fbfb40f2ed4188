"""Attempts to sign in that failed."""

from __future__ import annotations

from django.db import models

from users.models.user import MAX_CHARACTERS


class SignInFailures(models.Model):
    """How often in a row one address failed with one email, whether or not anybody has that."""

    email = models.CharField(max_length=MAX_CHARACTERS)
    address = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "failed sign-ins"
        constraints = [
            models.UniqueConstraint(fields=["email", "address"], name="failures_of_pair_once"),
        ]

    def __str__(self) -> str:
        """Without the email: staff's own record of what they did outlives the person's data."""
        return f"Failed sign-ins {self.pk}"
