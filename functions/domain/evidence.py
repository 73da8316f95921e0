"""What the blocks of one mail rested on, as far as it is kept still, and what was left out: for its reader's own eyes.

The reason was stored with the mail; the clicks behind it were not, they are those that the profile keeps. So whatever went
since (taken back, forgotten, grown old) is missing here, and that is said. Times: `_s` epoch seconds, `_ms` epoch ms.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from functions.domain.assembly import CompiledEdition, CompiledEntry
from functions.domain.click import KEPT_CLICKS, KEPT_S, Click, expired, human_clicks
from functions.domain.consent import Act, ConsentRecord, Purpose, Selection
from functions.domain.interest import evidence
from functions.domain.letter import Recipe
from functions.domain.selection import LIKED, Reason


class Kept(StrEnum):
    """How much is left of the clicks that a block rested on."""

    WHOLE = "whole"
    PART = "part"  # older ones may have gone, or what is left says less than they did
    GONE = "gone"


class LeftOut(StrEnum):
    """The kind of reason for which a block did not make it."""

    ORDER = "order"  # later in staff's order
    PLACE = "place"  # on a topic that is in the mail for this reader already
    LESS = "less"  # others fitted better, or are expected to please more
    POPULAR = "popular"  # nothing was known that fitted any block: fewer readers are expected to like it
    MUTED = "muted"  # its topic is switched off


@dataclass(frozen=True)
class Clicked:
    """Clicks on one topic (its code) up to the moment that counted. `mails`, `shown`: see `interest.Evidence`."""

    topic: str
    clicks: int
    since_s: int
    mails: int
    shown: int
    times: float | None  # as often as an average reader of those mails; None where that is not clear


@dataclass(frozen=True)
class Profile:
    """The clicks that are kept of the reader now. `learning_s`: since when they let us learn; None when they do not."""

    tokens: Collection[str]
    learning_s: float | None
    now_s: float


@dataclass(frozen=True)
class Rested:
    """What one block rested on. `topics` are codes; `kept` only where clicks were the reason."""

    index: int
    reason: Reason
    topics: tuple[str, ...]
    clicked: tuple[Clicked, ...] = ()
    kept: Kept | None = None


def rested(edition: CompiledEdition, recipe: Recipe, profile: Profile, moment_s: float) -> tuple[Rested, ...]:
    """For each block of a mail, in its order. `moment_s`: up to when clicks counted for it (`letter.Rules.now_s`)."""
    kept = [token for token in profile.tokens if not expired(token, profile.now_s)]
    clicks = human_clicks(kept, moment_s)
    found = []
    for pick in recipe.picks:
        topics = edition.entries[pick.index].topics
        if pick.reason is not Reason.OBSERVED:
            found.append(Rested(pick.index, pick.reason, topics))
            continue
        clicked = tuple(_clicked(topic, clicks, moment_s) for topic in topics if any(c.topic == topic for c in clicks))
        found.append(Rested(pick.index, pick.reason, topics, clicked, _kept(clicked, len(kept), profile)))
    return tuple(found)


def _clicked(topic: str, clicks: Sequence[Click], moment_s: float) -> Clicked:
    told = evidence(topic, clicks, (), moment_s)
    known = all(len(click.shown) > 1 for click in clicks if click.topic == topic)
    times = told.lift if known and told.lift >= LIKED else None
    return Clicked(topic, len(told.clicked_s), told.clicked_s[0], told.mails, told.shown, times)


def _kept(clicked: Collection[Clicked], held: int, profile: Profile) -> Kept:
    """A full profile may have lost its oldest clicks to newer ones; one of more than two years has lost them to time."""
    if not clicked:
        return Kept.GONE
    aged = profile.learning_s is None or profile.learning_s < profile.now_s - KEPT_S
    clear = any(found.times for found in clicked)
    return Kept.WHOLE if clear and not aged and held < KEPT_CLICKS else Kept.PART


def left_out(edition: CompiledEdition, recipe: Recipe, muted: Collection[str]) -> tuple[tuple[int, LeftOut], ...]:
    """The blocks of the edition that are not in the mail, in staff's order, and the kind of reason. `muted`: codes."""
    picked = {pick.index for pick in recipe.picks}
    own = {t for p in recipe.picks if p.reason in (Reason.DECLARED, Reason.OBSERVED) for t in edition.entries[p.index].topics}
    selection = recipe.settings.selection
    return tuple(
        (index, _why_not(entry, selection, own, muted)) for index, entry in enumerate(edition.entries) if index not in picked
    )


def _why_not(entry: CompiledEntry, selection: Selection, own: Collection[str], muted: Collection[str]) -> LeftOut:
    if selection is Selection.EDITORIAL:
        return LeftOut.ORDER
    if any(topic in own for topic in entry.topics):
        return LeftOut.PLACE
    if selection is Selection.OBSERVED and any(topic in muted for topic in entry.topics):
        return LeftOut.MUTED
    return LeftOut.LESS if own else LeftOut.POPULAR


def allowed_since(records: Iterable[ConsentRecord], purpose: Purpose, at_ms: int) -> int | None:
    """When the consent was given that stood at this moment, as the proof tells; None when none stood (epoch ms)."""
    said = [(r.at, r.id, r.act) for r in records if r.purpose is purpose and r.at <= at_ms]
    at, _, act = max(said, default=(0, "", Act.REFUSED))
    return at if act is Act.GRANTED else None
