"""The system checks of the settings that name vendors."""

import pytest

from ai import checks


def ids(found: list[object]) -> set[str]:
    return {message.id for message in found}  # type: ignore[attr-defined]  # CheckMessage


def all_ids() -> set[str]:
    return ids(
        [
            *checks.check_vendor_addresses(),
            *checks.check_vendor_addresses_are_private(),
            *checks.check_vendor_keys(),
            *checks.check_vendor_patience(),
            *checks.check_holds_outlive_calls(),
            *checks.check_google_credentials(),
        ]
    )


def test_the_defaults_are_sound() -> None:
    assert all_ids() == set()


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("OPENAI_BASE_URL", "api.openai.com", "ai.E001"),
        ("COMPATIBLE_BASE_URL", "file:///etc/passwd", "ai.E001"),
        ("OPENAI_BASE_URL", "http://api.openai.com/v1", "ai.E007"),
        ("ELEVENLABS_BASE_URL", "http://10.0.0.5", "ai.E007"),
        ("OPENAI_API_KEY", "sk-1\n", "ai.E002"),
        ("ELEVENLABS_API_KEY", "clé", "ai.E002"),
        ("VENDOR_SILENCE_TIMEOUT_S", 0, "ai.E003"),
        ("OPENAI_MAX_RETRIES", -1, "ai.E004"),
        ("VERTEX_MAX_RETRIES", 50, "ai.E004"),
        ("ELEVENLABS_TIMEOUT_S", 181, "ai.E005"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json", "ai.E006"),
    ],
)
def test_a_wrong_value_is_told(name: str, value: object, expected: str, settings) -> None:
    setattr(settings, name, value)
    assert all_ids() == {expected}


def test_a_server_of_ones_own_network_may_be_called_without_tls_but_not_with_a_key(settings):
    settings.COMPATIBLE_BASE_URL = "http://10.0.0.5:11434/v1"
    assert all_ids() == set()
    settings.COMPATIBLE_API_KEY = "sk-1"
    assert all_ids() == {"ai.E007"}
    settings.COMPATIBLE_BASE_URL = "http://127.0.0.1:11434/v1"
    assert all_ids() == set()


def test_start_up_runs_them(settings) -> None:
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    settings.OPENAI_BASE_URL = "nowhere"
    with pytest.raises(SystemCheckError, match="ai.E001"):
        call_command("check")
