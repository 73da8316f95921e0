"""The goal of a send: checked when it is stated, answered in its report."""

from functions.adapters.clicked import links_of
from functions.adapters.sends import Send
from functions.domain.assembly import CompiledEdition
from functions.domain.goal import DELIVERED, Goal, Link, Standing, goal_of, problems, standing, value
from functions.domain.report import SHOWN_FROM
from functions.staff_api.models import AskedBody
from functions.staff_api.problems import FieldError, invalid
from functions.staff_api.report_results import GoalShown, Group
from functions.staff_api.wiring import now_ms, wiring


def check_goal(asked: AskedBody, edition: str, version: str) -> None:
    """Problem 422 that says what would be a goal of this version of the edition. A send need not have one."""
    goal = goal_of(asked.terms())
    if goal is None:
        return
    compiled = CompiledEdition.from_bytes(wiring().content.get(f"editions/{edition}/{version}.json"))
    wrong = problems(goal, asked.starts() or now_ms(), links_of(compiled), [entry.block for entry in compiled.entries])
    if wrong:
        raise invalid(*(FieldError(f"goal.{field}", reason) for field, reason in wrong.items()))


def goal_shown(send: Send, messages: dict[str, int], links: tuple[Link, ...]) -> GoalShown | None:
    goal = goal_of(send.terms)
    if goal is None:
        return None
    now, noted = value(goal, messages, links), send.item.get("goal_noted")
    stands = standing(goal, now, noted, now_ms())
    return GoalShown(
        metric=f"{goal.metric}:{goal.on}" if goal.on else goal.metric,
        target=goal.target,
        by=goal.by.isoformat(),
        owner=goal.owner,
        standing=stands.value,
        on_time=None if stands is Standing.OPEN else stands is Standing.REACHED,
        value=_shown(goal, now),
        value_by=None if noted is None else _shown(goal, noted),
    )


def _shown(goal: Goal, n: int) -> Group:
    return n if goal.metric == DELIVERED or n >= SHOWN_FROM else "fewer than 10"
