"""The whole work, divided among processes with a platform each."""

import logging
import tempfile
from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from pathlib import Path

from local.faultlab.points import Point, inject, points
from local.faultlab.run import Lab, Result, lab
from local.faultlab.scenarios import all_scenarios, play
from local.faultlab.table import Row
from local.platform import Platform

Told = MutableMapping[int, tuple[int, int]]  # of each worker: how many sends are done, of how many
Play = Callable[[], Row]


def share(supporters: int, every: int, n: int, workers: int, told: Told, bulk_path: str = "off") -> list[Row]:
    """One worker's share: each `workers`-th point and scenario from the `n`-th on. `told`: how far it is."""
    logging.disable(logging.CRITICAL)  # the handlers say loudly what was done to them
    with (
        tempfile.TemporaryDirectory() as folder,
        Platform(Path(folder), bulk_path=bulk_path, schedules=False, delivery_delay_s=0.0, retry_s=0.05) as platform,
        lab(platform, supporters) as running,
    ):
        rows: list[Row] = []
        work = [*_points(running, every * workers, every * n), *_scenarios(running, workers, n)]
        for play_one in work:
            rows.append(play_one())
            told[n] = len(rows), len(work)
        return rows


def _points(running: Lab, step: int, first: int) -> Iterator[Play]:
    return (partial(_at, running, point) for point in points(running)[first::step])


def _at(running: Lab, point: Point) -> Row:
    return Row(f"{point.call.function}: {point.call.what}", point.fault, inject(running, point))


def _scenarios(running: Lab, step: int, first: int) -> Iterator[Play]:
    return (partial(_played, running, scenario) for scenario in all_scenarios()[first::step])


def _played(running: Lab, scenario: Callable[[Lab], Result]) -> Row:
    return Row("scenario", str(scenario.__doc__), play(running, scenario))
