"""The comparison of two arms: point estimates, intervals, and what it says when there is too little to say."""

import random

from local.demo.compare import compare


def people(rate: float, n: int, seed: int) -> list[float]:
    chance = random.Random(seed)
    return [float(sum(chance.random() < rate / 4 for _ in range(4))) for _ in range(n)]


def test_the_rates_are_clicks_per_mail() -> None:
    result = compare([2, 0, 1], [1, 0, 0, 1], seed=1)
    assert (result.selected.rate, result.editorial.rate) == (1.0, 0.5)
    assert result.ratio == 2.0
    assert (result.selected.people, result.editorial.clicks) == (3, 2)


def test_the_same_clicks_and_seed_give_the_same_interval() -> None:
    assert compare(people(1, 80, 1), people(0.6, 80, 2), 5) == compare(people(1, 80, 1), people(0.6, 80, 2), 5)


def test_a_clear_difference_lies_outside_the_interval_and_none_lies_inside() -> None:
    clear = compare(people(2, 300, 1), people(0.8, 300, 2), 1)
    assert clear.low is not None and clear.low > 1
    assert "more" in clear.verdict
    same = compare(people(1, 300, 3), people(1, 300, 4), 1)
    assert same.low is not None and same.high is not None
    assert same.low < 1 < same.high
    assert "cannot be told apart" in same.verdict


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for world in range(100):
        result = compare(people(1.2, 120, 2 * world), people(0.8, 120, 2 * world + 1), world, draws=400)
        assert result.low is not None and result.high is not None
        covered += result.low <= 1.5 <= result.high
    assert covered >= 88


def test_no_clicks_to_compare_with_gives_no_ratio_instead_of_an_error() -> None:
    assert compare([1, 2], [0, 0], 1).ratio is None
    assert compare([], [], 1).ratio is None
    assert "Too few" in compare([1], [], 1).verdict


def test_an_arm_that_may_be_empty_of_clicks_has_no_upper_end() -> None:
    result = compare([1, 1, 1], [1, 0], 1)
    assert result.ratio == 2.0
    assert result.high is None
