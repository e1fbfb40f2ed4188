"""`GET /api/interviews/{id}/events`: what changed after a revision."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ai.errors import ProviderError
from tests.interviews.conftest import SPOKEN, VAGUE

pytestmark = pytest.mark.django_db


def changes(candidate, after: object = "") -> Any:
    response = candidate.client.get(f"{candidate.url}/events", {"after": after} if after else {})
    assert response.status_code == 200, response.content
    return response.json()


def test_all_is_told_from_the_beginning(candidate):
    candidate.start()
    candidate.say(VAGUE)
    found = changes(candidate)
    assert set(found) == {"interview", "turns"}
    assert [turn["sequence"] for turn in found["turns"]] == [1, 2, 3]
    assert found["interview"]["revision"] >= max(1, 2, 3)
    assert not {"questions", "turns", "quote"} & set(found["interview"])


def test_only_what_changed_is_told(candidate):
    candidate.start()
    before = changes(candidate)["interview"]["revision"]
    assert changes(candidate, before)["turns"] == []
    candidate.say(VAGUE)
    assert [turn["sequence"] for turn in changes(candidate, before)["turns"]] == [2, 3]


def test_a_turn_is_told_again_when_it_moves_on(candidate, hear):
    hear(ProviderError())
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    waiting = changes(candidate)
    assert waiting["interview"]["open_turn_id"] == str(turn_id)
    assert waiting["turns"][-1]["state"] == "received"
    hear(VAGUE)
    candidate.post("turns", {"turn_id": str(turn_id)})
    found = changes(candidate, waiting["interview"]["revision"])
    assert [turn["state"] for turn in found["turns"]] == ["answered", "said"]
    assert found["interview"]["open_turn_id"] is None


def test_an_open_turn_that_did_not_change_is_not_told_again(candidate, hear):
    hear(ProviderError())
    candidate.start()
    candidate.speak(SPOKEN)
    revision = changes(candidate)["interview"]["revision"]
    found = changes(candidate, revision)
    assert found["turns"] == []
    assert found["interview"]["open_turn_id"]


def test_a_dropped_answer_shows_in_the_count(candidate, hear):
    hear(ProviderError())
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    before = changes(candidate)["interview"]
    candidate.client.delete(f"{candidate.url}/turns/{turn_id}")
    after = changes(candidate, before["revision"])
    assert after["interview"]["turn_count"] == before["turn_count"] - 1
    assert after["interview"]["revision"] > before["revision"]


@pytest.mark.parametrize("action", ["pause", "skip", "repeat"])
def test_every_move_has_a_revision_of_its_own(candidate, action):
    candidate.start()
    before = changes(candidate)["interview"]["revision"]
    candidate.post(action)
    assert changes(candidate, before)["interview"]["revision"] == before + 1


@pytest.mark.parametrize("after", ["-1", "x", "1.5", str(2**40)])
def test_what_is_no_revision_is_refused(candidate, after):
    response = candidate.client.get(f"{candidate.url}/events", {"after": after})
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_following_is_cheap(candidate):
    candidate.start()
    for _ in range(5):
        candidate.say("Can you repeat the question?")
    candidate.client.get(f"{candidate.url}/events")
    with CaptureQueriesContext(connection) as captured:
        changes(candidate, 1)
    # Who asks (2), whose it is (1), the state and what changed (3).
    assert len(captured) == 6
