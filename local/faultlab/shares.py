"""The whole work, divided among processes with a platform each."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

from local.faultlab.points import inject, points
from local.faultlab.run import Lab, lab
from local.faultlab.scenarios import all_scenarios, play
from local.faultlab.table import Row
from local.platform import Platform


def share(supporters: int, every: int, n: int, workers: int, bulk_path: str = "off") -> list[Row]:
    """One worker's share: each `workers`-th point and scenario from the `n`-th on."""
    logging.disable(logging.CRITICAL)  # the handlers say loudly what was done to them
    with (
        tempfile.TemporaryDirectory() as folder,
        Platform(Path(folder), bulk_path=bulk_path, schedules=False, delivery_delay_s=0.0, retry_s=0.05) as platform,
        lab(platform, supporters) as running,
    ):
        return [*_points(running, every * workers, every * n), *_scenarios(running, workers, n)]


def _points(running: Lab, step: int, first: int) -> Iterator[Row]:
    for point in points(running)[first::step]:
        yield Row(f"{point.call.function}: {point.call.what}", point.fault, inject(running, point))


def _scenarios(running: Lab, step: int, first: int) -> Iterator[Row]:
    for scenario in all_scenarios()[first::step]:
        yield Row("scenario", str(scenario.__doc__), play(running, scenario))
