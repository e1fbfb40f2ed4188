"""The page on which a person chooses their models."""

import pytest
from django.test import Client

from ai.catalogue import forget_catalogue
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


def test_a_stored_name_of_old_says_who_serves_and_may_stay(signed_in: Client, owner: User):
    note = "Set so far. Built-in coach serves in its place, for 1 credit for 1,000 tokens."
    assert note in page_of(signed_in)
    kept = BUILT_IN | {"llm_model": "gpt-3.5-turbo"}
    assert signed_in.post(PATH, kept).status_code == 302
    owner.settings.refresh_from_db()
    assert owner.settings.llm_model == "gpt-3.5-turbo"


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
