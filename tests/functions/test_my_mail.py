"""My mail: what one's clicks say, asked in words; what one allows; how often, in which language and by what name."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import clock
from functions.adapters.events import to_item
from functions.adapters.pages import Pages, Voice
from functions.adapters.wordings import Wordings
from functions.domain.cap import DAY_MS
from functions.domain.consent import Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.interest import click_token
from functions.domain.supporter import FormOfAddress
from functions.domain.tokens import Power, sign_short
from functions.my import my_mail as step
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import BROWSER, EVERY_GRANT, Reader, World, an_id, ring, world

FORM = "application/x-www-form-urlencoded"
OBSERVED = {"observed_interest": "g-observed_interest"}
BOTH = {**OBSERVED, "declared_topics": "g-declared_topics"}
HELD = {"wording": "choices-3", "language": "nl", "form": "informal"}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def mine(reader: Reader) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) + 1500)}"


def page(web: Client, reader: Reader, **headers: str) -> str:
    reply = web.get(mine(reader), **headers)
    assert reply.status == 200
    return text(reply.text)


def do(web: Client, reader: Reader, act: str, headers: dict[str, str] | None = None, **fields: Any) -> Reply:
    body = urlencode({**HELD, "do": act, **fields}, doseq=True)
    return web.post(mine(reader), body, Content_Type=FORM, **(headers or {}))


def text(html: str) -> str:
    """What a reader of the page reads, white space collapsed."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.S))).split())


def asked_about(html: str) -> list[str]:
    """The topics of the interests that the page asks about."""
    return re.findall(r'<h3 id="interest-([a-z-]+)"', html)


EIGHT = "kizizizizizizizi"  # a mail with climate first, and seven blocks on care


def clicks(days: tuple[int, ...] = (1, 8, 15), shown: str = EIGHT) -> set[str]:
    """A click on the first block of a mail on each of so many days ago."""
    now = int(clock.now() * 1000)
    return {click_token(an_id(), 0, shown, now - day * DAY_MS) for day in days}


def reads_climate(sent: World, **more: Any) -> Reader:
    fields = {"grants": OBSERVED, "clicks": clicks(), "tags": [{"topic": "climate", "since": 1}], **more}
    return sent.reader(**fields)


def click_again(sent: World, reader: Reader, times: int = 3) -> None:
    """Clicks of a person as the redirect records them, each in a mail of its own."""
    grants = {Purpose(p): g for p, g in reader.stored["grants"].items() if p in ("observed_interest", "click_measurement")}
    for n in range(times):
        event = Event(
            reader.id,
            f"again-{n}-{an_id()}",
            EventKind.CLICKED,
            an_id(),
            0,
            sent.edition,
            int(clock.now() * 1000),
            Verdict.HUMAN,
            grants,
            n=0,
            entry=0,
            slot=0,
            topics=("k",),
            shown=EIGHT,
        )
        sent.put("events", to_item(event))
    sent.platform.drain()


# What clicks say


