"""The links of one send with the clicks on them, and how many left the list by its mails."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.adapters.totals import Totals
from functions.domain.assembly import CompiledEdition
from functions.domain.goal import Link


@dataclass(frozen=True)
class Clicked:
    """Raw numbers: who shows them hides what could tell of a person."""

    links: tuple[Link, ...]
    left: int
    answers: Mapping[int, int] = field(default_factory=dict)  # to polls, by number


def links_of(edition: CompiledEdition) -> tuple[Link, ...]:
    """By number, without clicks."""
    return tuple(Link(edition.entries[link.entry].block if link.entry >= 0 else None) for link in edition.links)


def clicked(totals: Totals, edition: CompiledEdition, send: str) -> Clicked:
    done = totals.of_send(send)
    shared = totals.clicks(edition.edition, range(len(edition.links)))
    links = tuple(Link(link.block, shared[n], done.clicks.get(n, 0)) for n, link in enumerate(links_of(edition)))
    return Clicked(links, done.left, done.answers)
