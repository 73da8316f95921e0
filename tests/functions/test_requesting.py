"""A series of mails that asks for consent: one mail and one reminder, untracked, for who may be asked."""

from typing import Any

import pytest

from functions.adapters.proof import item_of
from functions.domain.assembly import CompiledEdition
from functions.domain.consent import Act, ConsentRecord, Purpose
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.stored import LIST, Stored

ANN, BOB, CAS, DEE = "annannan", "bobbobbo", "cascasca", "deedeede"
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(3)])


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition) -> Stored:
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    return on_platform


def said(stored: Stored, supporter: str, act: Act, days_ago: float, purpose: Purpose = Purpose.DECLARED_TOPICS) -> None:
    at = int(stored.platform.clock.now() * 1000 - days_ago * DAY_MS)
    record = ConsentRecord("r1", supporter, purpose, act, at, "choices-1", "h", "nl", "choices-page", "supporter")
    stored.put("consents", item_of(record))


def outcome(stored: Stored, send: str) -> dict[str, str]:
    """Supporter -> state or reason, in one send."""
    stored.platform.drain()
    rows = (row for row in stored.rows("messages") if row["chunk"].startswith(f"{send}#"))
    return {row["supporter"]: row.get("reason", row["state"]) for row in rows}


def test_only_who_may_be_asked_gets_the_mail(stored: Stored, edition: CompiledEdition) -> None:
    for id_ in (ANN, BOB, CAS):
        stored.supporter(id_)
    stored.supporter(DEE, too_young=True)
    said(stored, BOB, Act.REFUSED, 100)
    said(stored, CAS, Act.REFUSED, 200)
    stored.send(edition, "askask01", terms={"request": "ask"})
    no = "not_to_be_asked"
    assert outcome(stored, "askask01") == {ANN: "delivered", BOB: no, CAS: "delivered", DEE: no}


def test_there_is_one_mail_and_one_reminder_and_no_third(stored: Stored, edition: CompiledEdition) -> None:
    for id_ in (ANN, BOB):
        stored.supporter(id_)
    stored.send(edition, "askask01", terms={"request": "ask"})
    assert outcome(stored, "askask01") == {ANN: "delivered", BOB: "delivered"}
    said(stored, BOB, Act.GRANTED, 0)
    stored.supporter(CAS)  # came later: was not asked, so is not reminded
    no = "not_to_be_asked"
    stored.send(edition, "remind01", terms={"request": "reminder"})
    assert outcome(stored, "remind01") == {ANN: "delivered", BOB: no, CAS: no}
    stored.send(edition, "askask02", terms={"request": "ask"})
    assert outcome(stored, "askask02") == {ANN: no, BOB: no, CAS: "delivered"}
    stored.send(edition, "remind02", terms={"request": "reminder"})
    assert outcome(stored, "remind02") == {ANN: no, BOB: no, CAS: "delivered"}


def test_a_mail_that_asks_follows_nobody_and_is_chosen_for_nobody(stored: Stored, edition: CompiledEdition) -> None:
    grants: dict[str, Any] = {"click_measurement": "g1", "open_pixel": "g2", "observed_interest": "g3"}
    stored.supporter(ANN, grants=grants)
    stored.send(edition, "askask01", terms={"request": "ask"})
    assert outcome(stored, "askask01") == {ANN: "delivered"}
    [row] = stored.rows("messages")
    assert (row["selection"], row["links"], row["pixel"]) == ("editorial", "shared", False)


def test_the_report_says_how_many_were_asked_from_ten_up(stored: Stored, edition: CompiledEdition, staff: Client) -> None:
    for n in range(12):
        stored.supporter(f"person{n:02d}")
    stored.send(edition, "askask01", terms={"request": "ask"})
    outcome(stored, "askask01")
    [line] = staff.get("/v1/consents/report").json()["requests"]
    assert (line["send"], line["list"], line["request"], line["asked"]) == ("askask01", LIST, "ask", 12)
