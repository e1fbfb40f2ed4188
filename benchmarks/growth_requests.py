"""What `growth.py` asks: the API with a key, and pages with a session."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote


class Place(Protocol):
    """Whom requests are about: one of all, and the busy one."""

    person_id: int
    busy_id: int

    def email(self, user_id: int) -> str: ...


@dataclass(frozen=True)
class Request:
    label: str
    path: str
    message: str = ""
    is_page: bool = False

    def path_for(self, place: Place) -> str:
        address = place.email(place.person_id)
        return self.path.format(
            email=quote(address),
            id=place.person_id,
            prefix=address[:6],
            busy=quote(place.email(place.busy_id)),
            busy_id=place.busy_id,
        )


def api(label: str, path: str, message: str = "") -> Request:
    return Request(label, path, message)


def page(label: str, path: str) -> Request:
    return Request(label, path, is_page=True)


REQUESTS = [
    api("a paid message", "/api/ai/message?email={email}", "Hello, I am ready."),
    api("a paid message, of the busy one", "/api/ai/message?email={busy}", "Hello, I am ready."),
    api("a person by address", "/api/users?email={email}"),
    api("people, newest first", "/api/users"),
    api("people, by the start of an address", "/api/users?search={prefix}"),
    api("people, by a name that nobody has", "/api/users?search=nobody-at-all"),
    api("a person's ledger", "/api/users/{id}/credits"),
    api("the busy one's ledger", "/api/users/{busy_id}/credits"),
    api("a person's progress", "/api/progress?email={email}"),
    api("the busy one's progress", "/api/progress?email={busy}"),
    api("the busy one's interviews", "/api/interviews?email={busy}"),
    page("page: credits", "/credits/"),
    page("page: practice", "/practice/"),
    page("page: progress", "/practice/progress/"),
    page("admin: front page", "/admin/"),
    page("admin: people", "/admin/users/user/"),
    page("admin: people, by address", "/admin/users/user/?q={email}"),
    page("admin: people, by part of a name", "/admin/users/user/?q=person+77"),
    page("admin: people, by a name that nobody has", "/admin/users/user/?q=nobody-at-all"),
    page("admin: deleted people", "/admin/users/user/?state=deleted"),
    page("admin: staff", "/admin/users/user/?is_staff__exact=1"),
    page("admin: people, page 200", "/admin/users/user/?p=200"),
    page("admin: a person", "/admin/users/user/{id}/change/"),
    page("admin: the busy one", "/admin/users/user/{busy_id}/change/"),
    page("admin: ledger", "/admin/users/ledgerentry/"),
    page("admin: ledger, of the busy one", "/admin/users/ledgerentry/?q={busy}"),
    page("admin: ledger, by a word", "/admin/users/ledgerentry/?q=outage"),
    page("admin: ledger, posts", "/admin/users/ledgerentry/?kind__exact=post"),
    page("admin: ledger, reversals", "/admin/users/ledgerentry/?kind__exact=reversal"),
    page("admin: ledger, last week's grants", "/admin/users/ledgerentry/?kind=grant&period=7"),
    page("admin: holds", "/admin/users/hold/"),
    page("admin: holds, open", "/admin/users/hold/?state__exact=open"),
    page("admin: holds, posted", "/admin/users/hold/?state__exact=posted"),
    page("admin: holds, of the busy one", "/admin/users/hold/?q={busy}"),
    page("admin: API keys", "/admin/users/apikey/"),
    page("admin: interviews", "/admin/interviews/interview/"),
    page("admin: interviews, running", "/admin/interviews/interview/?state__exact=running"),
    page("admin: interviews, of the busy one", "/admin/interviews/interview/?q={busy}"),
    page("admin: tasks", "/admin/background/backgroundtask/"),
    page("admin: tasks, failed", "/admin/background/backgroundtask/?status__exact=FAILED"),
    page("admin: who did what", "/admin/admin/logentry/"),
]
