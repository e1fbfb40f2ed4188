"""A candidate's answer: received, transcribed, replied to. Every step is stored before the next.

Nobody holds a transaction while a model works. Who works on a turn holds a claim on it, and words
are stored, and paid, by the claim's holder only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ai.audio import Recording as Sound
from ai.audio import read_recording
from ai.catalogue import Resolution
from ai.models import Capability
from ai.operations import Receipt
from ai.providers.base import Transcript
from ai.services.follow_up import put_follow_up
from ai.services.text import well_formed
from ai.services.transcription import transcribe_recording
from interviews.decisions import Decision, decide
from interviews.errors import TurnDiffersError, TurnNotFoundError, WrongStateError
from interviews.models import Interview, Recording, Turn
from interviews.models.turn import recording_name, recording_storage
from interviews.services.claims import Claim, claim_lasts
from interviews.services.conduct import (
    current_question,
    move_on,
    refuse_claimed,
    refuse_open_turn,
    refuse_unless_under_way,
    say,
    turns_of,
)
from interviews.services.locks import changing, locked
from users.models import User
from users.services.ledger import SERVICE, Author

# Nobody says so much in an interview, and each answer is read in the light of all that was said.
MAX_TURNS = 400
SUFFIXES = {
    "audio/webm": ".webm",
    "audio/mp4": ".mp4",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/flac": ".flac",
}


@dataclass(frozen=True, slots=True)
class Paid:
    """One paid operation that is over."""

    capability: Capability
    model: str
    receipt: Receipt


# What happens while an answer is worked on, in order; None is a beat of silence.
Happening = Turn | Paid | None
Happenings = Generator[Happening, None, None]


@dataclass(frozen=True, slots=True)
class Received:
    """A stored turn, and the claim on it unless it was answered before.

    `sound` is the recording where it was read just now.
    """

    turn: Turn
    claim: Claim | None
    sound: Sound | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What was sent as an answer: one of text and sound, or neither."""

    text: str | None = None
    sound: Sound | None = None

    @property
    def is_empty(self) -> bool:
        return self.text is None and self.sound is None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sound.data).hexdigest() if self.sound else ""

    def differs_from(self, turn: Turn) -> bool:
        """Whether it is another answer than was stored; a recording that is gone is the same."""
        was_spoken = turn.duration_s is not None
        if self.sound and was_spoken:
            return hasattr(turn, "recording") and turn.recording.sha256 != self.sha256
        if self.text is not None and not was_spoken:
            return self.text != turn.text
        return not self.is_empty


def receive_turn(
    *, interview: Interview, turn_id: UUID, text: str | None = None, audio: bytes | None = None
) -> Received:
    """Store an answer, or find the one that is there, and claim it.

    A recording is read before anything is stored. With neither text nor audio a stored answer is
    taken up again. Raises what `read_recording` raises, `TurnNotFoundError`, `TurnDiffersError`,
    `TurnOpenError`, `TurnRunningError` or `WrongStateError`.
    """
    sound = read_sound(audio) if audio is not None else None
    content = Content(text, sound)
    if sound is None or interview.turns.filter(turn_id=turn_id).exists():
        return find_or_store(interview, turn_id, content, "")
    name = save_file(interview, turn_id, sound)
    is_used = False
    try:
        received = find_or_store(interview, turn_id, content, name)
        is_used = received.turn.recording.file.name == name
    finally:
        if not is_used:
            recording_storage().delete(name)
    return received


def read_sound(audio: bytes) -> Sound:
    return read_recording(audio, max_duration_s=settings.AUDIO_MAX_DURATION_S)


def save_file(interview: Interview, turn_id: UUID, sound: Sound) -> str:
    recording = Recording(turn=Turn(interview=interview, turn_id=turn_id))
    name = recording_name(recording, SUFFIXES[sound.content_type])
    return str(recording_storage().save(name, ContentFile(sound.data)))


def find_or_store(
    interview: Interview, turn_id: UUID, content: Content, file_name: str
) -> Received:
    with locked(interview) as row:
        turns = row.turns.filter(Q(turn_id=turn_id) | Q(sequence=row.turn_count))
        found = list(turns.select_related("question", "recording"))
        turn = next((turn for turn in found if turn.turn_id == turn_id), None)
        if turn is None:
            return Received(*store_turn(row, found, turn_id, content, file_name), content.sound)
        if content.differs_from(turn):
            raise TurnDiffersError
        if not turn.is_open:
            return Received(turn, None)
        refuse_claimed(turn)
        until = timezone.now() + claim_lasts()
        Turn.objects.filter(pk=turn.pk).update(claimed_until=until)
        return Received(turn, Claim(turn, until), content.sound)


def store_turn(
    interview: Interview, last: list[Turn], turn_id: UUID, content: Content, file_name: str
) -> tuple[Turn, Claim]:
    """The answer to what was said last. The caller holds the interview's lock."""
    if content.is_empty:
        raise TurnNotFoundError
    refuse_unless_under_way(interview)
    refuse_open_turn(last)
    if interview.turn_count >= MAX_TURNS:
        raise WrongStateError("This interview is very long; please end it.", state=interview.state)
    interview.state = Interview.State.RUNNING
    interview.revision += 1
    interview.turn_count += 1
    interview.save(update_fields=["state", "turn_count", "revision"])
    sound, until = content.sound, timezone.now() + claim_lasts()
    turn = Turn.objects.create(
        interview=interview,
        question=current_question(last),
        sequence=interview.turn_count,
        revision=interview.revision,
        speaker=Turn.Speaker.CANDIDATE,
        kind=Turn.Kind.ANSWER,
        state=Turn.State.RECEIVED if sound else Turn.State.TRANSCRIBED,
        text=content.text or "",
        turn_id=turn_id,
        duration_s=sound.duration_s if sound else None,
        claimed_until=until,
    )
    if sound:
        Recording.objects.create(
            turn=turn, file=file_name, content_type=sound.content_type, sha256=content.sha256
        )
    return turn, Claim(turn, until)


