"""The benchmark of assembly measures the mail it says it measures, finds both ways to give the same bytes, and what it
times is less work: work is counted here, in calls, as no test may depend on how busy a machine is."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from benchmarks.assembly import TARGETS, Contest, Recipient, run


def calls(way: Callable[[Recipient], object], to: Recipient) -> int:
    """How many functions are called to make one mail, ours and those written in C, once everything is warm."""
    found = 0

    def count(_frame: FrameType, event: str, _given: object) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    way(to)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        way(to)
    finally:
        sys.setprofile(before)
    return found


def test_the_contest_is_about_one_mail_of_about_fifty_kilobytes() -> None:
    figures = run(rounds=1)
    mail = figures["mail"]
    assert isinstance(mail, dict)
    assert 45_000 < mail["html_bytes"] < 55_000
    assert (mail["blocks"], mail["candidates"], mail["links"]) == (8, 40, 29)


def test_each_ratio_is_held_against_what_was_asked() -> None:
    ratios = run(rounds=1)["ratios"]
    assert isinstance(ratios, dict)
    asked = {name: found["target"] for name, found in ratios.items() if found["target"]}
    assert asked == TARGETS
    assert all(found["least"] <= found["median"] <= found["most"] for found in ratios.values())


@pytest.mark.parametrize("way", ["ours", "ours_page_tokens", "ours_filled"])
def test_a_joined_mail_takes_a_small_part_of_the_calls_of_a_rendered_one(way: str) -> None:
    contest = Contest()
    to = contest.recipients[0]
    assert 20 * calls(getattr(contest, way), to) < calls(contest.naive_one_token, to)
