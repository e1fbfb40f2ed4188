"""Who someone is, what they prefer, what they may spend."""

from users.models.api_key import ApiKey, Scope
from users.models.export import DataExport
from users.models.idempotency import IdempotentPiece, IdempotentRequest
from users.models.ledger import CreditAccount, Hold, LedgerEntry
from users.models.settings import UserSettings
from users.models.sign_in import SignInFailures
from users.models.user import User, UserManager

__all__ = [
    "ApiKey",
    "CreditAccount",
    "DataExport",
    "Hold",
    "IdempotentPiece",
    "IdempotentRequest",
    "LedgerEntry",
    "Scope",
    "SignInFailures",
    "User",
    "UserManager",
    "UserSettings",
]
