"""A scanner follows every URL of a real mail, and every URL of the pages behind them, ten times over: nothing changes but what
is kept as a machine's and counts for nothing.
"""

import json
import os
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from functions.adapters import aws, clock
from functions.domain.consent import Purpose
from functions.domain.edition import Answer, BlockKind
from functions.domain.interest import human_clicks
from functions.domain.tokens import Power, sign_short
from infra.description import DEPLOYMENT
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition, a_mailing_list, a_taxonomy
from tests.functions.party import ok
from tests.functions.readers import BROWSER, ring
from tests.stored import Stored

SCANNER = "Mozilla/5.0 (compatible; Barracuda Link Protection)"
TIMES = 10
BEHIND = ("/why$", "/view$", "^/a/", "^/fresh", "/data", "^/policy", "^/transparency")  # pages that it comes to
PERSON = "person01"
EVERYTHING = {purpose.value: f"g-{purpose}" for purpose in Purpose if purpose is not Purpose.NEWSLETTER}
_URL = re.compile(r"https?://[^\s\"'<>)\]]+")
_LINKED = re.compile(r'(?:href|src|action)="([^"]+)"')
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def mailed(empty_platform: Platform) -> Iterator[Stored]:
    """Somebody who allows everything, and had a mail with every kind of block."""
    stored = Stored(empty_platform)
    admin = Client(empty_platform.url, empty_platform.staff_token("admin"))
    ok(admin.put("/v1/topics", a_taxonomy().to_json()))
    stored.put("catalogue", _list_row())
    kinds = {f"blok-{kind.value}": kind for kind in BlockKind}
    poll = a_block("peiling", BlockKind.POLL, answers=(Answer("Ja"), Answer("Nee")))
    edition = a_compiled_edition([poll, *(a_block(id_, kind) for id_, kind in kinds.items())])
    stored.edition(edition)
    stored.supporter(PERSON, grants=EVERYTHING, topics={"care"})
    stored.send(edition)
    empty_platform.drain()
    yield stored
    empty_platform.reset()


def _list_row() -> dict[str, Any]:
    return {"kind": "list", "id": "landelijk", "body": json.dumps(a_mailing_list().to_json()), "version": 1, "updated": 1}


def urls(stored: Stored) -> list[str]:
    """Every URL of ours in the mail, its headers too, and behind a fresh link that was mailed as well."""
    (mail,) = stored.platform.outbox.mails()
    found = [*_LINKED.findall(mail.html), *_URL.findall(mail.text), *_URL.findall(str(mail.message["List-Unsubscribe"]))]
    fresh = sign_short(ring(), Power.FRESH, PERSON, 4_102_444_800)
    home = stored.platform.public_url
    ours = [unescape(url).removeprefix(home) for url in [*found, f"{home}/m/{fresh}"] if unescape(url).startswith(home)]
    return list(dict.fromkeys(ours))


def crawled(web: Client, start: list[str], agent: str) -> list[str]:
    """What a scanner comes to that follows each link of each page, and takes where a form leads for a link as well."""
    seen: dict[str, None] = {}
    todo = list(start)
    while todo and len(seen) < 200:
        path = todo.pop(0)
        if path in seen:
            continue
        seen[path] = None
        reply = web.get(path, User_Agent=agent)
        assert reply.status < 500, (path, reply.status)
        if reply.headers.get("content-type", "").startswith("text/html"):
            links = [unescape(link) for link in _LINKED.findall(reply.text)]
            todo += [link for link in links if link.startswith("/") and not link.startswith("//")]
    return list(seen)


def scan(web: Client, paths: list[str], agent: str) -> None:
    for _ in range(TIMES):
        for path in paths:
            for reply in (web.get(path, User_Agent=agent), web.head(path, User_Agent=agent)):
                assert reply.status < 500, (path, reply.status)


def dump(stored: Stored) -> Rows:
    """Every row of every table, in an order that does not change."""
    found = {table.name: stored.rows(table.name) for table in DEPLOYMENT.tables}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def objects() -> set[tuple[str, str]]:
    found = aws.s3().list_objects_v2(Bucket=os.environ["CONTENT_BUCKET"]).get("Contents", [])
    return {(each["Key"], each["ETag"]) for each in found}


def test_a_scanner_that_follows_every_url_ten_times_changes_nothing_but_discarded_events(mailed: Stored, web: Client) -> None:
    start = urls(mailed)
    assert {path.split("/")[1] for path in start} >= {"c", "o", "s", "u", "m"}
    before, kept = dump(mailed), objects()
    paths = crawled(web, start, SCANNER)
    assert [page for page in BEHIND if not any(re.search(page, path) for path in paths)] == []
    scan(web, paths, SCANNER)
    mailed.platform.drain()
    after = dump(mailed)
    events = after.pop("events")
    assert after == {name: rows for name, rows in before.items() if name != "events"}
    assert objects() == kept
    assert len(mailed.platform.outbox.mails()) == 1
    assert events
    assert {event["verdict"] for event in events} == {"machine"}


def test_one_that_poses_as_a_browser_an_hour_later_teaches_nothing(mailed: Stored, web: Client) -> None:
    """Its clicks look like a person's one by one. That they all came at once gives it away when the profile is read."""
    mailed.platform.clock.advance(3600)
    before = dump(mailed)
    crawled(web, urls(mailed), BROWSER)
    mailed.platform.drain()
    after = dump(mailed)
    (person,) = after.pop("supporters")
    clicks = person.pop("clicks")
    assert len(clicks) >= 4
    assert not human_clicks(clicks, clock.now())
    assert person.pop("tags", []) == []
    assert [person] == before["supporters"]
    told = {"supporters", "events", "totals"}  # a scanner of this kind is in the totals: numbers, of nobody
    assert {name: rows for name, rows in after.items() if name not in told} == {
        name: rows for name, rows in before.items() if name not in told
    }