def test_clicks_become_a_question_with_the_right_counts(sent: World, web: Client, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    web.get(reader.link(0), **{"User-Agent": BROWSER})  # in a mail of four: climate, care, housing, and one about nothing
    platform.drain()
    assert asked_about(web.get(mine(reader)).text) == []
    click_again(sent, reader, 3)
    html = web.get(mine(reader)).text
    assert asked_about(html) == ["climate"]
    assert "klikte je op 4 artikelen over dit thema. In de mails waarin je klikte, stonden er 4." in text(html)
    assert "Klikken die we nu van je bewaren: 4." in text(html)


def test_names_that_staff_gave_in_another_language_alone_say_in_which(sent: World, web: Client) -> None:
    reader = reads_climate(sent)
    own, html = (web.get(f"{mine(reader)}?language={language}").text for language in ("nl", "fr"))
    assert '<span lang="nl">Klimaat</span>' not in own
    assert '<h3 id="interest-climate"><span lang="nl">Klimaat</span></h3>' in html
    assert '<input type="checkbox" name="topics" value="care"><span><span lang="nl">Zorg</span></span>' in html
    assert '<strong><span lang="nl">Landelijk nieuws</span></strong>' in html


def test_the_evidence_counts_what_was_shown_and_says_since_when(sent: World, web: Client) -> None:
    now = clock.now()
    reader = reads_climate(
        sent, clicks={*clicks((2, 9, 40), "kizizizizi"), *clicks((3,), "kikiziziziziziziziziziziziziziziz"[:32])}
    )
    seen = page(web, reader)
    months = Pages().words(Voice("nl", FormOfAddress.INFORMAL))["my_mail"]["date"]["months"].split()

    first, today = datetime.fromtimestamp(now - 40 * 86_400, UTC), datetime.fromtimestamp(now, UTC)
    since = months[first.month - 1] + ("" if first.year == today.year else f" {first.year}")
    assert f"Sinds {since} klikte je op 4 artikelen over dit thema. In de mails waarin je klikte, stonden er 5." in seen


def test_a_no_is_gone_and_stays_gone_whatever_is_clicked_later(sent: World, web: Client) -> None:
    reader = reads_climate(sent)
    assert asked_about(web.get(mine(reader)).text) == ["climate"]
    reply = do(web, reader, "interest", topic="climate", word="no")
    assert reply.status == 200 and "“Klimaat” is weg" in text(reply.text)
    assert asked_about(reply.text) == []
    stored = reader.stored
    assert (stored["muted"], stored["tags"], stored.get("clicks")) == ({"climate"}, [], None)
    click_again(sent, reader)
    assert asked_about(web.get(mine(reader)).text) == []
    assert "clicks" not in reader.stored
    assert reader.events == []


def test_a_yes_makes_it_a_chosen_topic_where_that_is_allowed(sent: World, web: Client) -> None:
    reader = reads_climate(sent, grants=BOTH, topics={"care"})
    assert asked_about(web.get(mine(reader)).text) == ["climate"]
    reply = do(web, reader, "interest", topic="climate", word="yes")
    assert "“Klimaat” staat nu bij de thema’s die je zelf koos" in text(reply.text)
    assert reader.stored["topics"] == {"care", "climate"}
    assert asked_about(reply.text) == []
    assert reader.records == []  # nothing new was allowed


def test_a_yes_asks_for_consent_on_the_spot_with_its_wording(sent: World, web: Client) -> None:
    reader = reads_climate(sent)
    reply = do(web, reader, "interest", topic="climate", word="yes")
    question = Wordings(Pages().party["name"]).questions("choices-3", Voice("nl", FormOfAddress.INFORMAL))[Purpose.DECLARED_TOPICS]
    assert question.text in text(reply.text) and "Nog één vraag over “Klimaat”" in text(reply.text)
    assert "topics" not in reader.stored and reader.records == []
    assert re.findall(r'name="topics" value="(\w+)" checked', reply.text)[:1] == ["climate"]
    reply = do(web, reader, "interest", topic="climate", word="yes", declared_topics="yes", topics="climate")
    assert "staat nu bij de thema’s" in text(reply.text)
    assert reader.stored["topics"] == {"climate"}
    (record,) = reader.records
    assert (record["purpose"], record["act"], record["source"], record["actor"]) == (
        "declared_topics",
        "granted",
        "my-mail",
        "supporter",
    )
    assert record["wording_sha256"] == question.sha256
    assert reader.stored["grants"]["declared_topics"] == record["id"]


def test_a_no_to_that_question_is_kept_and_chooses_nothing(sent: World, web: Client) -> None:
    reader = reads_climate(sent)
    for _ in range(2):
        reply = do(web, reader, "interest", topic="climate", word="yes", declared_topics="no")
        assert "niet bij je thema’s gezet" in text(reply.text)
    assert [(record["purpose"], record["act"]) for record in reader.records] == [("declared_topics", "refused")]
    assert "topics" not in reader.stored


def test_forgetting_starts_afresh_and_learns_again(sent: World, web: Client) -> None:
    reader = reads_climate(sent, clicks={*clicks(), click_token(an_id(), 0, "zikikiki", 1000)})
    do(web, reader, "interest", topic="climate", word="reset")
    assert len(reader.stored["clicks"]) == 1  # the one on care
    click_again(sent, reader)
    assert asked_about(web.get(mine(reader)).text) == ["climate"]


def test_everything_learned_is_deleted_with_one_button(sent: World, web: Client) -> None:
    reader = reads_climate(sent, grants={**OBSERVED, "click_measurement": "g-click_measurement"})
    reader.observed("observed_interest", request="to-learn")
    reader.observed("observed_interest", "click_measurement", request="to-count")
    reply = do(web, reader, "reset")
    assert "Al je klikken zijn gewist" in text(reply.text)
    assert "clicks" not in reader.stored and "tags" not in reader.stored
    assert [event["event"].partition("#")[2] for event in reader.events] == ["to-count"]
    assert "observed_interest" in reader.stored["grants"]


def test_topics_are_switched_off_and_on_and_what_is_chosen_cannot_be_off(sent: World, web: Client) -> None:
    reader = reads_climate(sent, grants=BOTH, topics={"care"})
    do(web, reader, "mute", muted=["climate", "housing", "care", "nonsense"])
    assert reader.stored["muted"] == {"climate", "housing"}
    assert "clicks" not in reader.stored and asked_about(web.get(mine(reader)).text) == []
    do(web, reader, "mute", muted=["housing"])
    assert reader.stored["muted"] == {"housing"}
    do(web, reader, "mute")
    assert "muted" not in reader.stored


def test_ticking_a_topic_takes_it_from_those_that_are_off(sent: World, web: Client) -> None:
    reader = sent.reader(grants=BOTH, topics={"care"}, muted={"climate", "housing"})
    do(web, reader, "choices", declared_topics="yes", topics=["care", "climate"])
    assert (reader.stored["topics"], reader.stored["muted"]) == ({"care", "climate"}, {"housing"})


def test_nothing_is_asked_about_clicks_that_were_not_allowed(sent: World, web: Client) -> None:
    reader = reads_climate(sent, grants={})  # as a broken import might leave it
    seen = web.get(mine(reader)).text
    assert asked_about(seen) == [] and "We leren niet van je klikken" in text(seen)


def test_an_interest_is_spoken_of_in_the_pages_language(sent: World, web: Client) -> None:
    reader = reads_climate(sent, language="fr", form="formal")
    assert "vous avez cliqué sur 3 articles" in page(web, reader)


# What one allows


def test_the_page_shows_what_stands_and_changes_only_that(sent: World, web: Client) -> None:
    reader = sent.reader(grants={"declared_topics": "g1", "open_pixel": "g2"}, topics={"care"})
    html = web.get(mine(reader)).text
    checked = re.findall(r'name="(\w+)" value="(\w+)" checked', html)
    expected = {("declared_topics", "yes"), ("open_pixel", "yes"), ("topics", "care"), ("rhythm", "all"), ("speak", "nl")}
    assert {*checked} == {*expected, ("address_as", "informal")}
    reply = do(web, reader, "choices", declared_topics="yes", topics="care", open_pixel="no", click_measurement="yes")
    acts = {r["purpose"]: r["act"] for r in reader.records}
    assert acts == {"click_measurement": "granted", "open_pixel": "withdrawn"}
    assert {r["source"] for r in reader.records} == {"my-mail"}
    assert "Nee, geen plaatje" in text(reply.text) and "Bewaard" in text(reply.text)


def test_posting_twice_changes_nothing(sent: World, web: Client) -> None:
    reader = reads_climate(sent, grants=BOTH, topics={"care"})
    posts: list[tuple[str, dict[str, Any]]] = [
        ("interest", {"topic": "climate", "word": "no"}),
        ("interest", {"topic": "climate", "word": "yes"}),
        ("mute", {"muted": ["housing"]}),
        ("choices", {"declared_topics": "yes", "topics": ["care", "europe"], "open_pixel": "yes"}),
        ("pause", {"how": "date", "day": (datetime.fromtimestamp(clock.now(), UTC) + timedelta(days=30)).date().isoformat()}),
        ("pause", {"how": "resume"}),
        ("rhythm", {"rhythm": "week"}),
        ("profile", {"name": "Robin", "speak": "en", "address_as": "formal"}),
        ("reset", {}),
        ("leave", {"list": sent.list_id}),
        ("stop", {}),
        ("leave", {"list": "everything"}),
    ]
    for act, fields in posts:
        assert do(web, reader, act, **fields).status == 200
        before = (reader.stored, reader.records)
        assert do(web, reader, act, **fields).status == 200
        assert (reader.stored, reader.records) == before, act


def test_a_withdrawal_deletes_what_was_learned(sent: World, web: Client) -> None:
    reader = reads_climate(sent, grants=EVERY_GRANT, topics={"care"})
    reader.observed("observed_interest", request="to-learn")
    do(web, reader, "choices", observed_interest="no", declared_topics="no")
    assert not {"clicks", "tags", "topics"} & reader.stored.keys()
    assert reader.events == []
    reply = do(web, reader, "stop")
    assert reader.stored["grants"] == {} and "Alles is gestopt" in text(reply.text)


def test_a_browsers_refusal_is_not_asked_over_and_a_yes_can_still_be_taken_back(sent: World, web: Client) -> None:
    gpc = {"Sec-GPC": "1"}
    reader = sent.reader(grants=OBSERVED)
    names = set(re.findall(r'type="radio" name="(\w+)" value="(?:yes|no)"', web.get(mine(reader), **gpc).text))
    assert names == {"declared_topics", "observed_interest"}
    do(web, reader, "choices", gpc, observed_interest="no", open_pixel="yes")
    assert reader.stored["grants"] == {}


def test_a_contradiction_is_cleared_up_first(sent: World, web: Client) -> None:
    reader = sent.reader()
    reply = do(web, reader, "choices", topics="care")
    assert reply.status == 422 and "Er is nog niets bewaard" in text(reply.text)
    assert do(web, reader, "choices", wording="choices-0").status == 422
    assert reader.records == []


def test_where_everybody_gets_the_same_one_may_still_delete(sent: World, web: Client, setting: Callable[[str, str], None]) -> None:
    setting("CEILING", "editorial")
    reader = reads_climate(sent)
    seen = page(web, reader)
    assert "voor niemand artikelen op klikken" in seen
    assert "Nee, weg ermee" in seen and "Ja, dat klopt" not in seen  # there is nothing that a yes could choose
    do(web, reader, "interest", topic="climate", word="yes", declared_topics="yes")
    assert reader.records == []
    do(web, reader, "reset")
    assert "clicks" not in reader.stored


# How often


def test_a_pause_is_shown_and_ends_when_one_says_so(sent: World, web: Client) -> None:
    reader = sent.reader()
    reply = do(web, reader, "pause", how="2")
    until = reader.stored["paused_until"]
    assert 14 * DAY_MS <= until - clock.now() * 1000 + 60_000 < 15 * DAY_MS + 60_000
    assert "Je hebt nu pauze" in text(reply.text)
    do(web, reader, "pause", how="resume")
    assert "paused_until" not in reader.stored
    assert "Je hebt nu pauze" not in page(web, reader)


def test_a_pause_that_is_over_is_not_shown(sent: World, web: Client) -> None:
    reader = sent.reader(paused_until=int(clock.now() * 1000) - 1)
    assert "Je hebt nu pauze" not in page(web, reader)


@pytest.mark.parametrize(("how", "day"), [("", ""), ("date", ""), ("date", "2020-01-01"), ("date", "9999-01-01")])
def test_a_pause_without_an_end_is_asked_for_again(sent: World, web: Client, how: str, day: str) -> None:
    reader = sent.reader()
    reply = do(web, reader, "pause", how=how, day=day)
    assert reply.status == 422 and 'id="pause-error"' in reply.text
    assert "paused_until" not in reader.stored


def test_fewer_mails_is_kept_as_the_cap_reads_it(sent: World, web: Client) -> None:
    reader = sent.reader()
    do(web, reader, "rhythm", rhythm="twice")
    assert reader.stored["at_most"] == {"mails": 2, "days": 28}
    assert 'value="twice" checked' in web.get(mine(reader)).text
    do(web, reader, "rhythm", rhythm="all")
    assert "at_most" not in reader.stored
    do(web, reader, "rhythm", rhythm="hourly")
    assert "at_most" not in reader.stored


# Name, language, form of address


def test_name_language_and_form_are_the_supporters_own_word_from_then_on(sent: World, web: Client) -> None:
    reader = sent.reader()
    reply = do(web, reader, "profile", name="  Robin  ", speak="fr", address_as="formal")
    stored = reader.stored
    assert (stored["name"], stored["language"], stored["form"]) == ("Robin", "fr", "formal")
    assert stored["sources"] == {"name": "supporter", "language": "supporter", "form": "supporter"}
    assert '<html lang="fr">' in reply.text and "Votre courrier" in reply.text


def test_what_was_not_changed_keeps_its_source(sent: World, web: Client) -> None:
    reader = sent.reader()
    do(web, reader, "profile", name="Sam", speak="nl", address_as="formal")
    assert reader.stored["sources"] == {"form": "supporter"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<b>Sam</b>", "<b>Sam</b>"),
        ('"><script>alert(1)</script>', '"><script>alert(1)</script>'),
        ("Sam\r\nBcc: x", "Sam Bcc: x"),
        ("S\u202eam\x00", "Sam"),
        ("x" * 300, "x" * 60),
        ("", ""),
    ],
)
def test_a_name_is_one_line_of_text_and_never_markup(sent: World, web: Client, typed: str, kept: str) -> None:
    reader = sent.reader(name="Was")
    reply = do(web, reader, "profile", name=typed, speak="nl", address_as="informal")
    assert reader.stored["name"] == kept
    assert "<script" not in reply.text and "<b>" not in reply.text
    assert "\n" not in reader.stored["name"] and "\r" not in reader.stored["name"]


