"""The summary counts what was recorded, and its self-checks fail when the mails or the ledger are tampered with."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from functions.domain.assembly import CompiledEdition, CompiledEntry, Link
from functions.domain.consent import Act as ConsentAct
from functions.domain.consent import ConsentRecord, Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.interest import encode_shown
from functions.domain.topic import Taxonomy, Topic
from local.demo import report, story
from local.demo.facts import Facts, Performed, Person, Posted, Row, SendFacts
from local.demo.readers import Act, Doing
from local.demo.summary import closing, self_checks, summary

TOPICS = ("climate", "education", "housing", "safety", "mobility", "vote")
SEND, EDITION, SENT_MS = "send0001", "edition1", 1_000_000_000
EML = """From: Noor <noor@party.example>\r
To: {who}@example.org\r
Subject: Hello\r
List-Unsubscribe: <https://mail.example.org/u/U{who}>\r
Content-Type: multipart/alternative; boundary="b"\r
\r
\r
--b\r
Content-Type: text/plain; charset="utf-8"\r
\r
Beste {who},\r
--b\r
Content-Type: text/html; charset="utf-8"\r
\r
<p>Beste {who},</p>{blocks}<a href="https://mail.example.org/s/S{who}">Choices</a>\r
--b--\r
"""


def eml(folder: Path, who: str, links: str, entries: tuple[int, ...]) -> Path:
    blocks = "".join(f'<a href="https://mail.example.org/{links}/{n}">Read</a>' for n in entries)
    file = folder / f"{who}.eml"
    file.write_text(EML.format(who=who, blocks=blocks), newline="")
    return file


def row(who: str, entries: tuple[int, ...], **more: str) -> Row:
    picks = ".".join(f"{n}{'o' if more.get('selection') == 'observed' else 'e'}" for n in entries)
    return replace(
        Row(SEND, who, "delivered", picks=picks, selection="editorial", links="shared", language="nl", form="informal"),
        greeting=f"Beste {who},",
        at=SENT_MS,
        **more,  # type: ignore[arg-type]
    )


def consent(who: str, purpose: Purpose, at: int) -> ConsentRecord:
    list_ = "national" if purpose is Purpose.NEWSLETTER else None
    return ConsentRecord(f"{who}{purpose}", who, purpose, ConsentAct.GRANTED, at, "w", "x", "nl", "page", who, list_)


def click(who: str, slot: int, entry: int, seconds: float, verdict: Verdict = Verdict.HUMAN) -> Event:
    shown = encode_shown([(topic[0], 0.05) for topic in TOPICS])
    at = SENT_MS + int(seconds * 1000)
    where = {"n": entry, "entry": entry, "slot": slot, "topics": (TOPICS[entry][0],), "shown": shown}
    return replace(Event(who, f"r{at}{entry}", EventKind.CLICKED, SEND, 0, EDITION, at, verdict, {}), **where)  # type: ignore[arg-type]


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    """Four supporters, one edition of six blocks of which five are shown: two plain, one selected for, one scanned."""
    taxonomy = Taxonomy(tuple(Topic(topic, topic[0], {"en": topic.title()}) for topic in TOPICS))
    entries = tuple(CompiledEntry(f"block-{n}", (topic[0],), 0.05, n == 5, (n, n + 1)) for n, topic in enumerate(TOPICS))
    links = tuple(Link("https://party.example/", n) for n in range(6))
    edition = CompiledEdition(EDITION, "v", "week-1-test", "national", "c" * 8, "Noor", "n@p", "r@p", 5, links, entries, {}, 1)
    staffs, chosen = (0, 1, 2, 3, 5), (4, 0, 5, 2, 1)
    personal = {"links": "personal", "selection": "observed", "arm": "selected"}
    mails = {who: eml(tmp_path, who, f"l/{EDITION}", staffs) for who in ("an", "bo")}
    mails |= {who: eml(tmp_path, who, f"c/T{who}", chosen) for who in ("cas", "dia")}
    people = {who: Person(who, f"{who}@example.org", "nl", frozenset(), frozenset(), ()) for who in mails}
    people["cas"] = replace(people["cas"], grants=frozenset({"observed_interest"}), tags=("safety",))
    burst = [click("dia", slot, entry, 40 + slot) for slot, entry in enumerate(chosen)]
    read = [click("cas", 0, 4, 7200), click("cas", 0, 4, 7300), click("cas", 1, 0, 7400)]
    doings = [*((Doing.SCAN, event) for event in burst), *((Doing.CLICK, event) for event in read)]
    acts = [(Act(event.at / 1000, f"{event.supporter}@example.org", doing, "u", "a"), event) for doing, event in doings]
    return Facts(
        imported={"rows": 6, "imported": 4, "suppressed": 1, "rejected": 1},
        rejections={"address: no @": 1},
        suppressions=1,
        suppressed_addresses=("gone@example.org",),
        sends=(SendFacts(1, EDITION, "week-1-test", "national", SEND, SENT_MS / 1000, frozenset(mails), 0.5),),
        rows=(*(row(who, staffs) for who in ("an", "bo")), *(row(who, chosen, **personal) for who in ("cas", "dia"))),
        editions={EDITION: edition},
        people=people,
        consents=(
            *(consent(who, Purpose.NEWSLETTER, 1) for who in mails),
            *(consent(who, Purpose.OBSERVED_INTEREST, 2) for who in ("cas", "dia")),
        ),
        events=(*burst, *read),
        totals={(EDITION, 0): 12, (EDITION, 1): 9},
        posted=tuple(Posted(SEND, who, f"{who}@example.org", file) for who, file in mails.items()),
        performed=tuple(Performed(act, SEND, act.at, 302, event.n, True) for act, event in acts),
        tastes={},
        taxonomy=taxonomy,
        titles={f"block-{n}": {"nl": f"Blok {n}", "en": f"Block {n}"} for n in range(6)},
        now=SENT_MS / 1000 + 600_000,
        seed=1,
    )


def failing(facts: Facts) -> list[str]:
    return [check.name for check in self_checks(facts, enough=2) if not check.ok]


def test_an_honest_run_holds(facts: Facts) -> None:
    assert failing(facts) == []


def retold(facts: Facts, who: str, change: Callable[[str], str]) -> Facts:
    file = next(posted.file for posted in facts.posted if posted.supporter == who)
    file.write_text(change(file.read_bytes().decode()), newline="")
    return facts


def test_a_pixel_in_an_untracked_mail_is_found(facts: Facts) -> None:
    pixel = '<img src="https://mail.example.org/o/Tbo" alt=""></p>'
    assert failing(retold(facts, "bo", lambda text: text.replace("</p>", pixel))) == ["untracked_alike"]


def test_a_personal_link_in_an_untracked_mail_is_found(facts: Facts) -> None:
    assert failing(retold(facts, "bo", lambda text: text.replace(f"/l/{EDITION}/", "/c/Tbo/"))) == ["untracked_alike"]


def test_a_word_that_only_one_of_them_reads_is_found(facts: Facts) -> None:
    assert failing(retold(facts, "bo", lambda text: text.replace("Read", "Read this", 1))) == ["untracked_alike"]


def test_blocks_out_of_staffs_order_are_found(facts: Facts) -> None:
    swapped = retold(facts, "an", lambda text: text.replace("/0", "/9").replace("/1", "/0").replace("/9", "/1"))
    assert failing(swapped) == ["untracked_alike"]


def test_who_consented_before_the_mail_is_not_among_the_untracked(facts: Facts) -> None:
    later = replace(facts, consents=(*facts.consents[:4], *(replace(r, at=SENT_MS + 1) for r in facts.consents[4:])))
    assert "untracked_alike" in failing(later)  # their personal links came before their consent


def test_a_second_mail_and_a_lost_message_are_found(facts: Facts) -> None:
    assert failing(replace(facts, posted=(*facts.posted, facts.posted[0]))) == ["nobody_twice"]
    assert failing(replace(facts, rows=facts.rows[1:])) == ["nobody_twice", "all_final"]
    assert failing(replace(facts, rows=(replace(facts.rows[0], state="claimed"), *facts.rows[1:]))) == ["all_final"]


def test_a_consent_that_nobody_gave_is_found(facts: Facts) -> None:
    given = replace(facts, consents=(*facts.consents, consent("bo", Purpose.OPEN_PIXEL, SENT_MS + 5)))
    assert failing(given) == ["only_people_decide"]
    posted = Performed(Act(SENT_MS / 1000 + 4, "bo@example.org", Doing.CHOOSE, "u", "a"), SEND, SENT_MS / 1000 + 4, 200)
    assert failing(replace(given, performed=(*given.performed, posted))) == []


def test_a_mail_to_a_suppressed_address_is_found(facts: Facts) -> None:
    assert failing(replace(facts, suppressed_addresses=("AN@example.org",))) == ["suppressed_stay_out"]


def test_a_scanners_burst_and_a_second_click_do_not_count(facts: Facts) -> None:
    figures = summary(facts, {"total": 1.0}, ())
    assert figures["human_clicks"] == 2
    assert figures["events"] == {"clicked": {"human": 8}}
    assert figures["verdicts_against_truth"]["scan"] == {"human": 5}
    assert figures["verdicts_against_truth"]["click"] == {"human": 3, "counts as a person": 2}
    assert figures["comparison"]["selected"] | {"low": 0, "high": 0} == {"people": 2, "clicks": 2, "rate": 1, "low": 0, "high": 0}


def test_consents_are_counted_from_their_proof(facts: Facts) -> None:
    withdrawn = replace(facts.consents[-1], act=ConsentAct.WITHDRAWN, at=5, id="w")
    figures = summary(replace(facts, consents=(*facts.consents, withdrawn)), {"total": 1.0}, ())
    assert figures["consents"]["newsletter"] == {"now": 4, "granted": 4, "withdrawn": 0}
    assert figures["consents"]["observed_interest"] == {"now": 1, "granted": 2, "withdrawn": 1}


def test_the_summary_is_json_and_its_table_reads(facts: Facts) -> None:
    figures = json.loads(json.dumps(summary(facts, {"set-up": 1.0, "total": 3.21}, self_checks(facts, 2))))
    assert figures["supporters"]["rejected_per_reason"] == {"address: no @": 1}
    assert figures["sends"][0]["states"] == {"delivered": 4}
    assert figures["distinct_selections"] == 2
    table = dict(closing(figures))
    assert table["Clicks recorded"] == "8, of which 2 count as a person's"
    assert "too few" in table["Selected / editorial"]


def test_shared_links_are_shown_from_ten_clicks_up(facts: Facts) -> None:
    shown = {block.name: block.shared for block in story.clicks_per_block(facts)}
    assert shown["Block 0"] == 12
    assert shown.get("Block 1", 0) == 0


def test_the_report_is_one_file_without_script_or_third_party(facts: Facts) -> None:
    figures = summary(facts, {"set-up": 1.0, "total": 3.0}, self_checks(facts, 2))
    page = report.render(facts, figures, story.pair(facts), {})
    assert "<script" not in page
    assert "simulated" in page
    assert page.count("<iframe sandbox=") == 2
    assert "mail.example.org" not in page  # no token of a mail is left in it
    assert not [mark for mark in ('src="http', "url(http", "@import", "<link") if mark in page]
