"""What holds for every provider, whoever the vendor is: its real client against its wire format."""

import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ai.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from ai.providers.registry import PROVIDERS
from interview_trainer.errors import AppError
from tests.ai.providers.cases import KEY, STREAMED, VENDORS, Case
from tests.ai.providers.conftest import MESSAGE, RETRIES, SYSTEM, TOTAL_S, Vendor
from tests.ai.providers.servers.base import Fault, Status, refusing_url

# What a busy machine may add to a time-out before a test calls it missed.
SLACK_S = 2.0

every_provider = pytest.mark.parametrize("vendor", VENDORS, indirect=True, ids=str)
every_streamed = pytest.mark.parametrize("vendor", STREAMED, indirect=True, ids=str)


@every_provider
class TestFailuresOfTheVendor:
    def test_a_refused_key_is_a_provider_error_and_not_tried_again(self, vendor: Vendor) -> None:
        vendor.server.fail(Status(401))
        with pytest.raises(ProviderError):
            list(vendor.items())
        assert len(vendor.server.spoilt_asked) == 1

    def test_a_failing_server_is_tried_again_and_then_given_up(self, vendor: Vendor) -> None:
        vendor.server.fail(Status(500))
        with pytest.raises(ProviderError):
            list(vendor.items())
        assert len(vendor.server.spoilt_asked) == RETRIES + 1

    def test_passing_failures_are_survived(self, vendor: Vendor) -> None:
        for status in (408, 409, 429, 500, 502, 503, 504, 529):
            vendor.server.asked.clear()
            vendor.server.fail(Status(status), times=1)
            assert list(vendor.items()), status
            assert len(vendor.server.spoilt_asked) == 2, status

    def test_a_busy_vendor_is_told_as_busy(self, vendor: Vendor) -> None:
        vendor.server.fail(Status(503))
        with pytest.raises(ProviderBusyError):
            list(vendor.items())

    def test_a_long_retry_after_is_passed_on_and_not_waited_for(self, vendor: Vendor) -> None:
        vendor.server.fail(Status(429, {"Retry-After": "77"}))
        with pytest.raises(ProviderBusyError) as caught:
            list(vendor.items())
        assert caught.value.headers["Retry-After"] == "77"
        assert len(vendor.server.spoilt_asked) == 1

    def test_a_short_retry_after_is_waited_for(self, vendor: Vendor) -> None:
        vendor.server.fail(Status(429, {"Retry-After": "0.2"}), times=1)
        started = time.monotonic()
        assert list(vendor.items())
        assert time.monotonic() - started >= 0.2

    def test_what_is_no_result_is_an_error_before_the_first_item(self, vendor: Vendor) -> None:
        for fault in (Fault.HTML, Fault.ERROR_LABELLED_AS_RESULT, Fault.EMPTY):
            vendor.server.asked.clear()
            vendor.server.fail(fault)
            with pytest.raises(ProviderError):
                next(vendor.items())
            assert len(vendor.server.spoilt_asked) == 1, fault

    @pytest.mark.impatient
    def test_a_silent_vendor_is_a_time_out_and_not_asked_again(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.SLOW_FIRST_BYTE)
        started = time.monotonic()
        with pytest.raises(ProviderTimeoutError):
            list(vendor.items())
        assert time.monotonic() - started < TOTAL_S + SLACK_S
        assert len(vendor.server.spoilt_asked) == 1

    @pytest.mark.impatient
    def test_an_answer_that_trickles_is_a_time_out(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.TRICKLE)
        started = time.monotonic()
        with pytest.raises(ProviderTimeoutError):
            list(vendor.items())
        assert time.monotonic() - started < TOTAL_S + SLACK_S

    def test_a_redirect_is_not_followed(self, vendor: Vendor) -> None:
        vendor.server.fail(Status(307, {"Location": f"{vendor.server.url}/elsewhere"}))
        with pytest.raises(ProviderError):
            list(vendor.items())
        assert all(asked.path != "/elsewhere" for asked in vendor.server.asked)

    def test_a_reset_before_the_answer_is_survived(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.RESET, times=1)
        assert list(vendor.items())

    def test_an_answer_that_breaks_off_is_an_error(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.CUT)
        with pytest.raises(ProviderError):
            list(vendor.items())


