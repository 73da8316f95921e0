"""What staff hope for of a send, stated before it goes out, and what came of it.

`terms.goal`: {"metric", "target", "by", "owner"}. Only what our data can answer may be a goal: deliveries, and clicks that may be
counted. Opens are none: privacy proxies open everything.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from functions.domain.report import SHOWN_FROM, outcome, shown_sum

DELIVERED, CLICKS, CLICKS_ON = "delivered", "clicks", "clicks_on"
METRICS = '"delivered", "clicks", "clicks_on:<block>" or "clicks_on:<number of a link>"'
KEPT_DAYS = 396  # clicks are counted for 13 months
_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")


@dataclass(frozen=True)
class Goal:
    """`on`: the block or the link number of `clicks_on`, else "". `by`: the last day that counts (UTC)."""

    metric: str
    on: str
    target: int
    by: date
    owner: str

    @property
    def deadline_ms(self) -> int:
        """The first moment that is too late, epoch ms."""
        return int(datetime(self.by.year, self.by.month, self.by.day, tzinfo=UTC).timestamp() + 86_400) * 1000


@dataclass(frozen=True)
class Link:
    """A link as a goal sees it: its block (None: the mail's shell), and clicks on its two forms."""

    block: str | None
    shared: int = 0  # of everybody who has the edition: such links name no send
    personal: int = 0  # of this send, by those who let their clicks be counted


class Standing(StrEnum):
    OPEN = "open"  # the day has not passed
    REACHED = "reached"
    LATE = "late"  # reached after the day
    MISSED = "missed"


def goal_of(terms: Mapping[str, Any]) -> Goal | None:
    """The goal of a send, from what staff asked. None when they stated none."""
    stated = terms.get("goal")
    if not stated:
        return None
    metric, _, on = str(stated["metric"]).partition(":")
    return Goal(metric, on, int(stated["target"]), date.fromisoformat(stated["by"]), stated["owner"])


def problems(goal: Goal, starts_ms: int, links: Sequence[Link], blocks: Sequence[str]) -> dict[str, str]:
    """Field -> what would be right. `links` and `blocks` are the edition's."""
    wrong: dict[str, str] = {}
    if goal.metric not in (DELIVERED, CLICKS, CLICKS_ON) or (goal.metric == CLICKS_ON) != bool(goal.on):
        wrong["metric"] = f"must be {METRICS}"
    elif goal.metric != DELIVERED and not counted(goal, links):
        wrong["metric"] = _not_there(goal.on, len(links), blocks)
    if goal.metric != DELIVERED and goal.target < SHOWN_FROM:
        wrong["target"] = f"must be at least {SHOWN_FROM}: fewer clicks are never shown, they could tell of a person"
    begins = datetime.fromtimestamp(starts_ms / 1000, UTC).date()
    if goal.by < begins:
        wrong["by"] = f"is before the send begins ({begins})"
    elif goal.by > begins + timedelta(days=KEPT_DAYS):
        wrong["by"] = f"must be within 13 months ({begins + timedelta(days=KEPT_DAYS)}): clicks are not kept longer"
    return wrong


def _not_there(on: str, links: int, blocks: Sequence[str]) -> str:
    if not links:
        return "this edition has no link that could be clicked"
    if _NUMBER.fullmatch(on):
        return f"this edition has no link {on}: its links have the numbers 0 to {links - 1}"
    if on in blocks:
        return f"the block {on!r} has no link that could be clicked"
    return f"this edition has no block {on!r}: it has {', '.join(blocks)}"


def value(goal: Goal, messages: Mapping[str, int], links: Sequence[Link]) -> int:
    """How far it is: mails delivered, or clicks as far as they may be shown (`report.shown_sum`)."""
    if goal.metric == DELIVERED:
        return outcome(0, messages).delivered
    return shown_sum(n for link in counted(goal, links) for n in (link.shared, link.personal))


def counted(goal: Goal, links: Sequence[Link]) -> list[Link]:
    """The links whose clicks the goal counts. A number is a link's, also where a block is called so."""
    if not goal.on:
        return list(links)
    if _NUMBER.fullmatch(goal.on):
        return [link for n, link in enumerate(links) if n == int(goal.on)]
    return [link for link in links if link.block == goal.on]


def standing(goal: Goal, now: int, noted: int | None, now_ms: int) -> Standing:
    """Where the goal stands with the value `now`; `noted`: the value when the day had passed, once it has."""
    if now_ms < goal.deadline_ms or noted is None:  # just past midnight it is noted within a minute
        return Standing.REACHED if now >= goal.target else Standing.OPEN
    if noted >= goal.target:
        return Standing.REACHED
    return Standing.LATE if now >= goal.target else Standing.MISSED
