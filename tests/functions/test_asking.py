"""Asking for consent: from a mail in two taps, by a series of mails, and what came of it."""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import clock
from functions.adapters.catalogue import Catalogue
from functions.adapters.consent_counts import FRESH_MS, ConsentCounts
from functions.adapters.items import item
from functions.adapters.proof import item_of
from functions.adapters.totals import Totals
from functions.domain.asking import AUTOMATED
from functions.domain.consent import Act, ConsentRecord, Purpose
from functions.domain.consent_report import Group
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import TOPICS, Reader, World, an_id, world

FORM = "application/x-www-form-urlencoded"
CODES = {topic: code for topic, code, _ in TOPICS}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def tap(web: Client, reader: Reader, answer: str, *topics: str, **more: Any) -> Reply:
    """The second tap: a button of the page that a topic in the mail led to."""
    fields = {"wording": "choices-3", "language": "nl", "form": "informal", "add": "yes", "topics": topics}
    path = f"{reader.choices}?t={CODES[topics[0] if topics else 'care']}"
    return web.post(path, urlencode({**fields, "declared_topics": answer}, doseq=True), Content_Type=FORM, **more)


# From the mail to a topic in two taps


def test_a_topic_in_the_mail_opens_the_question_with_that_topic_ticked_and_saves_nothing(sent: World, web: Client) -> None:
    reader = sent.reader()
    before = reader.stored
    page = web.get(f"{reader.choices}?t=z").text
    assert re.findall(r'value="([\w-]+)" checked', page) == ["care"]
    assert re.findall(r'type="submit" name="declared_topics" value="(\w+)"', page) == ["yes", "no"]
    assert "Je tikte in de mail ‘Zorg’ aan. Er is nog niets bewaard" in page
    assert 'type="radio" name="declared_topics"' not in page
    assert (reader.stored, reader.records) == (before, [])


def test_the_second_tap_is_a_yes_with_the_words_that_were_on_the_button(sent: World, web: Client) -> None:
    reader = sent.reader()
    assert tap(web, reader, "yes", "care").status == 200
    assert reader.stored["topics"] == {"care"}
    [record] = reader.records
    assert (record["purpose"], record["act"], record["source"]) == ("declared_topics", "granted", "choices-page")
    assert record["wording"] == "choices-3.declared_topics.informal"


def test_a_tap_adds_to_the_topics_chosen_before(sent: World, web: Client) -> None:
    reader = sent.reader(grants={"declared_topics": "g"}, topics={"housing"})
    tap(web, reader, "yes", "care")
    assert reader.stored["topics"] == {"care", "housing"}


def test_a_tap_on_a_topic_that_was_switched_off_switches_it_on(sent: World, web: Client) -> None:
    reader = sent.reader(muted={"care", "housing"})
    tap(web, reader, "yes", "care")
    assert (reader.stored["topics"], reader.stored["muted"]) == ({"care"}, {"housing"})


def test_the_page_in_another_language_still_asks_about_that_topic(sent: World, web: Client) -> None:
    reader = sent.reader()
    page = web.get(f"{reader.choices}?t=z").text
    assert re.findall(r'<a href="(\?[^"]*)"', page)[0] == "?t=z&amp;language=nl"
    assert "You tapped" in web.get(f"{reader.choices}?t=z&language=en").text


def test_the_other_button_is_a_no_and_keeps_no_topic(sent: World, web: Client) -> None:
    reader = sent.reader()
    tap(web, reader, "no", "care")
    assert "topics" not in reader.stored
    assert [record["act"] for record in reader.records] == ["refused"]


def test_a_yes_without_any_topic_is_asked_again(sent: World, web: Client) -> None:
    reader = sent.reader()
    reply = tap(web, reader, "yes")
    assert reply.status == 422
    assert " checked>" not in reply.text
    assert reader.records == []


def test_a_topic_nobody_knows_opens_the_page_as_it_is(sent: World, web: Client) -> None:
    reader = sent.reader()
    assert web.get(f"{reader.choices}?t=nonsense").text == web.get(reader.choices).text


def test_a_mail_of_before_names_its_topic_in_the_address_and_still_leads_there(sent: World, web: Client) -> None:
    reader = sent.reader()
    page = web.get(f"{reader.choices}?topic=care").text
    assert "Je tikte in de mail ‘Zorg’ aan." in page
    assert "topic=" not in page, "not in the links to other languages"


