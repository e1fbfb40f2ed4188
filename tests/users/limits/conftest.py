import pytest


@pytest.fixture
def still_clock(monkeypatch) -> None:
    """No bucket fills meanwhile, however slow the machine is: every figure is exact."""
    monkeypatch.setattr("users.limits.local.monotonic_ns", lambda: 10**15)