@pytest.mark.parametrize("typed", ["sam@example.org", "https://evil.example", "www.evil.example"])
def test_an_address_or_link_is_no_name(sent: World, web: Client, typed: str) -> None:
    reader = sent.reader()
    assert do(web, reader, "profile", name=typed, speak="nl", address_as="informal").status == 422
    assert reader.stored["name"] == "Sam"


# Lists


def test_a_list_that_staff_made_just_now_is_shown_by_its_name(sent: World, platform: Platform, web: Client) -> None:
    page(web, sent.reader())  # the lists of now are known
    assert "Landelijk nieuws" in page(web, world(platform).reader())


def test_the_lists_one_is_on_are_shown_by_name_and_can_be_left(sent: World, web: Client) -> None:
    reader = sent.reader(newsletter={sent.list_id: "n1", "another": "n2"})
    assert "Landelijk nieuws" in page(web, reader)
    reply = do(web, reader, "leave", list=sent.list_id)
    assert "“Landelijk nieuws” komt niet meer" in text(reply.text)
    assert reader.stored["newsletter"] == {"another": "n2"}
    assert [(r["purpose"], r["act"], r["list"]) for r in reader.records] == [("newsletter", "withdrawn", sent.list_id)]
    do(web, reader, "leave", list="everything")
    assert reader.stored["newsletter"] == {}
    assert reader.suppression["reason"] == "unsubscribed"
    assert "geen nieuwsbrieven" in page(web, reader)


