"""When a send will be through."""

from functions.domain.forecast import DAY_S, ends_at

HOUR_S = 3600


def test_at_full_rate_it_takes_mails_over_rate() -> None:
    assert ends_at(60_000, 10, 0) == 6_000


def test_nobody_to_mail_is_no_time() -> None:
    assert ends_at(0, 10, 1_000) == 1_000


def test_what_does_not_fit_into_a_day_waits_for_the_next() -> None:
    assert ends_at(1_200, 10, 0, cap=lambda day: 600) == DAY_S + 60
    assert ends_at(1_000, 10, 0, cap=lambda day: (100, 300, 600)[min(day, 2)]) == 2 * DAY_S + 60


def test_the_night_does_not_count_and_a_day_begins_with_the_first_mail() -> None:
    def by_day(at_s: int) -> bool:
        return 8 * HOUR_S <= at_s % DAY_S < 21 * HOUR_S

    assert ends_at(600, 1, 0, by_day) == 8 * HOUR_S + 600
    assert ends_at(13 * HOUR_S + 600, 1, 0, by_day) == DAY_S + 8 * HOUR_S + 600
    assert ends_at(1_200, 10, 0, by_day, lambda day: 600) == DAY_S + 8 * HOUR_S + 60


def test_what_takes_longer_than_sixty_days_is_not_told() -> None:
    assert ends_at(10, 1, 0, lambda at_s: False) is None
    assert ends_at(100, 1, 0, cap=lambda day: 1) is None
