"""Nobody reaches another person's interview by any route of a turn."""

from uuid import uuid4

import pytest

from tests.interviews.conftest import SPOKEN, VAGUE, Candidate, plan
from users.services.people import delete_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn_id(candidate, hear):
    """Of an answer by voice that was replied to."""
    hear(VAGUE)
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    return turn_id


def all_routes(client, url, turn_id, query=""):
    yield client.post(f"{url}/start{query}")
    yield client.post(f"{url}/skip{query}")
    yield client.post(f"{url}/repeat{query}")
    yield client.post(f"{url}/pause{query}")
    yield client.post(f"{url}/resume{query}")
    body = {"turn_id": str(uuid4()), "text": VAGUE}
    yield client.post(f"{url}/turns{query}", body, format="json")
    yield client.post(f"{url}/turns{query}", {"turn_id": str(turn_id)}, format="json")
    yield client.get(f"{url}/turns/{turn_id}/audio{query}")
    yield client.delete(f"{url}/turns/{turn_id}{query}")
    yield client.get(f"{url}/events{query}")


def test_another_person_finds_nothing(candidate, interview, turn_id, person_client, other_user):
    interview.refresh_from_db()
    before = interview.revision
    for response in all_routes(person_client(other_user), candidate.url, turn_id):
        assert (response.status_code, response.json()["code"]) == (404, "interview_not_found")
    interview.refresh_from_db()
    assert interview.revision == before


def test_staff_do_not_read_what_candidates_say(candidate, turn_id, person_client, owner, staff):
    client = person_client(staff)
    query = f"?email={owner.email}"
    for response in (
        *all_routes(client, candidate.url, turn_id, query),
        client.get(f"{candidate.url}{query}"),
        client.delete(f"{candidate.url}{query}"),
        client.get(f"/api/interviews{query}"),
        client.get(f"{candidate.url}/report{query}"),
        client.get(f"/api/progress{query}"),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "foreign_email")


def test_a_turn_is_not_reached_through_an_interview_of_ones_own(
    candidate, turn_id, person_client, other_user
):
    mine = Candidate(person_client(other_user), plan(other_user))
    mine.start()
    for response in (
        mine.client.get(f"{mine.url}/turns/{turn_id}/audio"),
        mine.client.delete(f"{mine.url}/turns/{turn_id}"),
        mine.post("turns", {"turn_id": str(turn_id)}),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "turn_not_found")


def test_a_key_needs_the_scope_and_a_person(candidate, turn_id, key_client, owner, other_user):
    for response in all_routes(key_client("ai"), candidate.url, turn_id, f"?email={owner.email}"):
        assert response.status_code == 403
    key = key_client("interviews")
    for response in all_routes(key, candidate.url, turn_id):
        assert (response.status_code, response.json()["code"]) == (400, "email_required")
    for response in all_routes(key, candidate.url, turn_id, f"?email={other_user.email}"):
        assert response.status_code == 404
    events = key.get(f"{candidate.url}/events?email={owner.email}")
    assert events.status_code == 200


def test_naming_another_person_is_refused(candidate, turn_id, person_client, owner, other_user):
    client = person_client(other_user)
    for response in all_routes(client, candidate.url, turn_id, f"?email={owner.email}"):
        assert response.status_code == 403


def test_nobody_is_refused(candidate, turn_id, anonymous):
    for response in all_routes(anonymous, candidate.url, turn_id):
        assert response.status_code == 401


def test_a_deleted_person_is_refused(candidate, turn_id, owner, key_client):
    delete_user(user=owner)
    for response in all_routes(candidate.client, candidate.url, turn_id):
        assert response.status_code == 401
    key = key_client("interviews")
    for response in all_routes(key, candidate.url, turn_id, f"?email={owner.email}"):
        assert (response.status_code, response.json()["code"]) == (404, "user_not_found")


@pytest.mark.parametrize("name", ["x", "1", "00000000-0000-0000-0000-000000000000", "%00"])
def test_an_interview_that_there_is_not_is_not_found(candidate, name):
    url = f"/api/interviews/{name}"
    for response in all_routes(candidate.client, url, uuid4()):
        assert response.status_code == 404
