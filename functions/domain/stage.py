"""How far somebody stands behind the party, step by step: sympathiser, member, volunteer, ambassador. A closed list.

It is said by a file, by staff, or by the person; never derived from what somebody clicks or opens.
"""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """In order: each step holds those before it."""

    SYMPATHISER = "sympathiser"
    MEMBER = "member"
    VOLUNTEER = "volunteer"
    AMBASSADOR = "ambassador"


ALIASES = ("stage", "fase", "stap", "betrokkenheid", "étape", "etape")  # of the column of an import
_ALSO: Mapping[Stage, tuple[str, ...]] = {
    Stage.SYMPATHISER: ("sympathizer", "sympathisant", "sympathisante"),
    Stage.MEMBER: ("lid", "membre", "adhérent", "adhérente", "adherent", "adherente"),
    Stage.VOLUNTEER: ("vrijwilliger", "bénévole", "benevole"),
    Stage.AMBASSADOR: ("ambassadeur", "ambassadrice"),
}
_WORDS = {word: stage for stage in Stage for word in (stage.value, *_ALSO[stage])}
NAMED = f"{', '.join(list(Stage)[:-1])} or {list(Stage)[-1]}"


def stage_of(text: str) -> Stage:
    """The stage that this word names, in three languages. ValueError says what would be right."""
    found = _WORDS.get(text.strip().lower())
    if found is None:
        raise ValueError(f"unknown stage {text[:40]!r}: {NAMED}")
    return found


def reaches(stage: str, least: str) -> bool:
    """Whether this stage is that one or a later one. One that this version does not know reaches none."""
    order = list(Stage)
    return stage in order and order.index(Stage(stage)) >= order.index(Stage(least))
