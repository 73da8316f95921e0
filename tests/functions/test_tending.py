"""How often a finished send is counted again while SES's reports still come in."""

from functions.tend_sends.step import COUNT_AGAIN_S, COUNT_FOR_S, count_again_after_s


def test_counts_are_fresh_while_reports_pour_in_and_seldom_made_when_they_trickle() -> None:
    times, counted = 0, 0
    for age in range(0, COUNT_FOR_S, 60):
        if age - counted > count_again_after_s(age):
            times, counted = times + 1, age
    assert count_again_after_s(3600) == COUNT_AGAIN_S
    assert 20 < times < 45
    assert COUNT_FOR_S - counted <= COUNT_FOR_S // 4
