"""`/api/users` and `/api/me`: people, their settings and their credits."""

import base64
import re

import pytest

from users.models import LedgerEntry, User
from users.models.ledger import CreditAccount
from users.services.people import create_user, delete_user

USER = {"ID", "email", "credits", "created_at", "updated_at", "UserSettings"}
MAX_GRANT = 1_000_000


@pytest.fixture
def people(db) -> list[User]:
    return [create_user(email=f"person-{n}@example.com", name=f"Person {n}") for n in range(5)]


def credits_url(user: User) -> str:
    return f"/api/users/{user.pk}/credits"


def test_a_user_is_created_with_the_welcome_credits(frontend):
    response = frontend.post("/api/users", {"email": " New@Example.com "}, format="json")
    assert response.status_code == 200
    assert response.json()["email"] == "new@example.com"
    assert response.json()["credits"] == 300


def test_the_same_email_again_is_a_conflict(frontend, owner):
    response = frontend.post("/api/users", {"email": "ADA@example.com"}, format="json")
    assert (response.status_code, response.json()["code"]) == (409, "email_taken")
    assert User.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "ada"}, {"email": 5}, [], None])
def test_what_is_no_email_is_refused(frontend, body):
    assert frontend.post("/api/users", body, format="json").status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize("search", ["person-3", "PERSON 3", " person-3@example.com "])
def test_users_are_found_by_a_part_of_email_or_name(frontend, people, search):
    found = frontend.get("/api/users", {"search": search}).json()["results"]
    assert [user["email"] for user in found] == ["person-3@example.com"]


def test_a_search_takes_wildcards_as_they_are(frontend, people):
    assert frontend.get("/api/users", {"search": "%"}).json()["results"] == []


def test_users_come_newest_first_by_pages_until_there_are_no_more(frontend, people):
    seen: list[str] = []
    address = "/api/users?page_size=2"
    while address:
        page = frontend.get(address).json()
        assert set(page) == {"next", "previous", "results"}
        seen += [user["email"] for user in page["results"]]
        address = page["next"]
    assert seen == [user.email for user in reversed(people)]


def test_a_page_costs_the_same_however_many_there_are(
    frontend, people, django_assert_max_num_queries
):
    frontend.get("/api/users")
    with django_assert_max_num_queries(2):
        assert len(frontend.get("/api/users").json()["results"]) == 5


def test_deleted_users_are_not_listed(frontend, people):
    delete_user(user=people[0])
    assert len(frontend.get("/api/users").json()["results"]) == 4


def test_a_cursor_that_is_none_is_not_found(frontend, people):
    assert frontend.get("/api/users?cursor=nonsense").status_code == 404


def test_a_user_is_changed_by_what_is_sent(frontend, owner):
    response = frontend.patch(f"/api/users/{owner.pk}", {"name": "Ada L."}, format="json")
    assert (response.status_code, set(response.json())) == (200, USER)
    owner.refresh_from_db()
    assert (owner.name, owner.email) == ("Ada L.", "ada@example.com")


def test_an_email_is_changed_unless_it_is_taken(frontend, owner, other_user):
    url = f"/api/users/{owner.pk}"
    assert frontend.patch(url, {"email": "Ada2@example.com"}, format="json").status_code == 200
    response = frontend.patch(url, {"email": "bob@example.com"}, format="json")
    assert (response.status_code, response.json()["code"]) == (409, "email_taken")
    owner.refresh_from_db()
    assert owner.email == "ada2@example.com"


@pytest.mark.parametrize(
    "body", [{"email": "ada"}, {"name": 5}, {"name": "x" * 201}, {"is_active": "yes"}]
)
def test_a_change_of_a_wrong_type_is_refused(frontend, owner, body):
    assert frontend.patch(f"/api/users/{owner.pk}", body, format="json").status_code == 400


def test_a_key_may_not_make_staff(frontend, owner):
    frontend.patch(f"/api/users/{owner.pk}", {"is_staff": True}, format="json")
    owner.refresh_from_db()
    assert not owner.is_staff


def test_a_deleted_user_is_gone_and_their_ledger_stays(frontend, owner):
    assert frontend.delete(f"/api/users/{owner.pk}").status_code == 204
    assert frontend.get(f"/api/users/{owner.pk}").status_code == 404
    owner.refresh_from_db()
    assert owner.email == "ada@example.com"
    assert LedgerEntry.objects.filter(account_id=owner.pk).count() == 1


