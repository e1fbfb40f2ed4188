"""The errors that services raise.

Subclasses of `AppError` live in `<app>/errors.py` and end in `Error`. `problems.py` turns them into
answers. Clients branch on `code`; a code never changes once shipped.
"""

from collections.abc import Mapping
from typing import ClassVar


class AppError(Exception):
    """An error with an answer: `status`, `code` and `title` are the class's, `detail` the case's.

    `extra` are further members of the problem document (JSON values); `headers` go on the
    response, for instance `Retry-After`.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        self.detail = detail or self.title
        self.headers = dict(headers or {})
        self.extra = extra
        super().__init__(self.detail)


class UnavailableError(AppError):
    status = 503
    code = "unavailable"
    title = "Not available right now; try again shortly"

    def __init__(self, detail: str = "", *, retry_after_s: int = 5, **extra: object) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)}, **extra)


class BodyTooLargeError(AppError):
    status = 413
    code = "too_large"
    title = "The request body is too large"


class ClientGoneError(AppError):
    """Whoever asked went away while the provider was silent. Nobody reads this answer."""

    status = 499
    code = "client_gone"
    title = "The client closed the connection"
