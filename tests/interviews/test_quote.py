"""Before the start an interview is quoted: what it is charged in the end is at most that."""

import json
from collections import Counter
from itertools import count

import pytest

from ai.coach.wording import PLAN_PRAISE, PRAISE
from ai.models import Capability
from ai.providers.base import TextDelta, TextUsage, Transcript
from ai.quotes import most_tokens
from interviews.models import Question, Report, Turn
from interviews.services.quoting import ANSWER_S, TRANSITION_CHARACTERS, quote_interview
from interviews.services.report_making import make_report
from interviews.wording import LET_GO, SKIPPED, TRANSITIONS, WELCOME
from tests.ai.stand_ins import PCM, StandInSpeech, StandInText, StandInTranscription
from tests.ai.test_audio import wav
from tests.interviews.conftest import Candidate, plan, read_events
from tests.interviews.report.scoring_model import sample_for
from users.models import Hold
from users.services.people import change_settings

EVENTS = {"Accept": "text/event-stream"}
URL = "/api/interviews"
# What leaves so much open that it is asked about twice, at 150 words a minute.
VAGUE = (
    "Well, there was a busy week in the team and things with the service were somewhat difficult,"
    " so we looked at many things and talked about it a lot before we went on with other work. "
)
ANSWER = VAGUE * 9
RECORDING = wav(data=bytes(2 * 16_000 * ANSWER_S))
NUMBERS = count()


def say_briefly(text: str):
    yield PCM


def answer_task(self, request):
    """A model that says and counts as much as it may."""
    document: object
    if "follow_up" in request.schema["properties"]:
        document = {"follow_up": f"What exactly did you do, in your own words {next(NUMBERS)}?"}
    else:
        said = json.loads(request.message.splitlines()[-1])["answer"]
        document = sample_for(request.schema, said)
    yield TextDelta(json.dumps(document))
    asked = most_tokens(request.system + request.message + json.dumps(request.schema))
    yield TextUsage(asked, request.max_output_tokens)


@pytest.fixture
def spoken_models(stand_ins, monkeypatch) -> None:
    monkeypatch.setattr(StandInSpeech, "say", staticmethod(say_briefly))
    monkeypatch.setattr(StandInTranscription, "script", [Transcript(ANSWER, (), "en")])
    monkeypatch.setattr(StandInText, "stream", answer_task)


def hold_to_the_end(candidate: Candidate) -> None:
    """Every question answered aloud, for as long and with as many follow-ups as was assumed."""
    read_events(candidate.post("start", HTTP_ACCEPT=EVENTS["Accept"]))
    for _ in range(50):
        candidate.interview.refresh_from_db()
        if candidate.interview.is_over:
            break
        events = read_events(candidate.speak(RECORDING, **EVENTS))
        assert events[-1][0] == "done", events[-1]
    make_report(report_id=Report.objects.get(interview=candidate.interview).pk)


def charged() -> Counter[str]:
    sums: Counter[str] = Counter()
    for hold in Hold.objects.all():
        sums[hold.purpose.partition(":")[0]] += hold.charged
    return sums


@pytest.mark.parametrize("text_model", ["builtin-coach", "stand-in-text"])
def test_a_whole_interview_is_charged_at_most_its_quote(
    owner, person_client, spoken_models, text_model, balance
):
    change_settings(user=owner, llm_model=text_model)
    interview = plan(owner)
    quote = quote_interview(interview=interview)
    hold_to_the_end(Candidate(person_client(owner), interview))

    turns = Counter(interview.turns.values_list("kind", flat=True))
    assert turns == {"question": 3, "follow_up": 6, "answer": 9, "closing": 1}
    quoted: Counter[str] = Counter()
    for part in quote.parts:
        quoted[part.capability] += part.credits
    spent = charged()
    assert set(spent) == set(quoted) == set(Capability)
    for capability in Capability:
        assert 0 < spent[capability] <= quoted[capability]
    assert balance() == (quote.balance - sum(spent.values()), 0)


def test_what_is_said_before_a_question_is_no_longer_than_quoted():
    praises = [*PLAN_PRAISE, *(praise for praises in PRAISE.values() for praise in praises)]
    before = [*SKIPPED, *LET_GO, WELCOME, *(f"{p} {t}" for p in praises for t in TRANSITIONS)]
    assert max(map(len, before)) < TRANSITION_CHARACTERS


def test_the_parts_say_what_they_are_for(owner, spoken_models):
    interview = plan(owner)
    quote = quote_interview(interview=interview)
    assert [(part.capability, part.model) for part in quote.parts] == [
        ("transcription", "stand-in-transcription"),
        ("speech", "stand-in-speech"),
        ("text", "stand-in-text"),
        ("text", "stand-in-text"),
    ]
    transcription, speech, follow_ups, report = quote.parts
    assert (transcription.units, transcription.credits) == (9 * 120, 9 * 4)
    assert "2 follow-ups" in transcription.assumes
    assert speech.credits == 3 + 6 + 1
    assert "closing" in speech.assumes
    assert follow_ups.credits >= 6
    assert "3 times" in report.assumes
    assert quote.credits == sum(part.credits for part in quote.parts)


def test_the_built_in_scorer_costs_nothing(owner, spoken_models):
    change_settings(user=owner, llm_model="builtin-coach")
    parts = quote_interview(interview=plan(owner)).parts
    assert [part.capability for part in parts] == ["transcription", "speech", "text"]


def test_who_wants_no_speech_is_quoted_none(owner, spoken_models):
    change_settings(user=owner, auto_play_audio=False)
    parts = quote_interview(interview=plan(owner)).parts
    assert "speech" not in [part.capability for part in parts]


def test_what_is_not_set_up_here_is_not_quoted(owner, settings, monkeypatch):
    monkeypatch.setattr("ai.catalogue.BUILT_IN", dict.fromkeys(Capability, "none"))
    monkeypatch.setattr("ai.offers.CatalogueModel.missing", property(lambda model: "away"))
    assert quote_interview(interview=plan(owner)).parts == ()


def test_it_is_shown_until_the_start(person_client, owner, interview, candidate):
    client = person_client(owner)
    quote = client.get(f"{URL}/{interview.id}").json()["quote"]
    assert quote["balance"] == 300
    assert quote["is_enough"] is True
    assert quote["credits"] == sum(part["credits"] for part in quote["parts"])
    assert set(quote["parts"][0]) == {"capability", "model", "units", "credits", "assumes"}
    candidate.start()
    assert client.get(f"{URL}/{interview.id}").json()["quote"] is None


def test_it_says_when_credits_will_not_do(person_client, owner, interview, penniless):
    quote = person_client(owner).get(f"{URL}/{interview.id}").json()["quote"]
    assert (quote["balance"], quote["is_enough"]) == (0, False)


def test_asking_for_it_holds_and_charges_nothing(person_client, owner, interview, balance):
    person_client(owner).get(f"{URL}/{interview.id}")
    assert balance() == (300, 0)
    assert not Hold.objects.exists()
    assert not Turn.objects.exists()
    assert set(Question.objects.values_list("state", flat=True)) == {"pending"}


def test_an_interview_that_is_deleted_while_it_is_read_costs_nothing(interview, owner):
    Question.objects.all().delete()
    assert quote_interview(interview=interview).credits == 0