def test_an_erased_user_leaves_nothing_personal(frontend, owner):
    assert frontend.delete(f"/api/users/{owner.pk}?erase=true").status_code == 204
    owner.refresh_from_db()
    assert re.fullmatch(r"erased-[0-9a-f]{32}@erased\.invalid", owner.email)
    assert owner.name == ""
    assert LedgerEntry.objects.filter(account_id=owner.pk).count() == 1


@pytest.mark.parametrize("pk", ["0", "999999999999999999"])
def test_a_user_that_there_is_not_is_not_found(frontend, db, pk):
    assert frontend.get(f"/api/users/{pk}").status_code == 404


def test_credits_are_given_with_a_reason(frontend, owner):
    body = {"amount": 50, "reason": "Thanks"}
    answer = frontend.post(credits_url(owner), body, format="json").json()
    assert (answer["balance"], answer["held"]) == (350, 0)
    assert (answer["entry"]["available"], answer["entry"]["reason"]) == (50, "Thanks")


def test_credits_are_taken_back_never_below_zero(frontend, owner, balance):
    body = {"amount": -300, "reason": "Mistake"}
    assert frontend.post(credits_url(owner), body, format="json").json()["balance"] == 0
    response = frontend.post(credits_url(owner), body | {"amount": -1}, format="json")
    assert (response.status_code, response.json()["code"]) == (402, "insufficient_credits")
    assert balance() == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        {"amount": 0, "reason": "x"},
        {"amount": MAX_GRANT + 1, "reason": "x"},
        {"amount": -MAX_GRANT - 1, "reason": "x"},
        {"amount": 10**30, "reason": "x"},
        {"amount": "5", "reason": "x"},
        {"amount": 1.5, "reason": "x"},
        {"amount": True, "reason": "x"},
        {"amount": 5},
        {"amount": 5, "reason": ""},
        {"amount": 5, "reason": "x" * 201},
    ],
)
def test_an_amount_out_of_bounds_or_without_a_reason_is_refused(frontend, owner, balance, body):
    response = frontend.post(credits_url(owner), body, format="json")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert balance() == (300, 0)


def test_the_ledger_comes_newest_first_by_pages_led_by_the_balance(frontend, owner):
    for amount in (1, 2, 3):
        body = {"amount": amount, "reason": "x"}
        frontend.post(credits_url(owner), body, format="json")
    seen: list[int] = []
    address = f"{credits_url(owner)}?page_size=3"
    while address:
        page = frontend.get(address).json()
        assert set(page) == {"balance", "held", "entries", "next", "previous"}
        assert page["balance"] == 306
        seen += [entry["available"] for entry in page["entries"]]
        address = page["next"]
    assert seen == [3, 2, 1, 300]


def test_a_page_of_the_ledger_costs_three_queries(frontend, owner, django_assert_num_queries):
    frontend.get(credits_url(owner))
    with django_assert_num_queries(3):
        frontend.get(credits_url(owner))


def test_giving_credits_needs_its_own_scope(key_client, owner, balance):
    client = key_client("users:read", "users:write")
    response = client.post(credits_url(owner), {"amount": 5, "reason": "x"}, format="json")
    assert response.status_code == 403
    assert balance() == (300, 0)


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_person_reaches_nobody_by_id(person_client, owner, other_user, method):
    client = person_client(other_user)
    assert getattr(client, method)(f"/api/users/{owner.pk}").status_code == 403
    assert client.get("/api/users").status_code == 403


def test_staff_reach_everyone(person_client, staff, owner):
    assert person_client(staff).get(f"/api/users/{owner.pk}").json()["email"] == owner.email


def test_the_signed_in_person_reads_and_changes_themselves(person_client, owner):
    client = person_client(owner)
    assert set(client.get("/api/me").json()) == USER | {"name", "held", "is_staff"}
    body = {"name": "Ada L.", "email": "other@example.com"}
    assert client.patch("/api/me", body, format="json").json()["name"] == "Ada L."
    owner.refresh_from_db()
    assert (owner.name, owner.email) == ("Ada L.", "ada@example.com")


