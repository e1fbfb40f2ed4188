"""A person, who signs in by email."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models.functions import Lower

MAX_CHARACTERS = 254
# For a search: how many are read for a text within their email or name, and how many that start
# with it are listed one by one.
NEWEST_PEOPLE = 5_000
MANY_PEOPLE = 1_000


def normalize_email(email: str) -> str:
    """The one spelling of an address: lower case, ASCII, an international domain as punycode.

    Equality of this spelling means the same under every database and collation. Raises
    `ValidationError` for what is not an address.
    """
    local, _, domain = email.strip()[: MAX_CHARACTERS + 1].rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError as exc:
        raise ValidationError("Enter a valid email address.", code="invalid") from exc
    normalized = f"{local}@{ascii_domain}"
    if not normalized.isascii() or len(normalized) > MAX_CHARACTERS:
        raise ValidationError("Enter a valid email address.", code="invalid")
    # Lower case only now: some letters (the Kelvin sign) have an ASCII one as their lower case.
    validate_email(normalized)
    return normalized.lower()


class UserQuerySet(models.QuerySet["User"]):
    def present(self) -> UserQuerySet:
        """Users that were not deleted."""
        return self.filter(deleted_at=None)

    def matching(self, text: str) -> UserQuerySet:
        """Users whose email or name starts with the text; of the newest ones, also within it.

        No database looks into the middle of a text by an index. So of a million people it is read
        of the newest only, or of all where so many start with it that a page of them is soon full.
        """
        within = models.Q(email__icontains=text) | models.Q(name__icontains=text)
        starting = self._ids_starting_with(text)
        if len(starting) > MANY_PEOPLE:
            return self.filter(within)
        newest = User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        return self.filter(
            models.Q(pk__in=starting) | (models.Q(pk__gt=newest - NEWEST_PEOPLE) & within)
        )

    def _ids_starting_with(self, text: str) -> set[int]:
        """Of emails and of names up to `MANY_PEOPLE` and one, each in the order of its index."""
        return {
            pk
            for field in ("email", "name")
            for pk in User.objects.filter(**{f"{field}__istartswith": text})
            .order_by(field)
            .values_list("pk", flat=True)[: MANY_PEOPLE + 1]
        }


class UserManager(BaseUserManager["User"]):
    """Makes users whole: with their settings, their account and their first credits."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def present(self) -> UserQuerySet:
        return self.get_queryset().present()

    def get_by_natural_key(self, username: str | None) -> User:
        try:
            email = normalize_email(username or "")
        except ValidationError as exc:
            raise self.model.DoesNotExist from exc
        return self.present().get(email=email)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        from users.services.people import create_user

        return create_user(email=email, password=password, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """`email` is stored as `normalize_email` spells it. A deleted user's row and email stay."""

    email = models.EmailField(unique=True, error_messages={"unique": "This email is taken."})
    name = models.CharField(max_length=200, blank=True)
    is_staff = models.BooleanField("may use the admin site", default=False)
    is_active = models.BooleanField("may sign in", default=True)
    has_unproven_email = models.BooleanField(
        default=False,
        editable=False,
        help_text="Signed up here, and nobody has shown yet that the address is theirs.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
        ]
        indexes = [
            models.Index(fields=["name"], name="user_name"),
            # For the few among a million: staff, and who is locked, deleted or erased.
            models.Index(fields=["is_staff"], name="user_is_staff"),
            models.Index(fields=["deleted_at", "is_active"], name="user_state"),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = normalize_email(self.email)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()
