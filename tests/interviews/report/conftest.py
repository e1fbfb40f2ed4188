from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ai.catalogue import forget_catalogue
from ai.providers.registry import close_providers
from interviews.models import Interview, Report
from interviews.services.report_making import make_report
from tests.interviews.report.scoring_model import ScoringServer
from users.models import User
from users.services.people import change_settings


@pytest.fixture
def report_on(db: None) -> Callable[[Interview], Report]:
    """Makes the report of an interview, as the background task does."""

    def make(interview: Interview) -> Report:
        report, _ = Report.objects.get_or_create(interview=interview)
        make_report(report_id=report.pk)
        report.refresh_from_db()
        return report

    return make


@pytest.fixture
def scoring_model(owner: User, settings: Any) -> Iterator[ScoringServer]:
    """The owner's text model is a scorer on loopback."""
    server = ScoringServer()
    settings.COMPATIBLE_BASE_URL = f"{server.url}/v1"
    settings.COMPATIBLE_API_KEY = "secret-key"
    settings.COMPATIBLE_TEXT_MODEL = "local-scorer"
    settings.COMPATIBLE_MAX_RETRIES = 0
    forget_catalogue()
    close_providers()
    change_settings(user=owner, llm_model="local-scorer")
    yield server
    close_providers()
    server.close()


@pytest.fixture
def three_samples(settings):
    settings.REPORT_SAMPLES = 3
