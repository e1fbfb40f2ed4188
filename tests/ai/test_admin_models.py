"""The catalogue in the admin site: all models, what staff changed, and which ones end soon."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ai.admin import retirement_of
from ai.catalogue import catalogue, forget_catalogue
from ai.models import ModelOverride
from ai.offers import MODELS
from users.models import User

LIST = "/admin/ai/modeloverride/"


@pytest.fixture(autouse=True)
def fresh_catalogue():
    forget_catalogue()
    yield
    forget_catalogue()


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


def served(name: str):
    return next(model for model in catalogue() if model.name == name)


def test_every_model_of_the_catalogue_is_listed(admin):
    rows = admin.get(LIST).context["rows"]
    assert [row.model.name for row in rows] == [model.name for model in MODELS]
    assert not any(row.is_changed for row in rows)


def test_a_changed_price_is_served_at_once(admin):
    assert served("gpt-5.5").price.credits == 1
    form = {"name": "gpt-5.5", "credits_per_unit": "3", "is_offered": "on"}
    assert admin.post(f"{LIST}add/", form).status_code == 302
    assert served("gpt-5.5").price.credits == 3
    (row,) = [row for row in admin.get(LIST).context["rows"] if row.is_changed]
    assert row.change_url == reverse(
        "admin:ai_modeloverride_change", args=[ModelOverride.objects.get().pk]
    )


@pytest.mark.parametrize("how", ["one", "selected"])
def test_without_its_override_a_model_is_as_in_the_catalogue(admin, how):
    override = ModelOverride.objects.create(name="gpt-5.5", credits_per_unit=3)
    assert served("gpt-5.5").price.credits == 3
    if how == "one":
        admin.post(f"{LIST}{override.pk}/delete/", {"post": "yes"})
    else:
        form = {"action": "delete_selected", "_selected_action": [override.pk], "post": "yes"}
        admin.post(LIST, form)
    assert served("gpt-5.5").price.credits == 1


def test_a_model_that_ends_within_sixty_days_is_warned_of(admin):
    ends = timezone.now().date() + timedelta(days=60)
    ModelOverride.objects.create(name="gpt-5.5", retires_on=ends, replaced_by="gpt-5.4-mini")
    answer = admin.get(LIST)
    assert "gpt-5.5" in [row.model.name for row in answer.context["ending"]]


@pytest.mark.parametrize(
    ("retires_on", "retirement"),
    [
        (None, ""),
        (date(2027, 1, 1), "retired"),
        (date(2027, 1, 2), "soon"),
        (date(2027, 3, 2), "soon"),
        (date(2027, 3, 3), "announced"),
    ],
)
def test_a_retirement_is_told_sixty_days_ahead(retires_on, retirement):
    assert retirement_of(retires_on, date(2027, 1, 1)) == retirement