@pytest.mark.parametrize("case", VENDORS, ids=str)
class TestSettings:
    def test_a_refused_connection_is_a_provider_error(
        self, case: Case, serve: Callable[..., Vendor]
    ) -> None:
        with refusing_url() as url, pytest.raises(ProviderError):
            list(serve(case, at=url).items())

    def test_names_the_setting_that_switches_it_on(
        self, case: Case, serve: Callable[..., Vendor], settings
    ) -> None:
        provider = serve(case).provider
        assert provider.missing() == ""
        setattr(settings, case.setting, "")
        assert case.setting in provider.missing()

    def test_names_the_command_that_installs_its_client(
        self, case: Case, serve: Callable[..., Vendor], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        provider = serve(case).provider
        for module in case.modules:
            monkeypatch.setitem(sys.modules, module, None)
            assert "requirements-vendors.txt" in provider.missing()

    def test_sends_no_secret_of_the_environment(
        self, case: Case, serve: Callable[..., Vendor], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in (
            "OPENAI_API_KEY",
            "OPENAI_ORG_ID",
            "OPENAI_PROJECT_ID",
            "ELEVENLABS_API_KEY",
            "GOOGLE_API_KEY",
            "GEMINI_API_KEY",
        ):
            monkeypatch.setenv(name, "secret-of-the-environment")
        vendor = serve(case)
        list(vendor.items())
        for asked in vendor.server.asked:
            assert "secret-of-the-environment" not in str(asked)


@pytest.mark.parametrize(
    "case", [case for case in VENDORS if case.provider == "compatible"], ids=str
)
def test_a_server_without_a_key_does_not_get_openai_s(
    case: Case, serve: Callable[..., Vendor], settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    settings.OPENAI_API_KEY = KEY
    vendor = serve(replace(case, settings=lambda url: {"COMPATIBLE_BASE_URL": f"{url}/v1"}))
    list(vendor.items())
    assert KEY not in str(vendor.server.asked)


@every_provider
class TestWhatIsTold:
    def test_neither_client_nor_log_learns_a_secret(
        self, vendor: Vendor, caplog: pytest.LogCaptureFixture
    ) -> None:
        for fault in (Status(400), Status(401), Status(429, {"Retry-After": "77"}), Fault.HTML):
            vendor.server.fail(fault)
            with caplog.at_level(logging.INFO), pytest.raises(AppError) as caught:
                list(vendor.items())
            told = f"{caught.value} {vars(caught.value)}"
            ours = [vars(record) for record in caplog.records if record.name.startswith("ai.")]
            assert ours
            for secret in ("secret", KEY, SYSTEM, MESSAGE):
                assert secret not in told
                assert secret not in str(ours)
            assert vendor.server.url not in told

    def test_the_log_names_vendor_status_and_request(
        self, vendor: Vendor, caplog: pytest.LogCaptureFixture
    ) -> None:
        vendor.server.fail(Status(401))
        with pytest.raises(ProviderError) as caught:
            list(vendor.items())
        logged = vars(caplog.records[-1])
        assert logged["vendor"]
        assert logged["vendor_status"] == 401
        assert logged["vendor_request_id"] == "req-1"
        assert caught.value.__cause__ is not None


@every_provider
class TestSharing:
    def test_threads_share_one_provider(self, vendor: Vendor) -> None:
        expected = list(vendor.items())
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: list(vendor.items()), range(16)))
        joined = {b"".join(a) if isinstance(a[0], bytes) else str(a) for a in answers}
        assert joined == {b"".join(expected) if isinstance(expected[0], bytes) else str(expected)}

    def test_calls_one_after_the_other_share_a_connection(self, vendor: Vendor) -> None:
        list(vendor.items())
        connections = vendor.server.connections
        list(vendor.items())
        assert vendor.server.connections == connections


@every_streamed
class TestStreams:
    def test_what_came_before_the_cut_is_delivered_and_the_cut_is_told(
        self, vendor: Vendor
    ) -> None:
        vendor.server.fail(Fault.CUT)
        items = vendor.items()
        assert next(items)
        with pytest.raises(ProviderError):
            list(items)
        assert len(vendor.server.spoilt_asked) == 1

    @pytest.mark.impatient
    def test_silence_in_the_middle_is_a_time_out(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.SLOW_MIDDLE)
        items = vendor.items()
        assert next(items)
        with pytest.raises(ProviderTimeoutError):
            list(items)
        assert len(vendor.server.spoilt_asked) == 1

    def test_closing_hangs_up_at_once(self, vendor: Vendor) -> None:
        vendor.server.fail(Fault.SLOW_MIDDLE)
        items = vendor.items()
        assert next(items)
        items.close()
        assert vendor.server.hung_up.wait(SLACK_S)

    def test_nothing_is_asked_before_the_first_item_is(self, vendor: Vendor) -> None:
        vendor.items()
        assert vendor.server.asked == []


def test_every_provider_is_under_contract() -> None:
    """The built-in ones, which cannot fail as a vendor does, in `test_built_in.py`."""
    built_in = {("coach", "text"), ("piper", "speech"), ("whisper", "transcription")}
    assert {(case.provider, case.capability) for case in VENDORS} | built_in == set(PROVIDERS)


def test_no_client_is_imported_before_a_provider_is_built() -> None:
    """In a process of its own: this one has built some."""
    import subprocess

    script = """
import django, sys
django.setup()
from django.utils.module_loading import import_string
from ai.providers.registry import PROVIDERS
from interview_trainer.errors import AppError
for (name, _), path in PROVIDERS.items():
    if name in {"openai", "compatible", "vertex", "elevenlabs", "unrealspeech"}:
        import_string(path).missing()
print(sorted({"openai", "google.genai", "google.auth", "elevenlabs", "httpx", "httpx2", "av"}
             & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
