"""Erasing a person removes words, audio and personal data, whatever happens meanwhile."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from ai.speech_cache import folder
from interviews.models import Interview, Report
from interviews.models.turn import recording_storage
from tests.ai.stand_ins import StandInSpeech, StandInTranscription
from tests.interviews.conftest import SPOKEN, Candidate, heard, one_second, plan, read_events
from users.models import SignInFailures, User
from users.services.people import change_settings, erase_user

# In everything that the person says or is called, and nowhere else.
NAME = "Zenobia"
EMAIL = "zenobia@palmyra.example"
RESUME = "Zenobia. Ten years on the wards of Palmyra, 07700 900123."
SAID = "I am Zenobia and I counted the pulse on the wards of Palmyra every hour."


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path, settings) -> Path:
    """Everything on the disk is in here."""
    monkeypatch.setitem(vars(recording_storage()), "location", str(tmp_path / "recordings"))
    settings.DATA_DIR = tmp_path
    settings.SPEECH_CACHE_MAX_BYTES = 1_000_000
    return Path(tmp_path)


@pytest.fixture
def live(owner: User, stand_ins: None, person_client: Any, monkeypatch: Any) -> Callable[[], User]:
    """Makes a person who has done what can be done here."""

    def make() -> User:
        User.objects.filter(pk=owner.pk).update(email=EMAIL, name=NAME)
        person = User.objects.get(pk=owner.pk)
        monkeypatch.setattr(StandInTranscription, "script", [heard(SAID)])
        monkeypatch.setattr(StandInSpeech, "say", staticmethod(one_second))
        change_settings(user=person, llm_model="builtin-coach")
        client = person_client(person)
        interview = plan(person)
        Interview.objects.filter(pk=interview.pk).update(resume=RESUME, job_description=RESUME)
        candidate = Candidate(client, interview)
        candidate.start()
        answered = candidate.speak(SPOKEN, Accept="text/event-stream")
        read_events(answered)
        Report.objects.create(
            interview=interview, document={"said": SAID}, samples={"1": {"said": SAID}}
        )
        b"".join(client.post("/api/ai/generate-audio", {"message": SAID}, format="json"))
        audio = SimpleUploadedFile("a.webm", SPOKEN, "audio/webm")
        client.post("/api/ai/speech-to-text", {"audio": audio}, headers={"Idempotency-Key": "one"})
        SignInFailures.objects.create(email=EMAIL, address="192.0.2.1")
        LogEntry.objects.log_actions(person.pk, [person], CHANGE, f"Was {NAME}", single_object=True)
        return person

    return make


class CutOffError(Exception):
    pass


@contextmanager
def breaking_at(statement: int) -> Iterator[None]:
    """The database statement of this number, and those after it, are not run."""
    count = itertools.count()

    def run(execute: Any, *arguments: Any) -> Any:
        if next(count) >= statement:
            raise CutOffError
        return execute(*arguments)

    with connection.execute_wrapper(run):
        yield


def rows_with(*words: str) -> set[str]:
    """The tables in which any of the words is."""
    return {
        model.__name__
        for model in apps.get_models()
        for row in model._default_manager.values()
        if any(word.lower() in as_text(row).lower() for word in words)
    }


def as_text(row: dict[str, Any]) -> str:
    return json.dumps(row, cls=Readable)


class Readable(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        if isinstance(value, bytes | memoryview):
            return bytes(value).decode("latin-1")
        return super().default(value)


def files_in(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_person_is_left(live, places, person_client):
    person = live()
    assert rows_with(NAME) == {
        *("User", "Interview", "Turn", "Report"),
        *("LogEntry", "IdempotentPiece", "SignInFailures"),
    }
    assert len(files_in(places / "recordings")) == 1
    assert len(files_in(folder() / str(person.pk))) == 1
    response = person_client(person).delete("/api/me?erase=true")
    assert response.status_code == 204
    assert rows_with(NAME, "palmyra", "07700") == set()
    assert files_in(places / "recordings") == []
    assert not (folder() / str(person.pk)).exists()
    call_command("verify_ledger")


@pytest.mark.django_db(transaction=True)
def test_cut_off_at_any_statement_it_is_undone_and_can_be_done_again(live, places):
    person = live()
    tables = rows_with(NAME)
    statements = 0
    while True:
        try:
            with breaking_at(statements):
                erase_user(user=User.objects.get(pk=person.pk))
            break
        except CutOffError:
            statements += 1
            assert rows_with(NAME) == tables
            assert len(files_in(places / "recordings")) == 1
    assert statements > 20
    assert rows_with(NAME) == set()
    call_command("verify_ledger")


@pytest.mark.django_db(transaction=True)
def test_cut_off_after_its_commit_a_task_finishes_it(live, places, run_tasks, monkeypatch):
    person = live()
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda function: None)
        erase_user(user=person)
    assert files_in(folder() / str(person.pk))
    run_tasks(later=True)
    assert not (folder() / str(person.pk)).exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_said_during_an_erasure_goes_too(live, places, run_tasks):
    """A request that began before it may write until it ends."""
    person = live()
    erase_user(user=User.objects.get(pk=person.pk))
    late = plan(person)
    Interview.objects.filter(pk=late.pk).update(resume=RESUME)
    assert rows_with(NAME) == {"Interview"}
    run_tasks(later=True)
    assert rows_with(NAME) == set()


def test_others_lose_nothing(live, other_user, person_client, stand_ins):
    plan(other_user)
    erase_user(user=live())
    assert Interview.objects.get().user == other_user
    assert person_client(other_user).get("/api/me").json()["email"] == other_user.email
