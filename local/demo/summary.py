"""The figures of a run: pure functions of its facts, and the self-checks over them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from functions.domain.consent import Act as ConsentAct
from functions.domain.consent import Consents, Purpose, fold
from functions.domain.event import Event, EventKind
from local.demo import checks
from local.demo.checks import Check
from local.demo.compare import Comparison, compare
from local.demo.facts import Facts, Row, SendFacts, key
from local.demo.mailbox import read_file
from local.demo.readers import Doing

EXTRA = tuple(p for p in Purpose if p is not Purpose.NEWSLETTER)


def summary(facts: Facts, seconds: Mapping[str, float], found: tuple[Check, ...]) -> dict[str, Any]:
    """What goes into `summary.json`."""
    compared = comparison(facts)
    return {
        "note": "The readers are simulated, and they click several times as often as people do.",
        "seed": facts.seed,
        "supporters": {
            "imported": facts.imported["imported"],
            "rejected": sum(facts.rejections.values()),
            "rejected_per_reason": dict(facts.rejections),
            "suppressed": facts.imported["suppressed"],
            "suppressions_imported": facts.suppressions,
        },
        "consents": consents(facts),
        "sends": [send_figures(facts, send) for send in facts.sends],
        "events": events(facts),
        "verdicts_against_truth": truth(facts),
        "human_clicks": len(facts.clicks),
        "shared_link_clicks": sum(facts.totals.values()),
        "supporters_with_interest_tag": sum(bool(person.tags) for person in facts.people.values()),
        "distinct_selections": len(set(selections(facts))),
        "comparison": compared.to_json(),
        "checks": {check.name: {"ok": check.ok, "says": check.says, "found": check.found} for check in found},
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
    }


def consents(facts: Facts) -> dict[str, dict[str, int]]:
    """Per purpose: granted now, and how often it was granted and withdrawn in all. Newsletter counts (supporter, list)."""
    acts = Counter((record.purpose, record.act) for record in facts.consents)
    now: Counter[Purpose] = Counter()
    for state in states(facts).values():
        now.update(state.grants.keys())
        now[Purpose.NEWSLETTER] += len(state.newsletter)
    return {
        p.value: {"now": now[p], "granted": acts[p, ConsentAct.GRANTED], "withdrawn": acts[p, ConsentAct.WITHDRAWN]}
        for p in Purpose
    }


def states(facts: Facts, at_ms: int | None = None) -> dict[str, Consents]:
    """Supporter -> what they allowed at that moment (now when None): a fold over the proof, not the platform's own summary."""
    records = defaultdict(list)
    for record in facts.consents:
        if at_ms is None or record.at <= at_ms:
            records[record.supporter].append(record)
    return {supporter: fold(mine) for supporter, mine in records.items()}


def send_figures(facts: Facts, send: SendFacts) -> dict[str, Any]:
    rows = facts.rows_of(send.send)
    return {
        "edition": send.name,
        "number": send.number,
        "send": send.send,
        "list": send.list,
        "planned": len(send.planned),
        "states": dict(Counter(row.state for row in rows).most_common()),
        "skipped_why": dict(Counter(row.reason for row in rows if row.state == "skipped").most_common()),
        "selection": dict(Counter(row.selection for row in rows if row.picks).most_common()),
        "distinct_selections": len({row.entries for row in rows if row.picks}),
        "human_clicks": sum(event.send == send.send for event in facts.clicks),
    }


def selections(facts: Facts) -> Iterator[str]:
    """What each mail of the last edition holds, in order."""
    return (".".join(map(str, row.entries)) for row in facts.rows_of(facts.last.send) if row.picks)


def events(facts: Facts) -> dict[str, dict[str, int]]:
    """Recorded events by kind and verdict at arrival."""
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for (kind, verdict), n in sorted(Counter((e.kind.value, e.verdict.value) for e in facts.events).items()):
        counted[kind][verdict] = n
    return dict(counted)


def comparison(facts: Facts) -> Comparison:
    """Human clicks per delivered mail of the last send, of those with personal links, by the arm they were drawn into."""
    clicks = Counter(event.supporter for event in facts.clicks if event.send == facts.last.send)
    arms: dict[str, list[float]] = {"selected": [], "editorial": []}
    for row in sorted(facts.rows_of(facts.last.send), key=lambda r: r.supporter):
        if row.arm in arms and row.links == "personal" and row.delivered:
            arms[row.arm].append(float(clicks[row.supporter]))
    return compare(arms["selected"], arms["editorial"], facts.seed)


def truth(facts: Facts) -> dict[str, dict[str, int]]:
    """What really happened against what is recorded of it: doing -> verdict, or not recorded (any more); and what counts."""
    matched = match(facts)
    table: dict[str, Counter[str]] = {name: Counter() for name in (*(d.value for d in WATCHED), ELSEWHERE)}
    for i, performed in enumerate(facts.performed):
        doing, event = performed.act.doing, matched.get(i)
        if doing not in WATCHED or (doing is Doing.CLICK and not performed.personal):
            continue
        name = ELSEWHERE if doing is Doing.SCAN and not performed.personal else doing.value
        table[name][event.verdict.value if event else "not recorded"] += 1
        if event and key(event) in facts.counted:
            table[name]["counts as a person"] += 1
    return {name: dict(counted) for name, counted in table.items() if counted}


ELSEWHERE = "scan elsewhere"
WATCHED = (Doing.CLICK, Doing.SCAN, Doing.OPEN, Doing.PROXIED_OPEN, Doing.PREFETCH)