# The page itself


def test_what_is_posted_at_the_same_moment_all_takes_effect(sent: World, web: Client) -> None:
    reader = reads_climate(sent, grants=BOTH, topics={"care"})
    posts: list[tuple[str, dict[str, Any]]] = [
        ("interest", {"topic": "climate", "word": "no"}),
        ("profile", {"name": "Robin", "speak": "nl", "address_as": "informal"}),
        ("rhythm", {"rhythm": "month"}),
        ("choices", {"declared_topics": "yes", "topics": ["care", "europe"], "open_pixel": "yes"}),
    ]
    with ThreadPoolExecutor(len(posts)) as pool:
        replies = list(pool.map(lambda post: do(web, reader, post[0], **post[1]), posts))
    assert {reply.status for reply in replies} == {200}
    stored = reader.stored
    assert (stored["muted"], stored["name"], stored["topics"]) == ({"climate"}, "Robin", {"care", "europe"})
    assert (stored["at_most"], stored["version"]) == ({"mails": 1, "days": 28}, 5)
    assert [record["purpose"] for record in reader.records] == ["open_pixel"]


def test_a_get_changes_nothing(sent: World, web: Client) -> None:
    reader = reads_climate(sent)
    before = reader.stored
    for query in ("", "?do=stop", "?do=reset&word=no&topic=climate", "?language=fr"):
        assert web.get(mine(reader) + query).status == 200
    assert web.head(mine(reader)).body == b""
    assert (reader.stored, reader.records) == (before, [])


