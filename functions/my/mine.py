"""What one's own page reads of oneself, typed; and what it makes of it to show."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from functions.adapters.consents import Standing
from functions.adapters.pages import Voice, spoken
from functions.domain.cap import Cap, cap_of
from functions.domain.consent import Ceiling, Purpose
from functions.domain.interest import Click, Evidence, human_clicks, parse, worth_telling
from functions.domain.pausing import paused
from functions.my.desk import Desk

# Of the supporter's item, for `Standing.more`.
READ = ("address", "name", "language", "form", "clicks", "tags", "muted", "paused_until", "at_most", "sources")


@dataclass(frozen=True)
class Mine:
    """The item of whoever opened the page."""

    address: str = field(repr=False)
    name: str = field(repr=False)
    tokens: frozenset[str]
    muted: frozenset[str]
    paused_until: int | None  # epoch ms
    at_most: Cap | None


def mine_of(standing: Standing) -> Mine:
    more = standing.more
    return Mine(
        address=more.get("address", ""),
        name=more.get("name", ""),
        tokens=more.get("clicks", frozenset()),
        muted=more.get("muted", frozenset()),
        paused_until=more.get("paused_until"),
        at_most=cap_of(more.get("at_most")),
    )


@dataclass(frozen=True)
class Interest:
    """An interest as it is asked about: the topic, its name, and the evidence in words."""

    topic: str
    name: str
    evidence: str


def clicks_of(mine: Mine, now_ms: int) -> list[Click]:
    return human_clicks(mine.tokens, now_ms / 1000)


def interests(desk: Desk, standing: Standing, voice: Voice, now_ms: int) -> list[Interest]:
    """The derived interests worth asking about, strongest first. None of a topic that was ticked or muted, or is no more; none
    at all where clicks were found to say nothing about people.
    """
    if not standing.consents.granted(Purpose.OBSERVED_INTEREST) or desk.tasting.found().mislead(standing.consents.newsletter):
        return []
    mine, taxonomy = mine_of(standing), desk.topics.taxonomy()
    hidden = taxonomy.codes(standing.topics | mine.muted)
    return [
        Interest(topic.id, spoken(topic.names, voice, topic.id), _in_words(desk, voice, told, now_ms))
        for told in worth_telling(clicks_of(mine, now_ms), hidden, now_ms / 1000)
        if (topic := taxonomy.by_code(told.topic))
    ]


def tokens_about(mine: Mine, codes: Collection[str]) -> frozenset[str]:
    """The stored clicks on these topics."""
    return frozenset(token for token in mine.tokens if (click := parse(token)) and click.topic in codes)


def learning(desk: Desk, standing: Standing) -> str:
    """Whether clicks teach: "yes", "no" (not allowed), or "halted" (allowed, and nothing is done with it now)."""
    if not standing.consents.granted(Purpose.OBSERVED_INTEREST):
        return "no"
    return "yes" if desk.ceiling is Ceiling.OBSERVED else "halted"


def pause_end(mine: Mine, now_ms: int) -> int | None:
    """The end of the pause that holds now, if one does."""
    return mine.paused_until if paused(mine.paused_until, now_ms) else None


def day_in_words(desk: Desk, voice: Voice, at_ms: int) -> str:
    words = desk.pages.words(voice)["my_mail"]["date"]
    day = datetime.fromtimestamp(at_ms / 1000, UTC)
    number = words["first"] if day.day == 1 else str(day.day)
    return f"{number} {words['months'].split()[day.month - 1]} {day.year}"


def _in_words(desk: Desk, voice: Voice, told: Evidence, now_ms: int) -> str:
    first, now = (datetime.fromtimestamp(s, UTC) for s in (told.clicked_s[0], now_ms / 1000))
    month = desk.pages.words(voice)["my_mail"]["date"]["months"].split()[first.month - 1]
    since = month if first.year == now.year else f"{month} {first.year}"
    said = desk.pages.words(voice, clicks=str(len(told.clicked_s)), since=since, shown=str(told.shown))
    evidence: str = said["my_mail"]["interests"]["evidence"]
    return evidence
