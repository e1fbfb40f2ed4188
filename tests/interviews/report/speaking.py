"""Spoken answers for tests of what is shown: with fillers, pauses and a real recording."""

from __future__ import annotations

from collections.abc import Mapping

from interviews.models import Interview, Turn

FLUENT = (
    "Last March a visitor on our ward was shouting because her father had waited four hours for a "
    "scan. Um, I was the nurse in charge, so I asked her to sit with me in the quiet room and I "
    "listened without interrupting. I explained why the scan was late, I called the radiology "
    "desk, and uh, I told her that he would be seen within thirty minutes. She calmed down and "
    "apologised to the team, and he was scanned after twenty minutes. Since then I tell every "
    "family at the start of the shift how long the wait is."
)
SECONDS_PER_WORD = 0.4


def pace(interview: Interview, silences_s: Mapping[int, float], *, turn: int = 0) -> Turn:
    """Let the candidate fall silent before these words (by number, for so many seconds)."""
    said = interview.turns.filter(speaker=Turn.Speaker.CANDIDATE)[turn]
    place = 0.0
    words = []
    for number, (text, _, _) in enumerate(said.words):
        place += silences_s.get(number, 0)
        words.append([text, round(place, 2), round(place + 0.36, 2)])
        place += SECONDS_PER_WORD
    said.words, said.duration_s = words, round(place, 2)
    said.save(update_fields=["words", "duration_s"])
    return said
