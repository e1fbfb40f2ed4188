"""`GET /api/interviews/{id}/turns/{turn_id}/audio`: the recording, whole or in parts."""

from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.models import Recording
from interviews.ranges import wanted_range
from tests.interviews.conftest import SPOKEN, VAGUE

pytestmark = pytest.mark.django_db

SIZE = len(SPOKEN)


@pytest.fixture
def address(candidate, hear) -> str:
    hear(VAGUE)
    candidate.start()
    turn_id = uuid4()
    candidate.speak(SPOKEN, turn_id)
    return f"{candidate.url}/turns/{turn_id}/audio"


def test_it_is_given_whole(candidate, address):
    response = candidate.client.get(address)
    assert response.status_code == 200
    assert response.getvalue() == SPOKEN
    assert response["Content-Type"] == "audio/webm"
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == "inline"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        ("bytes=100-999999999", 100, SIZE - 1),
        ("bytes=-999999999", 0, SIZE - 1),
    ],
)
def test_a_part_is_given(candidate, address, asked, first, last):
    response = candidate.client.get(address, headers={"range": asked})
    assert response.status_code == 206
    assert response.getvalue() == SPOKEN[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0", "bytes=99999999999-"])
def test_a_part_that_there_is_not_is_refused(candidate, address, asked):
    response = candidate.client.get(address, headers={"range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=0-1,3-4", "bits=0-1", "bytes=-", "x" * 999])
def test_what_is_not_understood_is_given_whole(candidate, address, asked):
    response = candidate.client.get(address, headers={"range": asked})
    assert response.status_code == 200
    assert response.getvalue() == SPOKEN


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,4}-\d{0,4}", fullmatch=True))
def test_a_range_lies_within_the_file(header):
    found = wanted_range(header, 1_000)
    if found:
        assert 0 <= found.start < found.stop <= 1_000


@pytest.mark.parametrize("accept", ["*/*", "audio/webm,audio/ogg;q=0.9,*/*;q=0.5", "audio/*"])
def test_a_player_may_accept_what_it_likes(candidate, address, accept):
    response = candidate.client.get(address, headers={"accept": accept})
    assert response.status_code == 200
    response.close()


def test_a_recording_that_is_no_longer_kept_is_not_found(candidate, address):
    recording = Recording.objects.get()
    path = Path(recording.file.path)
    path.unlink()
    response = candidate.client.get(address)
    assert (response.status_code, response.json()["code"]) == (404, "turn_not_found")
    assert "no longer kept" in response.json()["detail"]
    recording.delete()
    assert candidate.client.get(address).status_code == 404


def test_a_recording_that_is_deleted_while_it_is_read_is_given_whole(candidate, address):
    """As where a report puts an MP3 in its place."""
    response = candidate.client.get(address)
    Path(Recording.objects.get().file.path).unlink()
    assert response.getvalue() == SPOKEN


def test_a_typed_answer_has_no_recording(candidate):
    candidate.start()
    turn_id = uuid4()
    candidate.answer(VAGUE, turn_id)
    response = candidate.client.get(f"{candidate.url}/turns/{turn_id}/audio")
    assert (response.status_code, response.json()["code"]) == (404, "turn_not_found")
