"""The platform's clock, and the schedules that follow it."""

import time

from functions.adapters import clock as handler_clock
from infra.description import Function, Schedule
from local.clock import AcceleratedClock
from local.platform import Platform
from local.scheduler import SHORTEST_S, Scheduler


def test_the_clock_runs_as_fast_as_asked_and_jumps() -> None:
    clock = AcceleratedClock(start=1000.0, speed=0.0)
    assert clock.now() == 1000.0
    clock.advance(60)
    assert clock.now() == 1060.0
    clock.run_at(1_000_000.0)
    assert clock.now() > 1060.0
    clock.run_at(0.0)
    clock.set(5.0)
    assert clock.now() == 5.0
    clock.reset()
    assert abs(clock.now() - time.time()) < 1


def test_handlers_live_by_the_platforms_clock_and_what_they_keep_ages_by_it(empty_platform: Platform) -> None:
    empty_platform.clock.set(1_900_000_000.0)
    assert 0 <= handler_clock.now() - 1_900_000_000.0 < 5
    assert 0 <= handler_clock.watch() - 1_900_000_000.0 < 5
    empty_platform.reset()
    assert abs(handler_clock.now() - time.time()) < 5


def test_where_the_clock_leaps_by_hours_what_handlers_keep_may_age_by_real_time() -> None:
    source, watch = handler_clock._source, handler_clock._watch
    handler_clock.set_source(lambda: 1_900_000_000.0, lambda: 7.0)
    try:
        assert (handler_clock.now(), handler_clock.watch()) == (1_900_000_000.0, 7.0)
    finally:
        handler_clock.set_source(source, watch)


def wait_for(runs: list[str], count: int) -> None:
    deadline = time.monotonic() + 5
    while len(runs) < count and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_schedule_fires_when_the_simulated_interval_has_passed_and_once_however_late() -> None:
    clock, runs = AcceleratedClock(start=0.0, speed=0.0), list[str]()
    scheduler = Scheduler([Function("tend", "", (), (), schedule=Schedule(1))], clock.now, runs.append)
    scheduler.start()
    try:
        time.sleep(0.15)
        assert runs == []
        clock.advance(3600)
        wait_for(runs, 1)
        time.sleep(0.15)
        assert runs == ["tend"]
        clock.advance(60)
        wait_for(runs, 2)
        assert runs == ["tend", "tend"]
    finally:
        scheduler.stop()


def test_a_racing_clock_fires_a_schedule_at_most_five_times_a_second() -> None:
    clock, began = AcceleratedClock(start=0.0, speed=1_000_000.0), list[float]()
    scheduler = Scheduler(
        [Function("tend", "", (), (), schedule=Schedule(1))], clock.now, lambda name: began.append(time.monotonic())
    )
    scheduler.start()
    while len(began) < 4:
        time.sleep(0.01)
    scheduler.stop()
    # A run is noted a little after it began, so two may lie a little closer together.
    assert began[3] - began[0] > 3 * SHORTEST_S - 0.1


def test_a_schedule_that_takes_long_rests_ten_times_as_long_on_a_racing_clock() -> None:
    clock, began = AcceleratedClock(start=0.0, speed=1_000_000.0), list[float]()

    def slowly(name: str) -> None:
        began.append(time.monotonic())
        time.sleep(0.05)

    scheduler = Scheduler([Function("tend", "", (), (), schedule=Schedule(1))], clock.now, slowly)
    scheduler.start()
    while len(began) < 3:
        time.sleep(0.01)
    scheduler.stop()
    assert began[2] - began[1] >= 0.5 <= began[1] - began[0]


def test_a_schedule_survives_a_function_that_fails() -> None:
    clock, runs = AcceleratedClock(start=0.0, speed=0.0), list[str]()

    def fail(name: str) -> None:
        runs.append(name)
        raise RuntimeError(name)

    scheduler = Scheduler([Function("tend", "", (), (), schedule=Schedule(1))], clock.now, fail)
    scheduler.start()
    try:
        for n in (1, 2):
            clock.advance(61)
            wait_for(runs, n)
            time.sleep(0.25)
        assert runs == ["tend", "tend"]
    finally:
        scheduler.stop()