# The report


def test_the_report_counts_per_wording_and_source_and_hides_the_few(platform: Platform, staff_as: Callable[..., Client]) -> None:
    totals = Totals(platform.aws.dynamodb, "totals")
    counts = ConsentCounts(platform.aws.dynamodb, "consents", Catalogue("catalogue"), totals, limit=7)
    before = clock.now() * 1000
    wording = f"report-{secrets.token_hex(3)}"
    for n in range(25):
        who = an_id()
        acts = [("granted", "choices-page")] if n < 14 else [("refused", "choices-page" if n < 24 else AUTOMATED)]
        for at, (act, source) in enumerate([*acts, *([("withdrawn", "my-mail")] if n < 2 else [])]):
            record = ConsentRecord(
                f"r{at}", who, Purpose.DECLARED_TOPICS, Act(act), 1000 + at, wording, "h", "nl", source, "supporter"
            )
            platform.aws.dynamodb.put_item(TableName="consents", Item=item(item_of(record)))
    page_group = Group("declared_topics", wording, "choices-page")
    for n in range(11):
        totals.count_left_open(page_group, f"request-{n}", int(before) // 1000 + n % 2 * 40 * 86_400)
        totals.count_left_open(replace(page_group, source="my-mail"), "request", int(before) // 1000) if n < 9 else None
    later = int(before) + 2 * FRESH_MS
    while (counted := counts.counted(later, pages=2)) is None or counted.going or counted.at != later:
        pass
    answer = staff_as("auditor").get("/v1/consents/report").json()
    own = {group["source"]: group for group in answer["groups"] if group["wording"] == wording}
    page = own["choices-page"]
    assert (page["answered"], page["yes"], page["no"], page["withdrew"]) == (24, 14, 10, None)
    assert page["yes_rate"] == pytest.approx(14 / 24, abs=1e-4)
    assert (page["unanswered"], own["my-mail"]["unanswered"], own[AUTOMATED]["unanswered"]) == (11, None, None)
    totals.count_left_open(page_group, "one more", int(before) // 1000)
    again = staff_as("auditor").get("/v1/consents/report").json()  # not before tomorrow: the difference is one form
    assert again["groups"] == answer["groups"]
    assert (own[AUTOMATED]["no"], own[AUTOMATED]["answered"]) == (None, 0)
    assert staff_as("editor").get("/v1/consents/report").status == 403


def left_open(sent: World, wording: str, source: str) -> dict[str, int]:
    found = Totals(sent.platform.aws.dynamodb, "totals").left_open()
    asked = {group: n for (group, _), n in found.items() if group.source == source}
    return {group.purpose: n for group, n in asked.items() if group.wording == f"{wording}.{group.purpose}.informal"}


def more(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {purpose: n - before.get(purpose, 0) for purpose, n in after.items() if n != before.get(purpose, 0)}


def test_a_form_sent_in_counts_the_questions_left_open_and_a_page_that_was_opened_counts_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants={"open_pixel": "g"})
    before = left_open(sent, "choices-3", "choices-page")
    for _ in range(3):
        web.get(reader.choices)
        web.head(reader.choices)
    assert left_open(sent, "choices-3", "choices-page") == before
    tap(web, reader, "yes", "care")
    # The pixel was allowed before, which the page does not show: to leave it open is no silence.
    after = left_open(sent, "choices-3", "choices-page")
    assert more(before, after) == {"observed_interest": 1, "click_measurement": 1}
    tap(web, reader, "no", **{"Sec-GPC": "1"})
    assert left_open(sent, "choices-3", "choices-page") == after
    rows = [row for n in range(10) for row in sent.query("totals", "link", f"asked/{n}")]
    assert rows and all(row.keys() == {"link", "shard", "forms", "expires"} for row in rows)


def test_answers_are_kept_also_when_what_was_left_open_cannot_be_counted(sent: World, web: Client, setting: Any) -> None:
    reader = sent.reader()
    setting("TOTALS_TABLE", "no-such-table")
    assert tap(web, reader, "yes", "care").status == 200
    assert reader.stored["topics"] == {"care"}
