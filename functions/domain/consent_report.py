"""How asking went: who said yes, who said no and who took a yes back, per purpose, wording and source.

Read off the records of proof, one supporter at a time. A yes that is taken back counts under the words that it was given to.
Beside it, forms that were sent in with a question left open: a number without a person, of which no proof is kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from functions.domain.consent import Act, ConsentRecord
from functions.domain.report import SHOWN_FROM, rate, shown_sum

Column = Literal["yes", "no", "withdrew", "unanswered"]
COLUMNS: tuple[Column, ...] = ("yes", "no", "withdrew", "unanswered")


@dataclass(frozen=True, order=True)
class Group:
    purpose: str
    wording: str
    source: str


Tally = Counter[tuple[Group, Column]]


@dataclass(frozen=True)
class Row:
    """One group. None: fewer than ten, or so many that the rest would be fewer than ten.

    `answered` = yes + no as far as it may be shown; the rates are shares of `answered` and of `yes`. `unanswered`: forms, not
    people, and it is no part of `answered`.
    """

    group: Group
    answered: int
    yes: int | None
    no: int | None
    withdrew: int | None
    unanswered: int | None
    yes_rate: float | None
    withdrew_rate: float | None


def tally(records: Iterable[ConsentRecord]) -> Tally:
    """The acts of one supporter."""
    found: Tally = Counter()
    given: dict[tuple[str, str | None], Group] = {}
    for record in sorted(records, key=lambda r: (r.at, r.id)):
        group, about = Group(record.purpose.value, record.wording, record.source), (record.purpose.value, record.list)
        if record.act is Act.GRANTED:
            found[group, "yes"] += about not in given
            given.setdefault(about, group)
        elif record.act is Act.REFUSED:
            found[group, "no"] += 1
            given.pop(about, None)
        else:  # without a list, a newsletter is taken back from every list
            taken = [key for key in given if key == about or (record.list is None and key[0] == about[0])]
            for key in taken:
                found[given.pop(key), "withdrew"] += 1
    return found


def rows(found: Mapping[tuple[Group, Column], int]) -> list[Row]:
    """Per group, with fewer than ten people hidden, also from who subtracts."""
    return [_row(group, found) for group in sorted({group for group, _ in found})]


def _row(group: Group, found: Mapping[tuple[Group, Column], int]) -> Row:
    yes, no, withdrew, unanswered = (found.get((group, column), 0) for column in COLUMNS)
    answered = shown_sum([yes, no])
    shown_yes, shown_no = _shown(yes), _shown(no)
    stays = yes - withdrew
    gone = withdrew if shown_yes is not None and withdrew >= SHOWN_FROM and (stays >= SHOWN_FROM or not stays) else None
    return Row(
        group,
        answered,
        shown_yes,
        shown_no,
        gone,
        _shown(unanswered),
        rate(yes, answered) if shown_yes is not None and shown_no is not None else None,
        rate(gone, yes) if gone is not None else None,
    )


def _shown(n: int) -> int | None:
    return n if n >= SHOWN_FROM else None
