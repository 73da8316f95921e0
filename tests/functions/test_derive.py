"""From clicks to interest tags: by the stream of the local platform, and by the handler with a documented payload."""

from copy import deepcopy
from typing import Any

import pytest

from functions.adapters import clock
from functions.adapters.events import to_item
from functions.adapters.items import item
from functions.domain.consent import Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.interest import parse
from local.client import Client
from local.platform import Platform
from tests.functions.readers import BROWSER, Reader, World, an_id, payload, world

GRANT = "g-observed"
OBSERVED = {"observed_interest": GRANT}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def clicked(reader: Reader, n: int = 0, **more: Any) -> Event:
    """A click on a block about climate in a mail of four, a minute ago."""
    values: dict[str, Any] = {
        "supporter": reader.id,
        "id": f"request-{n}",
        "kind": EventKind.CLICKED,
        "send": an_id(),
        "chunk": 0,
        "edition": reader.world.edition,
        "at": int(clock.now() * 1000) - 60_000,
        "verdict": Verdict.HUMAN,
        "grants": {Purpose.OBSERVED_INTEREST: GRANT},
        "n": 0,
        "entry": 0,
        "slot": 0,
        "topics": ("k",),
        "shown": "kizizizi",
    }
    return Event(**{**values, **more})


def records(*events: Event, name: str = "INSERT") -> dict[str, Any]:
    """The stream's payload with these events."""
    stream: dict[str, Any] = payload("dynamodb_stream")
    (pattern,) = stream["Records"]
    stream["Records"] = []
    for number, event in enumerate(events):
        record = deepcopy(pattern)
        record["eventName"] = name
        record["dynamodb"]["NewImage"] = item(to_item(event))
        record["dynamodb"]["SequenceNumber"] = str(1000 + number)
        stream["Records"].append(record)
    return stream


def topics(reader: Reader) -> list[str]:
    return [tag["topic"] for tag in reader.stored.get("tags", [])]