def test_the_page_shows_whose_it_is_and_nobody_keeps_it(sent: World, web: Client) -> None:
    reader = sent.reader()
    reply = web.get(mine(reader))
    assert reader.stored["address"] in reply.text
    assert (reply.headers["cache-control"], reply.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "<script" not in reply.text and ' style="' not in reply.text and "set-cookie" not in reply.headers


def test_every_page_that_it_leads_to_is_there(sent: World, web: Client) -> None:
    html = web.get(mine(sent.reader())).text
    (more,) = re.findall(r'<section class="chapter" aria-labelledby="more">.*?</section>', html, flags=re.S)
    paths = re.findall(r'href="([^"]+)"', more)
    assert "/policy?language=nl" in paths
    assert {web.get(path).status for path in paths} == {200}


def test_another_persons_link_changes_nothing_of_mine(sent: World, web: Client) -> None:
    reader, other = reads_climate(sent), sent.reader()
    before = reader.stored
    for act in ("stop", "reset", "interest", "pause", "profile", "leave"):
        do(web, other, act, topic="climate", word="no", how="4", list="everything", name="Eve", supporter=reader.id)
    assert reader.stored == before


def test_what_asks_for_nothing_we_know_changes_nothing(sent: World, web: Client) -> None:
    reader = reads_climate(sent)
    before = (reader.stored, reader.records)
    for act in ("", "erase", "interest", "leave"):
        reply = do(web, reader, act, topic="nonsense", word="no", list="none")
        assert reply.status == 200 and "Er is niets veranderd" in text(reply.text)
    assert (reader.stored, reader.records) == before


def test_a_page_that_is_posted_to_without_end_rests(sent: World, web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "POSTS", ((3, 3600), (3, 86_400)))
    reader = sent.reader()
    replies = [do(web, reader, "rhythm", rhythm=rhythm) for rhythm in ("week", "twice", "month", "week")]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert reader.stored["at_most"] == {"mails": 1, "days": 28}
    assert web.get(mine(reader)).status == 200
