"""Two arms of one send compared: human clicks per delivered mail, and how sure we may be.

The unit that is drawn is the person, because one person's clicks in one mail hang together. The interval is a percentile
bootstrap by person, seeded, so the same clicks give the same interval.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass

DRAWS = 4000
LEVEL = 0.95


@dataclass(frozen=True)
class Rate:
    """Clicks per delivered mail of one arm, with its interval."""

    people: int
    clicks: float
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Selected against editorial. `ratio` is None when the editorial arm has no click (or either arm no mail).

    `high` is None when some draws of the editorial arm hold no click at all: then there is no upper end.
    """

    selected: Rate
    editorial: Rate
    ratio: float | None
    low: float | None
    high: float | None
    level: float = LEVEL
    draws: int = DRAWS

    @property
    def verdict(self) -> str:
        """One plain sentence about the ratio."""
        if self.ratio is None or self.low is None:
            return "Too few clicks to compare the two."
        if self.low > 1:
            return "Selected mails were clicked more; the interval lies above 1."
        if self.high is not None and self.high < 1:
            return "Selected mails were clicked less; the interval lies below 1."
        return "The interval holds 1: with this many people the two cannot be told apart."

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "verdict": self.verdict}


def compare(
    selected: Sequence[float], editorial: Sequence[float], seed: int, *, draws: int = DRAWS, level: float = LEVEL
) -> Comparison:
    """Compare clicks per mail; one number per person who got a mail (0 when they clicked nothing)."""
    chance = random.Random(f"{seed}|compare")
    means_selected, means_editorial = _means(selected, draws, chance), _means(editorial, draws, chance)
    own = _rate(selected, means_selected, level), _rate(editorial, means_editorial, level)
    if not own[0].people or not own[1].clicks:
        return Comparison(*own, None, None, None, level, draws)
    # A draw without editorial clicks is as high as a ratio can be.
    ratios = sorted(s / e if e else float("inf") for s, e in zip(means_selected, means_editorial, strict=True))
    low, high = _interval(ratios, level)
    return Comparison(*own, own[0].rate / own[1].rate, low, None if high == float("inf") else high, level, draws)


def _means(values: Sequence[float], draws: int, chance: random.Random) -> list[float]:
    """The mean of each of `draws` samples of as many people, drawn with replacement."""
    n = len(values)
    return [sum(chance.choices(values, k=n)) / n for _ in range(draws)] if n else [0.0] * draws


def _rate(values: Sequence[float], means: Sequence[float], level: float) -> Rate:
    low, high = _interval(sorted(means), level)
    clicks = sum(values)
    return Rate(len(values), clicks, clicks / len(values) if values else 0.0, low, high)


def _interval(ordered: Sequence[float], level: float) -> tuple[float, float]:
    outside = (1 - level) / 2
    last = len(ordered) - 1
    return ordered[round(outside * last)], ordered[round((1 - outside) * last)]
