"""What the report tells: views of a run's facts. Pure, no HTML."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from functions.domain.consent import Act, Purpose
from functions.domain.selection import Reason
from local.demo.facts import Facts, Person, Row
from local.demo.readers import Doing

SHOWN_FROM = 10  # totals of shared links are shown from this many up, as staff see them

REASONS: Mapping[str, str] = {
    Reason.EDITORIAL: "staff's order",
    Reason.MUST: "everybody gets it",
    Reason.DECLARED: "a topic this supporter ticked",
    Reason.OBSERVED: "a topic this supporter clicks on",
    Reason.POPULAR: "liked by many",
    Reason.NEW: "something new",
}


def funnel(facts: Facts) -> list[tuple[str, int, str]]:
    """The journey as (step, people, note)."""
    answered = {p.act.reader for p in facts.performed if p.act.doing is Doing.CHOOSE and p.status == 200}
    granted = {r.supporter for r in facts.consents if r.purpose is not Purpose.NEWSLETTER and r.act is Act.GRANTED}
    learning = {r.supporter for r in facts.consents if r.purpose is Purpose.OBSERVED_INTEREST and r.act is Act.GRANTED}
    clicked = {event.supporter for event in facts.clicks}
    return [
        ("Rows in the import file", facts.imported["rows"], f"{facts.imported['rejected']} rejected, each with a reason"),
        ("Supporters imported", facts.imported["imported"], f"{facts.imported['suppressed']} suppressed addresses stay out"),
        ("Got mail", len({posted.supporter for posted in facts.posted}), ""),
        ("Answered the page of choices", len(answered), ""),
        ("Said yes to something", len(granted), "nothing is ticked in advance"),
        ("Yes to learning from clicks", len(learning), ""),
        ("Of these, clicked as a person", len(clicked & learning), ""),
        ("Have an interest tag now", sum(bool(person.tags) for person in facts.people.values()), ""),
    ]


@dataclass(frozen=True)
class Clicked:
    """Clicks on a block or topic: of people with personal links, how often it stood in their mails, and on shared links."""

    name: str
    clicks: int
    shown: int = 0
    shared: int = 0

    @property
    def rate(self) -> float:
        """Clicks per 100 times it was shown."""
        return 100 * self.clicks / self.shown if self.shown else 0.0


def clicks_per_topic(facts: Facts) -> list[Clicked]:
    """By the primary topic of the block, in staff's order of topics."""
    clicks = Counter(event.topics[0] for event in facts.clicks if event.topics)
    shown: Counter[str] = Counter()
    for row, topics in _shown(facts):
        if row.links == "personal":
            shown.update(codes[0] for _, codes in topics if codes)
    return [Clicked(topic.name("en"), clicks[topic.code], shown[topic.code]) for topic in facts.taxonomy.topics]


def clicks_per_block(facts: Facts, top: int = 15) -> list[Clicked]:
    """The most clicked blocks over all editions, most clicked first."""
    clicks: Counter[str] = Counter()
    for event in facts.clicks:
        if event.entry is not None:
            clicks[facts.editions[event.edition].entries[event.entry].block] += 1
    shown: Counter[str] = Counter()
    for row, blocks in _shown(facts):
        if row.links == "personal":
            shown.update(block for block, _ in blocks)
    shared = _shared(facts)
    names = sorted(clicks.keys() | shared.keys(), key=lambda block: (-clicks[block] - shared[block], block))
    return [Clicked(title(facts, block, "en"), clicks[block], shown[block], shared[block]) for block in names[:top]]


def _shared(facts: Facts) -> Counter[str]:
    counted: Counter[str] = Counter()
    for (edition, n), total in facts.totals.items():
        compiled = facts.editions.get(edition)
        if compiled is not None and total >= SHOWN_FROM and compiled.links[n].entry >= 0:
            counted[compiled.entries[compiled.links[n].entry].block] += total
    return counted


def _shown(facts: Facts) -> list[tuple[Row, list[tuple[str, tuple[str, ...]]]]]:
    """Each delivered mail with its blocks and their topic codes."""
    by_send = {send.send: facts.editions[send.edition] for send in facts.sends}
    return [
        (row, [(by_send[row.send].entries[i].block, by_send[row.send].entries[i].topics) for i in row.entries])
        for row in facts.rows
        if row.delivered
    ]


def title(facts: Facts, block: str, language: str) -> str:
    texts = facts.titles.get(block, {})
    return texts.get(language) or next(iter(texts.values()), block)


@dataclass(frozen=True)
class Found:
    """A topic: whose favourite it is, who has its tag, and both."""

    topic: str
    liked: int
    tagged: int
    both: int

    @property
    def precision(self) -> float | None:
        return self.both / self.tagged if self.tagged else None

    @property
    def recall(self) -> float | None:
        return self.both / self.liked if self.liked else None


