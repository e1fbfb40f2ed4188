"""What can go wrong with people, keys and credits."""

from collections.abc import Mapping
from math import ceil

from interview_trainer.errors import AppError, UnavailableError


class UserNotFoundError(AppError):
    status = 404
    code = "user_not_found"
    title = "There is no user with this email"


class EmailTakenError(AppError):
    status = 409
    code = "email_taken"
    title = "A user with this email exists already"


class UserErasedError(AppError):
    status = 409
    code = "user_erased"
    title = "This user was erased for good and cannot be restored"


class EmailRequiredError(AppError):
    status = 400
    code = "email_required"
    title = "Name the person: add ?email= to the address"


class ForeignEmailError(AppError):
    status = 403
    code = "foreign_email"
    title = "You may only act for yourself; leave ?email= out or send your own"


class InsufficientCreditsError(AppError):
    """Raised by a hold or a take-back that is larger than what is available."""

    status = 402
    code = "insufficient_credits"
    title = "You have no more credits left"

    def __init__(self, *, required: int, balance: int) -> None:
        super().__init__(self.title, required=required, balance=balance)


class BadOperationKeyError(AppError):
    status = 400
    code = "bad_idempotency_key"
    title = "An Idempotency-Key is 1 to 255 printable ASCII characters"


class OperationKeyReusedError(AppError):
    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request; choose a new one"


class OperationInProgressError(AppError):
    status = 409
    code = "operation_in_progress"
    title = "The first request with this Idempotency-Key is still running; ask again shortly"


class OperationSettledError(AppError):
    status = 409
    code = "operation_settled"
    title = "A request with this Idempotency-Key was already done; nothing was charged again"


class HoldResolvedError(AppError):
    """A hold was posted, voided or expired before: it has one outcome only."""

    status = 409
    code = "hold_resolved"
    title = "This operation's credits were already settled or returned"


class EntryNotReversibleError(AppError):
    status = 409
    code = "entry_not_reversible"
    title = "Only a grant, an adjustment or a charge can be reversed, and only once"


class AccountDisabledError(AppError):
    """The person proved who they are, but their account here was deleted or switched off."""

    status = 403
    code = "account_disabled"
    title = "This account may not sign in any more"


class IssuerUnavailableError(UnavailableError):
    """The keys that an outside issuer signs with cannot be fetched."""

    title = "The sign-in service could not be reached; try again shortly"


class GoogleSignInMissingError(UnavailableError):
    title = "Signing in with Google is not set up here (GOOGLE_CLIENT_IDS)"


def spoken_time(seconds: int) -> str:
    """A wait as a person says it: never shorter than it is."""
    if seconds <= 1:
        return "a second"
    return f"{seconds} seconds" if seconds < 120 else f"{ceil(seconds / 60)} minutes"


class RateLimitedError(AppError):
    """More requests than the limit. Nothing was done, held or charged."""

    status = 429
    code = "rate_limited"
    title = "Too many requests; wait and try again"

    def __init__(self, *, wait_s: int, headers: Mapping[str, str]) -> None:
        detail = f"Too many requests; try again in {spoken_time(wait_s)}."
        super().__init__(detail, headers={**headers, "Retry-After": str(wait_s)})


class TooManyStreamsError(AppError):
    """As many are running as may at once. Nothing was done, held or charged."""

    status = 429
    code = "too_many_streams"
    title = "Too many are running at once; wait until one of them has ended"

    def __init__(self, *, headers: Mapping[str, str], wait_s: int = 5) -> None:
        super().__init__(headers={**headers, "Retry-After": str(wait_s)})


class SignInLockedError(AppError):
    """Too many wrong passwords for this email from this address. Nobody may have that email."""

    status = 429
    code = "sign_in_locked"
    title = "Too many wrong passwords; wait, or ask for a new password"

    def __init__(self, *, wait_s: int) -> None:
        wait = spoken_time(wait_s)
        detail = f"Too many wrong passwords; try again in {wait}, or ask for a new password."
        super().__init__(detail, headers={"Retry-After": str(wait_s)})


class ExportNotFoundError(AppError):
    status = 404
    code = "export_not_found"
    title = "There is no export; ask for one"


class ExportNotReadyError(AppError):
    status = 409
    code = "export_not_ready"
    title = "There is no export yet; ask for its state"
