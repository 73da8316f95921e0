import random
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import plugin

TOPICS = ["climate", "care", "schools", "housing", "migration", "safety"]
NOW = 1_795_338_000.0
WEEK = 7 * 86400


@pytest.fixture(autouse=True)
def a_population() -> Iterator[None]:
    plugin.configure(topics=TOPICS)
    yield
    plugin.configure(topics=TOPICS)


def a_mail(week: int, length: int = 6) -> list[tuple[str, int, float]]:
    order = random.Random(week).sample(TOPICS, len(TOPICS))
    return [(topic, slot, 0.05) for slot, topic in enumerate(order[:length])]


def a_click(week: int, topic: str, **known: Any) -> dict[str, Any]:
    shown = a_mail(week)
    slot = next(s for t, s, _ in shown if t == topic)
    return {
        "id": f"{week}-{topic}",
        "type": "click",
        "ts": NOW - (20 - week) * WEEK + 3600 + 100 * slot,
        "campaign": f"edition {week}.0",
        "block": f"{week}/{topic}",
        "topic": topic,
        "slot": slot,
        "shown": shown,
        "delay": 3600.0,
        "datacentre": False,
        "proxy": False,
    } | known


def candidates(n: int = 24) -> list[dict[str, Any]]:
    drawn = random.Random(7)
    return [
        {"id": f"block {i}", "topic": TOPICS[i % 6], "base": drawn.uniform(0.02, 0.09), "order": i, "must": False} for i in range(n)
    ]


def learned(events: list[dict[str, Any]]) -> plugin.Profile:
    profile = plugin.new_profile()
    for event in events:
        profile = plugin.update(profile, event)
    return profile


FAVOURITE = [a_click(week, "care") for week in range(1, 13)]


def test_what_is_clicked_is_served_more_and_tagged() -> None:
    profile = learned(FAVOURITE)
    by_id = {c["id"]: c for c in candidates()}
    served = plugin.rank(profile, candidates(), NOW)
    assert by_id[served[0]]["topic"] == "care"
    assert plugin.tags(profile, NOW) == {"care"}
    score = plugin.score(profile, candidates(), NOW)
    assert score[1] / candidates()[1]["base"] > 1.5
    assert score[0] / candidates()[0]["base"] < 1


def test_of_whom_nothing_is_known_the_most_popular_is_served() -> None:
    popular = sorted(candidates(), key=lambda c: -c["base"])
    assert plugin.rank(plugin.new_profile(), candidates(), NOW, seed="s") == [c["id"] for c in popular[:8]]
    assert plugin.score(plugin.new_profile(), candidates(), NOW) == [c["base"] for c in candidates()]
    assert plugin.tags(plugin.new_profile(), NOW) == set()


def test_disorder_and_repeats_change_no_mail() -> None:
    events = [*FAVOURITE, *(a_click(week, "housing") for week in range(3, 8))]
    ordered = learned(events)
    for n in range(5):
        shuffled = random.Random(n).sample(events, len(events)) + events[::3]
        profile = learned(shuffled)
        assert profile.clicks == ordered.clicks
        assert plugin.rank(profile, candidates(), NOW, seed="s") == plugin.rank(ordered, candidates(), NOW, seed="s")


def test_a_retry_serves_the_same_whatever_was_clicked_since() -> None:
    before = learned(FAVOURITE)
    after = plugin.update(before, a_click(25, "safety"))
    assert after != before
    assert plugin.rank(after, candidates(), NOW, seed="s") == plugin.rank(before, candidates(), NOW, seed="s")


def test_opens_and_machines_teach_nothing() -> None:
    profile = learned(FAVOURITE)
    for event in (
        a_click(15, "safety", type="open"),
        a_click(15, "safety", type="open", proxy=True),
        a_click(15, "safety", delay=2.0),
        a_click(15, "safety", datacentre=True),
    ):
        assert plugin.update(profile, event) is profile


def test_a_scanner_that_clicks_everything_changes_no_score() -> None:
    scanned = [
        a_click(week, topic, ts=NOW - (20 - week) * WEEK + 30 + i, delay=30.0 + i)
        for week in range(1, 13)
        for i, topic in enumerate(TOPICS)
    ]
    profile = learned(scanned + FAVOURITE)
    assert plugin.score(profile, candidates(), NOW) == plugin.score(learned(FAVOURITE), candidates(), NOW)


def test_a_click_in_a_mail_that_is_not_known_counts_once_per_block() -> None:
    unknown = [a_click(week, "care", shown=None, slot=None, campaign=None) for week in range(1, 6)]
    profile = learned(unknown + unknown)
    assert len(profile.clicks) == 5
    assert plugin.score(profile, candidates(), NOW)[1] > candidates()[1]["base"]


def test_population_shares_are_what_an_unknown_mail_is_held_against() -> None:
    profile = learned([a_click(week, "care", shown=None) for week in range(1, 6)])
    scores = []
    for share in (0.05, 0.6):
        plugin.configure(pi={topic: share if topic == "care" else (1 - share) / 5 for topic in TOPICS})
        scores.append(plugin.score(profile, candidates(), NOW)[1])
    assert scores[0] > scores[1] > candidates()[1]["base"]


def test_unknown_parameters_are_ignored_and_half_life_is_in_days() -> None:
    profile = learned([*FAVOURITE, *(a_click(week, "housing") for week in range(13, 18))])
    plugin.configure(half_life=30, pos=[1.0, 0.5], colour="red")
    short = plugin.score(profile, candidates(), NOW)
    plugin.configure(half_life=30 * 86400)
    assert plugin.score(profile, candidates(), NOW) == short
    plugin.configure(topics=TOPICS)
    long = plugin.score(profile, candidates(), NOW)
    assert short[1] / short[3] < long[1] / long[3]


def test_where_tastes_foretell_nothing_popularity_decides() -> None:
    people = []
    for person in range(60):
        topics = [TOPICS[(person + week) % 6] for week in range(1, 9)]
        people.append(learned([a_click(week, topic) for week, topic in enumerate(topics, 1)]))
    personal = plugin.score(people[0], candidates(), NOW)
    plugin.nightly(people, NOW)
    assert plugin.score(people[0], candidates(), NOW) == [c["base"] for c in candidates()] != personal
    plugin.nightly({n: learned([a_click(week, TOPICS[n % 6]) for week in range(1, 9)]) for n in range(60)}, NOW)
    assert plugin.score(people[0], candidates(), NOW) == personal


def test_must_haves_are_served() -> None:
    held = [c | {"must": c["id"] in ("block 3", "block 20")} for c in candidates()]
    assert {"block 3", "block 20"} <= set(plugin.rank(learned(FAVOURITE), held, NOW, k=4, seed="s"))


def test_a_profile_stays_under_a_kilobyte() -> None:
    profile = learned([a_click(week % 20, TOPICS[week % 6], campaign=f"c{week}") for week in range(200)])
    assert plugin.size(plugin.new_profile()) == 0
    assert 0 < plugin.size(profile) < 1100


def test_topics_are_opaque_and_as_many_as_there_are() -> None:
    many = [f"onderwerp.{n} é" for n in range(100)]
    shown = [(topic, slot, 0.05) for slot, topic in enumerate(many[60:68])]
    profile = learned([a_click(1, "care", slot=4, shown=shown, campaign=f"c{n}") | {"topic": many[64]} for n in range(6)])
    assert plugin.tags(profile, NOW) == {many[64]}