@dataclass(frozen=True)
class Discovery:
    """Derived tags against hidden favourites, of those who allow learning from clicks now."""

    people: int
    topics: tuple[Found, ...]
    heat: tuple[tuple[float | None, ...], ...]  # favourite (row) x tag (column): share of those who like it who have the tag
    chance: float  # precision of a tag drawn blindly

    @property
    def all(self) -> Found:
        return Found("All", *(sum(getattr(found, name) for found in self.topics) for name in ("liked", "tagged", "both")))


def discovery(facts: Facts) -> Discovery:
    """How well the tags tell what people like. Favourites are the two or three topics a simulated reader clicks most."""
    watched = [
        (frozenset(facts.tastes[person.address].favourites), frozenset(person.tags))
        for person in facts.people.values()
        if Purpose.OBSERVED_INTEREST in person.grants and person.address in facts.tastes
    ]
    slugs = [topic.id for topic in facts.taxonomy.topics]
    topics = tuple(
        Found(
            topic.name("en"),
            sum(topic.id in liked for liked, _ in watched),
            sum(topic.id in tagged for _, tagged in watched),
            sum(topic.id in liked & tagged for liked, tagged in watched),
        )
        for topic in facts.taxonomy.topics
    )
    heat = []
    for row in slugs:
        fans = [tagged for liked, tagged in watched if row in liked]
        heat.append(tuple(sum(column in tagged for tagged in fans) / len(fans) if fans else None for column in slugs))
    chance = sum(len(liked) for liked, _ in watched) / (len(watched) * len(slugs)) if watched and slugs else 0.0
    return Discovery(len(watched), topics, tuple(heat), chance)


@dataclass(frozen=True)
class Shown:
    """One supporter's mail of the last edition, for the report."""

    person: Person
    row: Row
    favourites: tuple[str, ...]
    tags: tuple[str, ...]
    ticked: tuple[str, ...]
    blocks: tuple[tuple[str, str], ...]  # title, kind of reason
    file: str


def pair(facts: Facts) -> tuple[Shown, ...]:
    """Two supporters with the same language and form whose last mails, chosen by interests, have least in common."""
    rows = [row for row in facts.rows_of(facts.last.send) if row.delivered and row.supporter in facts.people]
    pool = sorted(next((found for found in _best(facts, rows) if len(found) >= 2), rows), key=lambda row: row.supporter)
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in pool:
        groups[row.language, row.form].append(row)
    pairs = [(_common(a, b), a, b) for group in groups.values() for i, a in enumerate(group) for b in group[i + 1 :]]
    if not pairs:
        return tuple(_shown_mail(facts, row) for row in rows[:2])
    _, left, right = min(pairs, key=lambda found: (found[0], found[1].language != "nl", found[1].supporter))
    return _shown_mail(facts, left), _shown_mail(facts, right)


def _best(facts: Facts, rows: list[Row]) -> Iterator[list[Row]]:
    """Whose mails tell most: chosen by several interests they never told, by one, by any; else chosen at all."""
    for tags in (2, 1, 0):
        yield [
            row
            for row in rows
            if row.selection == "observed"
            and row.picks.count(Reason.OBSERVED) >= tags
            and len(facts.people[row.supporter].tags) >= tags
            and Purpose.DECLARED_TOPICS not in facts.people[row.supporter].grants
        ]
    yield [row for row in rows if row.selection != "editorial"]


def _common(a: Row, b: Row) -> float:
    """How alike two mails are: blocks in common, those high up weighing more."""
    places = {entry: n for n, entry in enumerate(b.entries)}
    return sum(1 / (1 + n) + 1 / (1 + places[entry]) for n, entry in enumerate(a.entries) if entry in places)


def _shown_mail(facts: Facts, row: Row) -> Shown:
    person = facts.people[row.supporter]
    entries = facts.editions[facts.last.edition].entries
    picks = [(entries[int(pick[:-1])].block, pick[-1]) for pick in row.picks.split(".")]
    taste = facts.tastes.get(person.address)
    posted = next(p for p in facts.posted if (p.send, p.supporter) == (row.send, row.supporter))
    return Shown(
        person=person,
        row=row,
        favourites=_names(facts, taste.favourites if taste else ()),
        tags=_names(facts, person.tags),
        ticked=_names(facts, sorted(person.topics)),
        blocks=tuple((title(facts, block, row.language), REASONS.get(reason, reason)) for block, reason in picks),
        file=str(posted.file),
    )


def _names(facts: Facts, topics: Sequence[str]) -> tuple[str, ...]:
    found = (facts.taxonomy.get(topic) for topic in topics)
    return tuple(topic.name("en") for topic in found if topic)
