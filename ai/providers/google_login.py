"""How this service signs in to Google Cloud.

https://cloud.google.com/docs/authentication/application-default-credentials
"""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import requests
from django.conf import settings

from ai.providers.calls import VendorStatusError
from interview_trainer.permits import waiting

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


class Login:
    """The service account of the settings, or the machine's own credentials; shared by threads."""

    def __init__(self) -> None:
        self.credentials = load_credentials(settings.GOOGLE_APPLICATION_CREDENTIALS)
        self._lock = Lock()

    def token(self) -> str:
        """An access token that is still good. One thread fetches a new one, the others wait."""
        with waiting(), self._lock:
            if not self.credentials.valid:
                with requests.Session() as session:
                    self.credentials.refresh(token_request(session))
            return str(self.credentials.token)

    def headers(self) -> Mapping[str, str]:
        return {
            "Authorization": f"Bearer {self.token()}",
            "x-goog-user-project": self.credentials.quota_project_id or settings.VERTEX_PROJECT,
        }


def load_credentials(path: str) -> Any:
    """The service account in the file; where there is no file, what Google's libraries find."""
    import google.auth
    from google.oauth2 import service_account

    if path:
        return service_account.Credentials.from_service_account_file(path, scopes=SCOPES)  # type: ignore[no-untyped-call]  # no types
    found, _ = google.auth.default(scopes=SCOPES)
    return found


def token_request(session: requests.Session) -> Callable[..., Any]:
    """How google-auth reaches the token server: with our time-outs, and without its own retries."""
    from google.auth.transport.requests import Request

    send = Request(session)
    timeouts = (settings.VENDOR_CONNECT_TIMEOUT_S, settings.VENDOR_SILENCE_TIMEOUT_S)

    def send_once(url: str, *args: Any, **kwargs: Any) -> Any:
        response = send(url, *args, **{**kwargs, "timeout": timeouts})
        if response.status in {408, 429} or response.status >= 500:
            raise VendorStatusError(response.status, response.headers)
        return response

    return send_once