def test_the_signed_in_person_changes_their_settings(person_client, owner):
    client = person_client(owner)
    changed = client.post("/api/me/settings", {"llm_model": "gpt-4"}, format="json").json()
    assert changed["llm_model"] == "gpt-4"
    assert client.get("/api/me/settings").json() == changed


def test_the_signed_in_person_reads_their_credits_and_gives_themselves_none(person_client, owner):
    client = person_client(owner)
    assert client.get("/api/me/credits").json()["balance"] == 300
    body = {"amount": 5, "reason": "x"}
    assert client.post("/api/me/credits", body, format="json").status_code == 405
    assert client.post(credits_url(owner), body, format="json").status_code == 403


def test_the_signed_in_person_leaves_and_is_signed_out(person_client, owner):
    client = person_client(owner)
    assert client.delete("/api/me?erase=true").status_code == 204
    assert client.get("/api/me").status_code == 401
    owner.refresh_from_db()
    assert owner.erased_at is not None
    assert CreditAccount.objects.get(pk=owner.pk).available == 300


@pytest.mark.parametrize("path", ["/api/me", "/api/me/settings", "/api/me/credits", "/api/users"])
def test_nobody_is_refused(anonymous, db, path):
    assert anonymous.get(path).status_code == 401


@pytest.mark.parametrize("url", ["/api/users/settings", "/api/me/settings"])
def test_asking_for_headers_changes_no_settings(key_client, owner, url):
    """A key that may only read could otherwise write, as HEAD goes where GET does."""
    body = '{"llm_model": "gpt-4"}'
    response = key_client("users:read").generic(
        "HEAD", f"{url}?email=ada@example.com", body, content_type="application/json"
    )
    owner.settings.refresh_from_db()
    assert response.status_code == 200
    assert owner.settings.llm_model == "gpt-3.5-turbo"


@pytest.mark.parametrize("position", ["p=abc", "p=1.5", "p=%00", "r=1&p=x", "p=" + "9" * 5_000])
def test_a_made_up_cursor_leads_nowhere(frontend, owner, position):
    cursor = base64.b64encode(position.encode()).decode()
    for url in ("/api/users", credits_url(owner), "/api/debugging/get-all-users"):
        assert frontend.get(url, {"cursor": cursor}).status_code == 404


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("root@example.com", "correct horse")


@pytest.fixture(params=["key", "staff"])
def not_superuser(request, frontend, person_client, staff):
    return frontend if request.param == "key" else person_client(staff)


def test_an_email_of_staff_is_not_changed_from_outside(not_superuser, superuser):
    """Whoever owns the new address would sign in as that superuser."""
    response = not_superuser.patch(
        f"/api/users/{superuser.pk}", {"email": "mine@example.com"}, format="json"
    )
    superuser.refresh_from_db()
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert superuser.email == "root@example.com"


def test_staff_are_not_deleted_from_outside(not_superuser, superuser):
    for url in (f"/api/users/{superuser.pk}?erase=true", "/api/me?email=root@example.com"):
        assert not_superuser.delete(url).status_code == 403
    superuser.refresh_from_db()
    assert superuser.deleted_at is None


def test_superusers_change_staff_and_staff_themselves(person_client, superuser, staff):
    for client, name in ((person_client(superuser), "Samuel"), (person_client(staff), "Sam")):
        response = client.patch(f"/api/users/{staff.pk}", {"name": name}, format="json")
        staff.refresh_from_db()
        assert (response.status_code, staff.name) == (200, name)


def test_staff_without_the_permission_are_refused(person_client, newcomer, owner):
    client = person_client(newcomer)
    credits = {"amount": 5, "reason": "Prize"}
    assert client.get(f"/api/users/{owner.pk}").status_code == 403
    assert client.patch(f"/api/users/{owner.pk}", {"name": "X"}, format="json").status_code == 403
    url = f"/api/users/{owner.pk}/credits"
    assert client.post(url, credits, format="json").status_code == 403
    response = client.get("/api/me/settings?email=ada@example.com")
    assert (response.status_code, response.json()["code"]) == (403, "foreign_email")
    assert client.get("/api/me").status_code == 200


def test_staff_with_the_permission_grant(person_client, staff, owner):
    url = f"/api/users/{owner.pk}/credits"
    response = person_client(staff).post(url, {"amount": 5, "reason": "Prize"}, format="json")
    assert response.json()["balance"] == 305
