"""Why somebody got a mail, and these blocks in it: what was decided then, in codes that a page has words for.

Regulation (EU) 2024/900 art. 19(1)(c) asks, with a message chosen by personal data, for: the groups and parameters, the
categories of data, the goal, the logic, whether artificial intelligence was used, the period and the number of people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from functions.domain.assembly import CompiledEdition, titles
from functions.domain.consent import Selection
from functions.domain.letter import Recipe
from functions.domain.report import SHOWN_FROM
from functions.domain.segment import categories, parse

# The reason that is stored with a pick -> the kind of reason that is told. Staff's order is not "everyone": in the same send
# others may have had their blocks chosen.
KINDS: Mapping[str, str] = {"e": "editors", "m": "everyone", "d": "declared", "o": "observed", "x": "new", "p": "popular"}
TICKED, CLICKED = "topics ticked", "links clicked"
_READ: Mapping[Selection, tuple[str, ...]] = {
    Selection.EDITORIAL: (),
    Selection.DECLARED: (TICKED,),
    Selection.OBSERVED: (CLICKED, TICKED),
}


class Group(StrEnum):
    """Whom a send is for."""

    EVERYONE = "everyone"  # all who are on the list
    SEGMENT = "segment"  # a part of them, by what is known of them
    NAMED = "named"  # staff named them
    CORRECTED = "corrected"  # who got an earlier mail, or may have


@dataclass(frozen=True)
class Why:
    """`blocks`: title (as in the mail) and kind of reason, in the mail's order. `data`: categories of personal data that were
    read, for the blocks and for the group; `parameters`: those of the group alone. `offered`: blocks there were to choose from.
    """

    selection: Selection
    blocks: tuple[tuple[str, str], ...]
    group: Group
    parameters: tuple[str, ...]
    data: tuple[str, ...]
    offered: int
    ruleset: str
    chosen: bool  # by personal data, be it the blocks or the readers


def why(edition: CompiledEdition, recipe: Recipe, audience: Mapping[str, Any]) -> Why:
    """What can be told of a mail without telling anything else of its reader: a mail can be forwarded."""
    named = titles(edition.languages[recipe.language], recipe.form)
    group, parameters = _group(audience)
    selection = recipe.settings.selection
    return Why(
        selection=selection,
        blocks=tuple((named[p.index] if named else edition.entries[p.index].block, KINDS[p.reason]) for p in recipe.picks),
        group=group,
        parameters=parameters,
        data=tuple(dict.fromkeys((*_READ[selection], *parameters))),
        offered=len(edition.entries),
        ruleset=recipe.ruleset,
        chosen=selection is not Selection.EDITORIAL or recipe.targeted,
    )


def _group(audience: Mapping[str, Any]) -> tuple[Group, tuple[str, ...]]:
    if "segment" in audience:
        expression = parse(json.loads(audience["expression"]))
        return Group.SEGMENT, categories(expression)
    if "got" in audience:
        return Group.CORRECTED, ()
    return (Group.NAMED if "supporters" in audience else Group.EVERYONE), ()


def about(people: int) -> int | None:
    """A number of people as it is told: to two digits; None under ten, which could tell of a person."""
    if people < SHOWN_FROM:
        return None
    step: int = 10 ** (len(str(people)) - 2)
    return round(people / step) * step
