import pytest

from users.limits.rates import Rate, read_rate


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("60/m", Rate(60, 60)),
        ("1/s", Rate(1, 1)),
        ("5/h", Rate(5, 3_600)),
        ("999999/d", Rate(999_999, 86_400)),
        ("off", None),
    ],
)
def test_a_rate_is_read(written, rate):
    assert read_rate(written) == rate


def test_a_rate_beyond_one_a_microsecond_has_an_interval():
    rate = Rate(999_999, 1).times(100)
    assert (rate.interval_us, rate.size_us) == (1, rate.quota)


@pytest.mark.parametrize("written", ["", "0/m", "-1/m", "60", "60/w", "60 / m", "1.5/s", "1/m "])
def test_what_is_no_rate_is_refused(written):
    with pytest.raises(ValueError, match="no rate"):
        read_rate(written)
