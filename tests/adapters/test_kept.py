"""What a warm process keeps is as old as it says at most, and never the answer of a read that failed."""

from collections.abc import Iterator

import pytest

from functions.adapters import clock
from functions.adapters.kept import Kept


class Source:
    """Reads 1, 2, 3...; fails while told to."""

    def __init__(self) -> None:
        self.reads, self.fails = 0, False

    def read(self) -> int:
        if self.fails:
            raise OSError("the table does not answer")
        self.reads += 1
        return self.reads


@pytest.fixture
def time() -> Iterator[list[float]]:
    now = [1_000.0]
    before = clock._source, clock._watch
    clock.set_source(lambda: now[0])
    yield now
    clock.set_source(*before)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def kept(source: Source) -> Kept[int]:
    return Kept(60, source.read)


def test_it_is_read_once_in_that_time(time: list[float], kept: Kept[int]) -> None:
    assert [kept.get(), kept.get()] == [1, 1]
    time[0] += 59
    assert kept.get() == 1
    time[0] += 1
    assert kept.get() == 2


def test_a_clock_that_was_set_back_makes_nothing_younger(time: list[float], kept: Kept[int]) -> None:
    kept.get()
    time[0] -= 1
    assert kept.get() == 2


def test_what_is_not_enough_is_read_again(time: list[float], kept: Kept[int]) -> None:
    kept.get()
    assert kept.get(lambda found: found > 1) == 2
    assert kept.get(lambda found: found > 1) == 2
    assert kept.get(lambda found: found > 9) == 3, "once: nothing better may be there"


def test_a_read_that_fails_is_told_and_tried_again(time: list[float], source: Source, kept: Kept[int]) -> None:
    kept.get()
    time[0], source.fails = time[0] + 60, True
    with pytest.raises(OSError, match="does not answer"):
        kept.get()
    source.fails = False
    assert kept.get() == 2
