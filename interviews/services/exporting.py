"""What a person's own export holds of their interviews."""

from __future__ import annotations

import shutil
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from interviews.models import Interview, Recording, Report
from users.models import User
from users.services.exports import write_json

PLAN = (
    *("role", "level", "type", "language", "job_description", "resume", "state"),
    *("created_at", "started_at", "finished_at"),
)
QUESTION = ("position", "kind", "competency", "text", "state")
TURN = ("sequence", "speaker", "kind", "text", "words", "turn_id", "duration_s", "created_at")


def export_interviews(user: User, archive: ZipFile, **kwargs: Any) -> None:
    """Receives `person_exported`."""
    for interview in Interview.objects.for_user(user).order_by("created_at").iterator(100):
        folder = f"interviews/{interview.created_at:%Y-%m-%d} {interview.pk}"
        about = {
            **{name: getattr(interview, name) for name in PLAN},
            "questions": list(interview.questions.values(*QUESTION)),
            "turns": list(interview.turns.values(*TURN)),
        }
        write_json(archive, f"{folder}/interview.json", about)
        report = Report.objects.filter(interview=interview).exclude(document=None).first()
        if report is not None:
            write_json(archive, f"{folder}/report.json", report.document)
        for recording in Recording.objects.filter(turn__interview=interview):
            write_recording(archive, folder, recording)


def write_recording(archive: ZipFile, folder: str, recording: Recording) -> None:
    """As it is: sound is packed already. One that was deleted meanwhile is left out."""
    name = str(recording.file.name).rpartition("/")[2]
    try:
        source = recording.file.open("rb")
    except FileNotFoundError:
        return
    entry = ZipInfo(f"{folder}/{name}", recording.created_at.timetuple()[:6])
    entry.compress_type = ZIP_STORED
    with source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)
