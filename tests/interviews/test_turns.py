"""`POST /api/interviews/{id}/turns`, typed: what an answer brings."""

import pytest

from interviews.models import Turn

pytestmark = pytest.mark.django_db

STRONG = (
    "Last year our checkout service leaked memory every night at ACME. I was on call, so I took"
    " heap dumps every hour, compared them and found that our cache kept every session. I rewrote"
    " the cache with a limit of 500 entries, because a restart only hid the cause. The leak"
    " stopped, and incidents fell from 9 a month to 1. I learned to look at the trend first."
)


def test_the_first_question_is_put_at_the_start(candidate, interview):
    first = candidate.start()
    assert first["turn"] is None
    assert first["reply"]["kind"] == "question"
    assert first["reply"]["text"].endswith(interview.questions.first().text)
    assert first["interview"]["state"] == "running"
    assert first["interview"]["position"] == 1


def test_a_vague_answer_is_followed_up(candidate, balance):
    candidate.start()
    outcome = candidate.answer("I usually look at the logs and then fix the bug for the team.")
    assert outcome.status_code == 200, outcome.content
    body = outcome.json()
    assert body["turn"]["state"] == "answered"
    assert body["reply"]["kind"] == "follow_up"
    assert body["reply"]["asks_for"]
    assert body["reply"]["text"].endswith("?")
    assert body["reply"]["model"] == "builtin-coach"
    assert [receipt["charged"] for receipt in body["receipts"]] == [1]
    assert balance() == (299, 0)


def test_a_strong_answer_leads_to_the_next_question(candidate, interview):
    candidate.start()
    reply = candidate.say(STRONG)
    assert reply["kind"] == "question"
    assert reply["question"] == 2


def test_sequences_have_no_gaps(candidate, interview):
    candidate.start()
    for _ in range(4):
        candidate.say("I look at the logs, then I fix it with the team, as one does.")
    assert list(interview.turns.values_list("sequence", flat=True)) == list(range(1, 10))
    assert Turn.objects.filter(claimed_until__isnull=False).count() == 0
