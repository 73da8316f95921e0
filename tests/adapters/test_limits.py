import os
from collections.abc import Iterator

import pytest

from functions.adapters import aws
from functions.adapters.limits import Limits
from local.platform import Platform

HOUR = 3_600
START = 1_200_000 * HOUR  # in 2106: the emulator deletes each minute what has expired


@pytest.fixture
def limits(platform: Platform) -> Iterator[Limits]:
    yield Limits(aws.dynamodb(), os.environ["LIMITS_TABLE"])


def test_so_many_and_no_more_within_the_window(limits: Limits) -> None:
    assert [limits.allow("form", "somebody", 2, HOUR, START) for _ in range(4)] == [True, True, False, False]


def test_the_next_window_starts_at_nothing(limits: Limits) -> None:
    assert limits.allow("form", "another", 1, HOUR, START)
    assert not limits.allow("form", "another", 1, HOUR, START + HOUR - 1)
    assert limits.allow("form", "another", 1, HOUR, START + HOUR)


def test_nobody_uses_up_what_others_may_do(limits: Limits) -> None:
    assert limits.allow("form", "a", 1, HOUR, START)
    assert limits.allow("form", "b", 1, HOUR, START)
    assert limits.allow("link", "a", 1, HOUR, START)
