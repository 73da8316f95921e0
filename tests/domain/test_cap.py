import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.cap import DAY_MS, Cap, cap_of

NOW = 1_795_000_000_000
WEEKLY = Cap(3, 7)
AGES = st.lists(st.integers(0, 30 * DAY_MS), max_size=20)


@given(AGES)
def test_a_cap_is_reached_by_as_many_mails_in_as_many_days(ages: list[int]) -> None:
    assert WEEKLY.reached([NOW - age for age in ages], NOW) is (sum(age < 7 * DAY_MS for age in ages) >= 3)


@given(AGES, st.integers(1, 10), st.integers(1, 60))
def test_what_a_wider_cap_refuses_a_narrower_one_refuses_too(ages: list[int], mails: int, days: int) -> None:
    mailed = [NOW - age for age in ages]
    if Cap(mails + 1, days).reached(mailed, NOW):
        assert Cap(mails, days).reached(mailed, NOW)
        assert Cap(mails, days + 1).reached(mailed, NOW)


@pytest.mark.parametrize(
    "said",
    [{}, {"mails": 3}, {"mails": 0, "days": 7}, {"mails": 3, "days": 91}, {"mails": True, "days": 7}, {"mails": "3", "days": 7}],
)
def test_a_cap_is_so_many_mails_in_so_many_days(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="mails"):
        Cap.of(said)
    assert cap_of(said) is None


def test_no_cap_is_none() -> None:
    assert cap_of("none") is cap_of(None) is None
    assert cap_of(WEEKLY.said()) == WEEKLY
