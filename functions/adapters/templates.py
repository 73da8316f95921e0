"""The shipped templates: layouts, blocks, words and the party's theme, read from `templates/` beside `functions/`."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from functions.domain.calendar import Calendar
from functions.domain.edition import BlockKind
from functions.domain.habits import Habits
from functions.domain.theme import Theme

FOLDER = Path(__file__).resolve().parents[2] / "templates"


@cache
def layout(name: str, kind: str = "mjml") -> str:
    """A layout's source, `kind` mjml or txt. KeyError when none of this name ships."""
    path = FOLDER / "layouts" / f"{name}.{kind}"
    if path.parent != FOLDER / "layouts" or not path.is_file():
        raise KeyError(name)
    return path.read_text(encoding="utf-8")


@cache
def block(kind: BlockKind, part: str = "mjml") -> str:
    """A block kind's source, `part` mjml or txt."""
    return (FOLDER / "blocks" / f"{kind}.{part}").read_text(encoding="utf-8")


@cache
def words(language: str) -> Mapping[str, str]:
    """The mail's own words in one language, with `{je|u}` where the form of address matters."""
    read: dict[str, str] = _json(f"strings/{language}.json")
    return read


@cache
def prose() -> Mapping[str, str]:
    """Inline styles for staff's Markdown, by tag; `{accent}` stands for a colour of the theme."""
    read: dict[str, str] = _json("prose.json")
    return read


@cache
def theme() -> Theme:
    """The party's looks, from `templates/party.json`."""
    return Theme.from_json(_json("party.json"))


@cache
def habits() -> Habits:
    """The party's time zone, quiet hours and frequency cap, from the same file. ValueError names what is wrong there."""
    return Habits.from_json(_json("party.json"))


@cache
def calendar() -> Calendar:
    """The party's election calendar, from `templates/calendar.json`. ValueError names what is wrong there."""
    return Calendar.from_json(_json("calendar.json"), habits().timezone)


def _json(path: str) -> Any:
    return json.loads((FOLDER / path).read_text(encoding="utf-8"))