def test_clicks_over_http_become_a_profile_and_a_tag(sent: World, web: Client, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    web.get(reader.link(0), **{"User-Agent": BROWSER})
    platform.drain()
    (token,) = reader.stored["clicks"]
    click = parse(token)
    assert click is not None
    assert (click.send, click.slot, click.topic) == (sent.send, 0, "k")
    platform.invoke("derive", records(clicked(reader, 1), clicked(reader, 2), clicked(reader, 3)))
    assert topics(reader) == ["climate"]


def test_deriving_twice_changes_nothing(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    batch = records(*(clicked(reader, n) for n in range(4)))
    assert platform.invoke("derive", batch) == {"batchItemFailures": []}
    before = reader.stored
    assert len(before["clicks"]) == 4
    batch["Records"].reverse()
    platform.invoke("derive", batch)
    assert reader.stored == before


def test_deriving_leaves_the_version_alone(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    platform.invoke("derive", records(clicked(reader)))
    assert reader.stored["version"] == 1


def test_a_withdrawal_between_click_and_deriving_wins(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants={})
    assert platform.invoke("derive", records(clicked(reader))) == {"batchItemFailures": []}
    assert "clicks" not in reader.stored


def test_an_event_that_crossed_a_withdrawal_is_deleted(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants={"click_measurement": "g-click_measurement"})
    reader.observed("observed_interest", "click_measurement", request="still-measured")
    reader.observed("observed_interest", request="for-interests-alone")
    reader.observed("open_pixel", request="an-open")
    platform.drain()
    assert [event["event"].partition("#")[2] for event in reader.events] == ["still-measured"]


def test_a_new_yes_does_not_let_clicks_under_the_old_one_back_in(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants={"observed_interest": "g-another"})
    platform.invoke("derive", records(clicked(reader)))
    assert "clicks" not in reader.stored


def test_a_muted_topic_is_not_learned_about_however_often_it_is_clicked(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED, muted={"climate"})
    platform.invoke("derive", records(*(clicked(reader, n) for n in range(4)), clicked(reader, 5, topics=("z",), slot=1)))
    assert topics(reader) == []
    assert [parse(token).topic for token in reader.stored["clicks"]] == ["z"]  # type: ignore[union-attr]


def test_a_click_on_a_muted_topic_is_kept_only_where_statistics_may_have_it(sent: World, platform: Platform) -> None:
    both = {**OBSERVED, "click_measurement": "g-measured"}
    for grants, kept in ((OBSERVED, 0), (both, 1)):
        reader = sent.reader(grants=grants, muted={"climate"})
        sent.put("events", to_item(clicked(reader, grants={Purpose(purpose): grant for purpose, grant in grants.items()})))
        platform.drain()
        assert len(reader.events) == kept
        assert "clicks" not in reader.stored


def test_a_tag_of_a_muted_topic_goes_with_the_next_click(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED, muted={"climate"}, tags=[{"topic": "climate", "since": 1}])
    platform.invoke("derive", records(clicked(reader, topics=("z",), slot=1)))
    assert topics(reader) == []


def test_somebody_who_is_gone_teaches_nothing(sent: World, platform: Platform) -> None:
    nobody = Reader(sent, an_id())
    assert platform.invoke("derive", records(clicked(nobody))) == {"batchItemFailures": []}
    assert nobody.stored == {}


@pytest.mark.parametrize(
    "more",
    [
        {"verdict": Verdict.MACHINE},
        {"verdict": Verdict.UNSURE},
        {"kind": EventKind.OPENED, "slot": None, "topics": ()},
        {"slot": None, "topics": (), "entry": None},
        {"topics": ()},
        {"grants": {Purpose.CLICK_MEASUREMENT: "g-measured"}},
    ],
    ids=[
        "a machine's click",
        "an unsure click",
        "an open",
        "a link of the shell",
        "a block without topics",
        "a click that is only counted",
    ],
)
def test_what_teaches_nothing_about_interests(sent: World, platform: Platform, more: dict[str, Any]) -> None:
    reader = sent.reader(grants=OBSERVED)
    platform.invoke("derive", records(clicked(reader, **more)))
    assert "clicks" not in reader.stored


def test_an_expired_or_erased_event_teaches_nothing(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    stream = records(clicked(reader), name="REMOVE")
    del stream["Records"][0]["dynamodb"]["NewImage"]
    assert platform.invoke("derive", stream) == {"batchItemFailures": []}
    assert "clicks" not in reader.stored


def test_a_burst_over_all_links_of_a_mail_makes_no_tag(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    send = an_id()
    platform.invoke("derive", records(*(clicked(reader, n, send=send, slot=n, shown="kikikizi") for n in range(4))))
    assert len(reader.stored["clicks"]) == 4
    assert topics(reader) == []


def test_a_broken_record_is_reported_and_the_others_are_learned_from(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    stream = records(clicked(reader, 1), clicked(reader, 2), clicked(reader, 3))
    del stream["Records"][1]["dynamodb"]["NewImage"]["kind"]
    assert platform.invoke("derive", stream) == {"batchItemFailures": [{"itemIdentifier": "1001"}]}
    assert len(reader.stored["clicks"]) == 2


def test_a_tag_goes_when_the_clicks_have_faded(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED, tags=[{"topic": "climate", "since": 1}, {"topic": "abolished", "since": 1}])
    long_ago = int(clock.now() * 1000) - 700 * 86_400_000
    platform.invoke("derive", records(clicked(reader, at=long_ago), clicked(reader, 2, topics=("z",), slot=1)))
    assert topics(reader) == []


def test_the_profile_stays_bounded(sent: World, platform: Platform) -> None:
    month = 30 * 86_400_000
    now = int(clock.now() * 1000)
    reader = sent.reader(grants=OBSERVED)
    events = [clicked(reader, n, at=now - month - n * 3_600_000) for n in range(60)]
    platform.invoke("derive", records(*events))
    assert 24 <= len(reader.stored["clicks"]) <= 48
