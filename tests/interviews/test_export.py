"""All that is a person's as a file: made in the background, for that person alone, for a day."""

import io
import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interviews.models import Interview, Recording, Report
from interviews.models.turn import recording_storage
from tests.interviews.conftest import SPOKEN, VAGUE, Candidate, plan
from users.models import DataExport, User
from users.models.export import export_storage
from users.services.exports import delete_old_exports, write_export
from users.services.people import erase_user
from users.signals import person_exported

URL = "/api/me/export"


@pytest.fixture(autouse=True)
def exports(monkeypatch, tmp_path) -> Path:
    """Where exports are kept; recordings stand beside them."""
    monkeypatch.setitem(vars(recording_storage()), "location", str(tmp_path / "recordings"))
    monkeypatch.setitem(vars(export_storage()), "location", str(tmp_path / "exports"))
    return Path(tmp_path / "exports")


@pytest.fixture
def practised(candidate: Candidate, owner: User) -> Interview:
    """The owner's interview: an answer with its recording, a report, a résumé."""
    Interview.objects.filter(user=owner).update(resume="Six years on a ward.")
    candidate.start()
    candidate.say(VAGUE)
    turn = candidate.interview.turns.get(text=VAGUE)
    recording = Recording(turn=turn, content_type="audio/webm", sha256="0" * 64)
    recording.file.save(".webm", ContentFile(SPOKEN))
    Report.objects.create(interview=candidate.interview, document={"format": 1})
    return candidate.interview


def archive_of(client: Any) -> ZipFile:
    response = client.get(f"{URL}?download=true")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/zip"
    assert 'filename="interview-trainer.zip"' in response["Content-Disposition"]
    return ZipFile(io.BytesIO(b"".join(response)))


def test_it_is_made_in_the_background_and_holds_everything(
    person_client, owner, practised, run_tasks
):
    client = person_client(owner)
    asked = client.post(URL)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert client.get(f"{URL}?download=true").json()["code"] == "export_not_ready"
    run_tasks()
    told = client.get(URL).json()
    assert (told["state"], told["expires_at"] > told["ready_at"]) == ("ready", True)
    archive = archive_of(client)
    assert archive.testzip() is None
    names = {name.rpartition("/")[2]: name for name in archive.namelist()}
    account = json.loads(archive.read("account.json"))
    assert (account["email"], account["name"]) == (owner.email, owner.name)
    assert json.loads(archive.read("credits.json"))["entries"][0]["reason"] == "Welcome credits"
    interview = json.loads(archive.read(names["interview.json"]))
    assert interview["resume"] == "Six years on a ward."
    assert VAGUE in [turn["text"] for turn in interview["turns"]]
    assert json.loads(archive.read(names["report.json"])) == {"format": 1}
    (sound,) = [name for name in archive.namelist() if name.endswith(".webm")]
    assert archive.read(sound) == SPOKEN


def test_nobody_else_reaches_it(
    person_client, owner, other_user, staff, frontend, anonymous, run_tasks
):
    person_client(owner).post(URL)
    run_tasks()
    named = f"{URL}?email={owner.email}&download=true"
    for client, status in [
        (anonymous, 401),
        (frontend, 403),  # a key with every scope
        (person_client(other_user), 409),  # the other's own, which there is not
        (person_client(staff), 409),
    ]:
        assert client.get(named).status_code == status
    assert frontend.post(f"{URL}?email={owner.email}").status_code == 403
    assert DataExport.objects.get().user == owner


def test_what_is_anothers_is_not_in_it(person_client, owner, other_user, run_tasks):
    Interview.objects.filter(pk=plan(other_user).pk).update(resume="Another's.")
    person_client(owner).post(URL)
    run_tasks()
    assert sorted(archive_of(person_client(owner)).namelist()) == ["account.json", "credits.json"]


def test_asked_for_twice_it_is_made_once_and_then_anew(
    person_client, owner, run_tasks, exports, django_capture_on_commit_callbacks
):
    client = person_client(owner)
    client.post(URL)
    client.post(URL)
    assert run_tasks() == 1
    before = list(exports.iterdir())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(URL)
    run_tasks()
    after = list(exports.iterdir())
    assert len(before) == len(after) == 1
    assert before != after


def test_one_that_is_lost_is_made_again(person_client, owner, run_tasks):
    person_client(owner).post(URL)
    DBTaskResult.objects.all().delete()
    DataExport.objects.update(requested_at=timezone.now() - timedelta(hours=1))
    person_client(owner).post(URL)
    run_tasks()
    assert DataExport.objects.get().state == "ready"


def test_one_that_cannot_be_made_says_so(person_client, owner, run_tasks, monkeypatch):
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError

    monkeypatch.setattr(person_exported, "send", fail)
    client = person_client(owner)
    client.post(URL)
    run_tasks(later=True)
    assert client.get(URL).json()["state"] == "failed"


@pytest.fixture
def ready(person_client: Any, owner: User, run_tasks: Any) -> Callable[[], None]:
    def make() -> None:
        person_client(owner).post(URL)
        run_tasks()

    return make


def test_it_expires(
    person_client, owner, ready, exports, settings, django_capture_on_commit_callbacks
):
    ready()
    DataExport.objects.update(ready_at=timezone.now() - timedelta(seconds=86_401))
    client = person_client(owner)
    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}?download=true").status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_old_exports() == 1
    assert list(exports.iterdir()) == []
    assert not DataExport.objects.exists()


def test_a_file_that_no_row_knows_goes_once_it_is_old(owner, ready, exports):
    ready()
    for name, age_s in [("young.zip", 0), ("old.zip", 7_200)]:
        (exports / name).write_bytes(b"")
        os.utime(exports / name, (time.time() - age_s,) * 2)
    (known,) = DataExport.objects.values_list("file", flat=True)
    os.utime(exports / known, (time.time() - 7_200,) * 2)
    assert delete_old_exports() == 1
    assert {path.name for path in exports.iterdir()} == {known, "young.zip"}


def test_it_goes_with_the_person_also_where_it_is_being_made(
    owner, ready, exports, monkeypatch, django_capture_on_commit_callbacks
):
    ready()
    with django_capture_on_commit_callbacks(execute=True):
        erase_user(user=User.objects.get(pk=owner.pk))
    assert list(exports.iterdir()) == []
    DataExport.objects.create(user=owner, requested_at=timezone.now())
    monkeypatch.setattr(person_exported, "send", lambda **kwargs: DataExport.objects.all().delete())
    write_export(user_id=owner.pk)
    assert list(exports.iterdir()) == []


def test_a_page_asks_for_it_and_hands_it_over(client, owner, run_tasks):
    client.force_login(owner)
    assert client.get("/settings/data/file/")["Location"] == "/settings/data/"
    assert client.post("/settings/data/")["Location"] == "/settings/data/"
    assert "It is being put together" in client.get("/settings/data/").content.decode()
    run_tasks()
    assert "/settings/data/file/" in client.get("/settings/data/").content.decode()
    response = client.get("/settings/data/file/")
    assert response["Content-Type"] == "application/zip"
    assert b"".join(response)[:2] == b"PK"
