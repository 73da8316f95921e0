"""The terms of a send as they are kept with it: what staff asked, and the party's own habits where they asked nothing."""

from typing import Any

from functions.adapters import templates
from functions.domain.habits import Habits, problems, settled
from functions.staff_api.models import AskedBody
from functions.staff_api.problems import Problem, field_error


def settled_terms(asked: AskedBody) -> dict[str, Any]:
    """Problem 422 when a send cannot be on these terms."""
    own = _habits()
    if wrong := problems(asked.terms(), own):
        raise field_error(wrong[0].field, wrong[0].reason)
    return settled(asked.terms(), own, correction=asked.audience.got is not None)


def _habits() -> Habits:
    try:
        return templates.habits()
    except ValueError as wrong:
        raise Problem(409, "party", f"Nothing is sent before templates/party.json is right: {wrong}.") from None