def match(facts: Facts) -> dict[int, Event]:
    """Place in `performed` -> the event recorded of it. Same supporter, mail, kind and link; in order of time."""
    ids = {person.address.lower(): person.id for person in facts.people.values()}
    recorded: dict[tuple[Any, ...], list[Event]] = defaultdict(list)
    for event in sorted(facts.events, key=lambda e: e.at):
        recorded[event.supporter, event.send, event.kind, event.n].append(event)
    found: dict[int, Event] = {}
    for i, performed in sorted(enumerate(facts.performed), key=lambda pair: pair[1].at):
        kind = EventKind.CLICKED if performed.n is not None else EventKind.OPENED
        waiting = recorded.get((ids.get(performed.act.reader.lower()), performed.send, kind, performed.n))
        if waiting and abs(waiting[0].at / 1000 - performed.at) < 60:
            found[i] = waiting.pop(0)
    return found


def self_checks(facts: Facts, enough: int) -> tuple[Check, ...]:
    """What the demonstration holds itself to, read from the `.eml` files and the ledger."""
    planned = {send.send: send.planned for send in facts.sends}
    return (
        checks.nobody_twice(((p.send, p.supporter) for p in facts.posted), ((r.send, r.supporter) for r in facts.rows)),
        checks.all_final(planned, {(row.send, row.supporter): row.state for row in facts.rows}),
        checks.untracked_alike(untracked(facts)),
        checks.suppressed_stay_out(facts.suppressed_addresses, {posted.address.lower() for posted in facts.posted}),
        checks.only_people_decide(*_decisions(facts)),
        checks.selections_differ(selections(facts), enough),
    )


def _decisions(facts: Facts) -> tuple[set[str], set[str]]:
    """Whose consents changed since the first send, and who did something to that end."""
    ids = {person.address.lower(): person.id for person in facts.people.values()}
    changed = {record.supporter for record in facts.consents if record.at > facts.sends[0].at * 1000}
    deciding = (Doing.CHOOSE, Doing.REGRET, Doing.LEAVE)
    return changed, {ids.get(p.act.reader.lower(), "") for p in facts.performed if p.act.doing in deciding and p.status == 200}


def untracked(facts: Facts) -> Iterator[checks.Untracked]:
    """The mails to supporters whose proof, at the moment of the mail, held nothing beyond `newsletter`."""
    rows = {(row.send, row.supporter): row for row in facts.rows}
    for send in facts.sends:
        edition = facts.editions[send.edition]
        entries = {n: link.entry for n, link in enumerate(edition.links)}
        expected = _staffs_order([entry.must for entry in edition.entries], edition.show)
        allowed = _during(facts, send, rows)
        for posted in facts.posted:
            row = rows.get((posted.send, posted.supporter))
            if posted.send == send.send and row is not None and not allowed.get(posted.supporter, True):
                mail = read_file(posted.file)
                yield checks.Untracked(send.send, row.language, row.form, row.greeting, mail, entries, expected)


def _during(facts: Facts, send: SendFacts, rows: Mapping[tuple[str, str], Row]) -> dict[str, bool]:
    """Supporter -> whether anything beyond `newsletter` was allowed when their mail of this send was made."""
    before = states(facts, max((row.at for (s, _), row in rows.items() if s == send.send), default=0))
    return {supporter: any(state.granted(p) for p in EXTRA) for supporter, state in before.items()}


def _staffs_order(must: list[bool], show: int) -> list[int]:
    """The first entries, with room kept for every must-have."""
    room, chosen = show - sum(must), []
    for entry, needed in enumerate(must):
        if needed or room > 0:
            chosen.append(entry)
            room -= not needed
    return chosen


def closing(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The table at the end of a run: name and value, in words."""
    people, compared = figures["supporters"], figures["comparison"]
    last = figures["sends"][-1]
    clicked = figures["events"].get("clicked", {})
    return [
        (
            "Supporters",
            f"{people['imported']} imported, {people['rejected']} rows rejected, {people['suppressed']} kept out (suppressed)",
        ),
        ("Mails", f"{sum(_went_out(send) for send in figures['sends'])} in {len(figures['sends'])} editions"),
        ("Consents", ", ".join(f"{name} {n['now']}" for name, n in figures["consents"].items())),
        ("Clicks recorded", f"{sum(clicked.values())}, of which {figures['human_clicks']} count as a person's"),
        ("With an interest tag", str(figures["supporters_with_interest_tag"])),
        ("Last edition", f"{figures['distinct_selections']} different selections in {_went_out(last)} mails"),
        ("Selected / editorial", comparison_line(compared)),
        ("Seconds", ", ".join(f"{name} {value}" for name, value in figures["seconds"].items())),
    ]


def comparison_line(compared: Mapping[str, Any]) -> str:
    """Both click rates and their ratio, with its interval."""
    rates = f"{compared['selected']['rate']:.2f} / {compared['editorial']['rate']:.2f} human clicks per delivered mail"
    if compared["ratio"] is None:
        return f"{rates}; too few to compare"
    high = "no upper end" if compared["high"] is None else f"{compared['high']:.2f}"
    return f"{rates}: {compared['ratio']:.2f} times (95 % interval {compared['low']:.2f} to {high})"


def _went_out(send: Mapping[str, Any]) -> int:
    return sum(n for state, n in send["states"].items() if state not in ("skipped", "failed", "claimed", "waiting"))
