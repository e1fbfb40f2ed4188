"""The page on which a person chooses their models."""

import pytest
from django.test import Client

from ai.catalogue import forget_catalogue
from ai.errors import ModelUnavailableError
from ai.models import ModelOverride
from users.models import User
from users.services.people import change_settings

pytestmark = pytest.mark.django_db

PATH = "/settings/interviewer/"
BUILT_IN = {
    "llm_model": "builtin-coach",
    "tts_model": "builtin-voice",
    "stt_model": "builtin-transcriber",
}


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def page_of(client: Client) -> str:
    return " ".join(client.get(PATH).content.decode().split())


def test_models_that_run_can_be_chosen(signed_in: Client, owner: User):
    assert signed_in.post(PATH, BUILT_IN)["Location"] == PATH
    owner.settings.refresh_from_db()
    stored = {name: getattr(owner.settings, name) for name in BUILT_IN}
    assert stored == BUILT_IN
    assert not owner.settings.auto_play_audio


def test_a_model_that_does_not_run_says_why_and_cannot_be_chosen(signed_in: Client, settings):
    settings.OPENAI_API_KEY = ""
    page = page_of(signed_in)
    assert 'value="gpt-5.5"' not in page
    assert "gpt-5.5" in page
    assert "OPENAI_API_KEY" in page
    response = signed_in.post(PATH, BUILT_IN | {"llm_model": "gpt-5.5"})
    assert set(response.context["form"].errors) == {"llm_model"}


@pytest.mark.parametrize("name", ["", "nothing", "<script>", "\x00", "x" * 10_000, "builtin-voice"])
def test_a_name_that_was_not_offered_is_refused(signed_in: Client, owner: User, name):
    response = signed_in.post(PATH, BUILT_IN | {"llm_model": name})
    assert set(response.context["form"].errors) == {"llm_model"}
    owner.settings.refresh_from_db()
    assert owner.settings.llm_model == "gpt-3.5-turbo"


def test_who_never_chose_is_told_what_serves_and_no_name_of_old(signed_in: Client):
    page = page_of(signed_in)
    assert page.count("<span>Chosen for you</span>") == 3
    assert "Now Built-in coach, 1 credit for 1,000 tokens." in page
    assert "Now Built-in transcriber," in page
    assert "<span>gpt-3.5-turbo" not in page
    assert "<span>whisper-1" not in page


def test_who_never_chose_sees_the_model_where_it_runs(signed_in: Client, settings):
    settings.OPENAI_API_KEY = "sk-test"
    page = page_of(signed_in)
    assert "Now gpt-6-luna, 1 credit for 1,000 tokens." in page
    assert "<span>whisper-1</span>" in page
    assert page.count("<span>Chosen for you</span>") == 2


def test_what_was_chosen_for_somebody_may_stay(signed_in: Client, owner: User):
    assert signed_in.post(PATH, BUILT_IN | {"llm_model": "gpt-3.5-turbo"}).status_code == 302
    owner.settings.refresh_from_db()
    assert owner.settings.llm_model == "gpt-3.5-turbo"


@pytest.mark.parametrize("name", ["claude", "gpt-5.5", "no-model-of-any-day"])
def test_a_choice_that_does_not_run_says_who_serves_and_may_stay(
    signed_in: Client, owner: User, name
):
    change_settings(user=owner, llm_model=name)
    page = page_of(signed_in)
    note = (
        "Your choice so far does not run here. In its place: Built-in coach, "
        "1 credit for 1,000 tokens."
    )
    assert f'<span>{name}</span> <span class="help">{note}</span>' in page
    assert signed_in.post(PATH, BUILT_IN | {"llm_model": name}).status_code == 302
    owner.settings.refresh_from_db()
    assert owner.settings.llm_model == name


def test_where_nothing_serves_it_says_so(signed_in: Client, monkeypatch):
    def nothing(*asked: object) -> None:
        raise ModelUnavailableError("")

    monkeypatch.setattr("ai.choices.resolve_models", nothing)
    assert page_of(signed_in).count("Nothing runs here now.") == 3


def test_a_stored_name_with_html_stays_text(signed_in: Client, owner: User):
    change_settings(user=owner, llm_model="<b>bold</b>")
    assert "<b>bold" not in page_of(signed_in)


def test_prices_are_what_staff_made_them(signed_in: Client):
    ModelOverride.objects.create(name="builtin-coach", credits_per_unit=3)
    forget_catalogue()
    assert "3 credits for 1,000 tokens" in page_of(signed_in)


def test_what_staff_withdrew_is_not_shown(signed_in: Client):
    ModelOverride.objects.create(name="gpt-5.5", is_offered=False)
    forget_catalogue()
    assert "gpt-5.5" not in page_of(signed_in)
