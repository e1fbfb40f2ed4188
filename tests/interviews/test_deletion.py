"""Deleting interviews and recordings: rows at once, files after the commit, nothing left."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from ai.providers.base import TextDelta
from background.worker import Worker
from interviews.errors import QuestionNotFoundError
from interviews.models import Interview, Question, Recording, Report, Turn
from interviews.models.turn import recording_storage
from interviews.services.deletion import (
    delete_interview,
    delete_interviews_of,
    delete_old_recordings,
    delete_unknown_files,
    old_files,
)
from interviews.services.planning import store_interview
from tests.ai.stand_ins import StandInText
from tests.interviews.conftest import PLAN
from users.models import Hold, User
from users.services.people import delete_user, erase_user
from users.signals import person_erased

TWO_HOURS_S = 7_200


@pytest.fixture(autouse=True)
def recordings(monkeypatch, tmp_path) -> Path:
    """Where recordings are kept."""
    monkeypatch.setitem(vars(recording_storage()), "location", str(tmp_path))
    return Path(tmp_path)


@pytest.fixture
def record(plan_interview) -> Callable[..., Recording]:
    """A recorded answer, of so many days ago."""

    def make(interview: Interview | None = None, days_ago: float = 0) -> Recording:
        interview = interview or plan_interview()
        turn = Turn.objects.create(
            interview=interview,
            question=interview.questions.first(),
            sequence=interview.turns.count() + 1,
            revision=1,
            speaker=Turn.Speaker.CANDIDATE,
            kind=Turn.Kind.ANSWER,
            state=Turn.State.ANSWERED,
            text="I counted the pulse.",
            turn_id=uuid4(),
        )
        recording = Recording(turn=turn, content_type="audio/webm", sha256="0" * 64)
        recording.file.save(".webm", ContentFile(b"sound"))
        made = timezone.now() - timedelta(days=days_ago)
        Recording.objects.filter(pk=recording.pk).update(created_at=made)
        return recording

    return make


def files_in(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*")}


def age(path: Path) -> None:
    before = time.time() - TWO_HOURS_S
    os.utime(path, (before, before))


def test_deletes_all_of_an_interview(
    person_client, owner, record, recordings, django_capture_on_commit_callbacks
):
    interview = record().turn.interview
    Report.objects.create(interview=interview, document={"format": 1})
    with django_capture_on_commit_callbacks(execute=True):
        response = person_client(owner).delete(f"/api/interviews/{interview.id}")
    assert response.status_code == 204
    for model in (Interview, Question, Turn, Recording, Report):
        assert not model.objects.exists()
    assert files_in(recordings) == set()


def test_leaves_other_interviews_alone(record, recordings, django_capture_on_commit_callbacks):
    kept, deleted = record(), record()
    with django_capture_on_commit_callbacks(execute=True):
        delete_interview(interview=deleted.turn.interview)
    assert Interview.objects.get() == kept.turn.interview
    assert kept.file.name in files_in(recordings)
    assert deleted.file.name not in files_in(recordings)


def test_files_that_no_row_knows_go_with_their_interview(
    record, recordings, django_capture_on_commit_callbacks
):
    interview = record().turn.interview
    (recordings / str(interview.id) / "half.webm").write_bytes(b"sound")
    with django_capture_on_commit_callbacks(execute=True):
        delete_interview(interview=interview)
    assert files_in(recordings) == set()


def test_files_stay_where_the_deletion_is_undone(
    record, recordings, django_capture_on_commit_callbacks
):
    recording = record()
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        delete_interview(interview=recording.turn.interview)
        raise RuntimeError
    assert Interview.objects.exists()
    assert recording.file.name in files_in(recordings)


def test_an_interview_may_be_deleted_twice(record):
    interview = record().turn.interview
    delete_interview(interview=interview)
    delete_interview(interview=interview)


def test_deletes_all_of_a_persons_interviews_and_nobody_elses(
    record, recordings, owner, other_user, plan_interview, django_capture_on_commit_callbacks
):
    record()
    record()
    others = record(plan_interview(user=other_user))
    with django_capture_on_commit_callbacks(execute=True):
        delete_interviews_of(owner)
    assert Interview.objects.get() == others.turn.interview
    assert files_in(recordings) == {str(others.turn.interview_id), others.file.name}


def test_erasing_somebody_erases_their_interviews(
    record, recordings, owner, django_capture_on_commit_callbacks
):
    record()
    with django_capture_on_commit_callbacks(execute=True):
        erase_user(user=owner)
    assert not Interview.objects.exists()
    assert files_in(recordings) == set()


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_while_a_model_plans_gets_no_interview(
    owner, person_client, stand_ins, monkeypatch
):
    def stream(self, request):
        erase_user(user=User.objects.get(pk=owner.pk))
        connection.close()
        yield TextDelta('{"questions": []}')

    monkeypatch.setattr(StandInText, "stream", stream)
    texts = {"resume": "A nurse of a stroke ward at night."}
    response = person_client(owner).post("/api/interviews", PLAN | texts, format="json")
    assert response.json()["code"] == "user_not_found"
    assert not Interview.objects.exists()
    assert [hold.state for hold in Hold.objects.all()] == ["voided"]


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_while_the_page_plans_is_signed_out(
    owner, client, stand_ins, monkeypatch, settings
):
    def stream(self, request):
        erase_user(user=User.objects.get(pk=owner.pk))
        connection.close()
        yield TextDelta('{"questions": []}')

    monkeypatch.setattr(StandInText, "stream", stream)
    client.force_login(owner)
    response = client.post(reverse("practice:new"), PLAN | {"resume": "A nurse at night."})
    assert (response.status_code, response["Location"].split("?")[0]) == (302, settings.LOGIN_URL)
    assert not Interview.objects.exists()


def test_an_erasure_that_fails_erases_nothing(record, owner):
    record()

    def fail(**kwargs: object) -> None:
        raise RuntimeError

    person_erased.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            erase_user(user=owner)
    finally:
        person_erased.disconnect(fail)
    assert Interview.objects.exists()
    owner.refresh_from_db()
    assert owner.erased_at is None


def test_somebody_who_left_keeps_their_interviews_to_come_back_to(record, owner):
    record()
    delete_user(user=owner)
    assert Interview.objects.exists()


def test_recordings_go_after_their_time_and_words_stay(
    record, recordings, settings, django_capture_on_commit_callbacks
):
    settings.RECORDINGS_KEPT_DAYS = 30
    interview = record(days_ago=31).turn.interview
    young = record(interview, days_ago=29)
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_old_recordings() == 1
    assert Recording.objects.get() == young
    assert files_in(recordings) == {str(interview.id), young.file.name}
    assert [turn.text for turn in interview.turns.all()] == ["I counted the pulse."] * 2


def test_more_recordings_than_fit_into_one_batch_go(record, monkeypatch, plan_interview):
    monkeypatch.setattr("interviews.services.deletion.BATCH", 2)
    interview = plan_interview()
    for _ in range(5):
        record(interview, days_ago=40)
    assert delete_old_recordings() == 5
    assert not Recording.objects.exists()


def test_files_that_no_row_knows_go_once_none_can_follow(record, recordings):
    recording = record()
    lost, young = (recordings / "gone" / name for name in ("lost.webm", "young.webm"))
    lost.parent.mkdir()
    for path in (lost, young):
        path.write_bytes(b"sound")
    for path in (lost, recordings / recording.file.name):
        age(path)
    assert delete_unknown_files() == 1
    assert not lost.exists()
    assert young.exists()
    assert (recordings / recording.file.name).exists()


def test_empty_folders_go(recordings, db):
    old, young = recordings / "old", recordings / "young"
    for folder in (old, young):
        folder.mkdir()
    age(old)
    delete_unknown_files()
    assert files_in(recordings) == {"young"}


def test_without_any_recording_there_is_nothing_to_do(settings, recordings, db):
    recordings.rmdir()
    assert delete_unknown_files() == 0


def test_a_recording_whose_file_is_missing_goes_too(record, recordings):
    recording = record(days_ago=40)
    (recordings / recording.file.name).unlink()
    assert delete_old_recordings() == 1


def test_the_command_says_what_it_deleted(record, capsys):
    record(days_ago=40)
    call_command("delete_old_recordings")
    assert "1 old recordings" in capsys.readouterr().out


def test_the_workers_delete_what_is_old(record):
    record(days_ago=31)
    Worker().keep_schedule()
    assert not Recording.objects.exists()


def test_a_folder_that_goes_meanwhile_holds_nothing(recordings):
    assert list(old_files(recording_storage(), "gone")) == []


def test_a_retake_of_what_is_deleted_meanwhile_is_refused(plan_interview):
    first = plan_interview()
    question = first.questions.first()
    retake = Interview(user=first.user, retake_of=question, rubric_version=1)
    delete_interview(interview=first)
    with pytest.raises(QuestionNotFoundError):
        store_interview(retake, [])