def drop_turn(*, interview: Interview, turn_id: UUID) -> None:
    """Take back an answer that was not replied to, with its recording.

    Raises `TurnNotFoundError`, `TurnRunningError` while it is worked on, or `WrongStateError`.
    """
    with changing(interview) as row:
        turn = row.turns.select_related("recording").filter(turn_id=turn_id).first()
        if turn is None:
            raise TurnNotFoundError
        if not turn.is_open:
            raise WrongStateError("This answer was replied to already.", state=row.state)
        refuse_claimed(turn)
        if hasattr(turn, "recording"):
            transaction.on_commit(partial(recording_storage().delete, str(turn.recording.file)))
        turn.delete()
        row.turn_count -= 1  # nothing is said while an answer waits: it was the last


def open_recording(*, interview: Interview, turn_id: UUID) -> tuple[File[bytes], str]:
    """The open file, and its content type: what is deleted from now on can still be read.

    Raises `TurnNotFoundError`, also where the recording is no longer kept.
    """
    recordings = Recording.objects.filter(turn__interview=interview, turn__turn_id=turn_id)
    recording = recordings.first()
    with suppress(FileNotFoundError):
        if recording is not None:
            return recording_storage().open(str(recording.file)), recording.content_type
    raise TurnNotFoundError("There is no recording of this turn, or it is no longer kept.")


def work_on_turn(*, received: Received, user: User, author: Author = SERVICE) -> Happenings:
    """Bring a received answer to its reply, and yield what happens.

    The turn, again once it is in words, what each paid operation cost, and the interviewer's turn.
    Of an answer that was replied to before, the turn and the reply. Once begun, the work is to be
    ended even where nobody waits any more. Raises what the paid operations raise, with all that
    was reached until then stored.
    """
    turn, claim = received.turn, received.claim
    yield turn
    if claim is None:
        yield from replies_to(turn)
        return
    try:
        if turn.state == Turn.State.RECEIVED:
            yield from transcribe_turn(claim, received.sound, user=user, author=author)
        yield from reply_to_turn(claim, user=user, author=author)
    finally:
        claim.release()


def replies_to(turn: Turn) -> Iterator[Turn]:
    """The interviewer's turn that followed on an answer; none where the interview was ended."""
    turns = Turn.objects.filter(interview_id=turn.interview_id, sequence=turn.sequence + 1)
    yield from turns.select_related("question")


def transcribe_turn(
    claim: Claim, sound: Sound | None, *, user: User, author: Author = SERVICE
) -> Happenings:
    """Put a recorded answer into words. They are stored before they are paid."""

    def keep(transcript: Transcript, resolution: Resolution) -> None:
        store_words(claim, transcript, resolution.model.name)

    sound = sound or read_stored_sound(claim.turn)
    heard = yield from claim.during(
        transcribe_recording(user=user, recording=sound, keep=keep, author=author)
    )
    yield claim.turn
    yield Paid(Capability.TRANSCRIPTION, heard.resolution.model.name, heard.receipt)


def read_stored_sound(turn: Turn) -> Sound:
    """Raises `TurnNotFoundError` where the recording is no longer kept."""
    try:
        with turn.recording.file.open("rb") as file:
            return read_sound(file.read())
    except (Recording.DoesNotExist, FileNotFoundError) as exc:
        raise TurnNotFoundError("This recording is no longer kept; please answer again.") from exc


def store_words(claim: Claim, transcript: Transcript, model: str) -> None:
    with changing(claim.turn.interview) as interview:
        claim.change(
            state=Turn.State.TRANSCRIBED,
            text=storable(transcript.text),
            words=[[storable(word.text), word.start_s, word.end_s] for word in transcript.words],
            model=model,
            revision=interview.revision,
        )


def storable(text: str) -> str:
    """A vendor's words without what no text holds."""
    return well_formed(text).replace("\x00", "").strip()


def reply_to_turn(claim: Claim, *, user: User, author: Author = SERVICE) -> Happenings:
    """Decide what the interviewer says to an answer that is in words, and store it."""
    with locked(claim.turn.interview) as interview:
        turns = turns_of(interview)
    decision = decide(turns)
    if decision.follow_up is None:
        yield store_reply(claim, decision)
        return
    replies: list[Turn] = []

    def keep(text: str, model: str) -> None:
        replies.append(store_reply(claim, decision, text=text, model=model))

    worded = yield from claim.during(
        put_follow_up(user=user, follow_up=decision.follow_up, keep=keep, author=author)
    )
    yield replies[-1]
    yield Paid(Capability.TEXT, worded.model, worded.receipt)


def store_reply(claim: Claim, decision: Decision, *, text: str = "", model: str = "") -> Turn:
    turn = claim.turn
    with changing(turn.interview) as interview:
        claim.change(state=Turn.State.ANSWERED, revision=interview.revision, claimed_until=None)
        question = turn.question
        if question is None:
            raise ValueError("An answer belongs to a question.")
        if decision.kind == Turn.Kind.QUESTION:
            return move_on(interview, question, decision)
        return say(
            interview,
            decision.kind,
            text or decision.text,
            question=question,
            asks_for=decision.follow_up.element if decision.follow_up else "",
            model=model,
        )
