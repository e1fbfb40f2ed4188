"""The forms of the account pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, UsernameField
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.template import loader
from django.views.decorators.debug import sensitive_variables

from interview_trainer.forms import PageForm
from users.models import User
from users.models.user import MAX_CHARACTERS, normalize_email
from users.services.mail import send_later
from users.services.people import prove_email, set_password

NAME_MAX_CHARACTERS = 200
# Hashing is made to be slow: what nobody types is not worth hashing.
PASSWORD_MAX_CHARACTERS = 1_000
WRONG_SIGN_IN = (
    "That email and password do not go together. Passwords tell capital letters from small ones."
)


class PersonEmailField(forms.EmailField):
    """An address, in the one spelling that is stored."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "username"})
        super().__init__(max_length=MAX_CHARACTERS, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        return normalize_email(super().clean(value))


class PersonNameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name"})
        super().__init__(
            max_length=NAME_MAX_CHARACTERS,
            required=False,
            widget=widget,
            help_text="What the interviewer may call you.",
            **kwargs,
        )


class PasswordField(forms.CharField):
    """`kind` is the browser's word for it: `current-password` or `new-password`."""

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": kind})
        super().__init__(max_length=PASSWORD_MAX_CHARACTERS, strip=False, widget=widget, **kwargs)


class SignInForm(PageForm, AuthenticationForm):
    """Django's own, which takes as long for an address that nobody has."""

    username = UsernameField(
        label="Email",
        max_length=MAX_CHARACTERS,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = PasswordField(kind="current-password")
    error_messages = {**AuthenticationForm.error_messages, "invalid_login": WRONG_SIGN_IN}


class NewPasswordForm(PageForm):
    """A password for `user`, shown by the browser's own means and so typed once."""

    password = PasswordField(
        kind="new-password",
        label="New password",
        help_text="At least 8 characters. A few words in a row are easy to keep in mind.",
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    @sensitive_variables("password")
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def save(self) -> User:
        return set_password(user=self.user, password=self.cleaned_data["password"])


class ResetPasswordForm(NewPasswordForm):
    """For who came by the link in a mail."""

    def save(self) -> User:
        prove_email(user=self.user)
        return super().save()


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(kind="current-password", label="Current password")
    field_order = ["current", "password"]

    @sensitive_variables("current")
    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError("This is not your current password.", code="wrong")
        return current


class SignUpForm(NewPasswordForm):
    """A new person. `user` is a draft that only tells what the password must not be like."""

    email = PersonEmailField(label="Email")
    name = PersonNameField()
    field_order = ["email", "name", "password"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(User(), *args, **kwargs)
        self.fields["password"].label = "Password"

    def clean_email(self) -> str:
        self.user.email = self.cleaned_data["email"]
        return self.user.email

    def clean_name(self) -> str:
        self.user.name = self.cleaned_data["name"]
        return self.user.name


class PersonForm(PageForm):
    name = PersonNameField()


class DeleteForm(PageForm):
    """Typing the address is what keeps an account from being deleted by a slip."""

    CLOSE, ERASE = "close", "erase"
    how = forms.ChoiceField(
        label="What should happen to your data",
        choices=[
            (CLOSE, "Close the account. Staff can open it again if you ask."),
            (ERASE, "Erase everything personal for good. Nobody can undo it."),
        ],
        widget=forms.RadioSelect,
    )
    email = forms.CharField(
        label="Your email, to confirm", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.strip().lower() != self.user.email:
            raise ValidationError(f"Type {self.user.email} to confirm.", code="wrong")
        return email


class ResetRequestForm(PageForm, PasswordResetForm):
    """Whoever reads the mailbox may set a password, also people who never had one."""

    email = PersonEmailField(label="Email")

    def get_users(self, email: str) -> Iterable[User]:
        return User.objects.present().filter(email=email, is_active=True)

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """After the answer: how long a mail takes would tell who has an account."""

        def write() -> EmailMessage:
            subject = loader.render_to_string(subject_template_name, context).strip()
            body = loader.render_to_string(email_template_name, context)
            return EmailMessage(subject, body, from_email, [to_email])

        send_later(write)
