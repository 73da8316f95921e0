"""Signing up: nobody is on a list before the button behind their own mail, and no answer tells who is known."""

import json
import os
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import clock, keys
from functions.adapters.items import plain
from functions.adapters.notices import Notices
from functions.adapters.pages import Voice
from functions.adapters.signups import SignUps
from functions.adapters.totals import Totals
from functions.adapters.wordings import Wordings
from functions.domain.joining import DAYS
from functions.domain.supporter import FormOfAddress, address_hash
from functions.domain.tokens import Power, sign_short
from functions.join import form as step
from functions.join.form import PER_HOUR
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import EVERY_GRANT, Reader, World, an_id, ring, world

FORM = "application/x-www-form-urlencoded"
NOW = "confirm=yes"


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(step, "EVEN_S", 0.0)
    yield


class Person:
    """Somebody with a mailbox."""

    def __init__(self, sent: World, web: Client) -> None:
        self.sent, self.web = sent, web
        self.address = f"{an_id().lower().strip('_-')}x@example.org"
        self.hash = address_hash(keys.load(os.environ["KEYS_SECRET"]).address_key, self.address)

    def joins(self, list_: str = "", gpc: bool = False, **fields: Any) -> Reply:
        body = urlencode({"address": self.address, "language": "nl", "form": "informal", **fields}, doseq=True)
        headers = {"Sec-GPC": "1"} if gpc else {}
        return self.web.post(f"/join/{list_ or self.sent.list_id}", body, Content_Type=FORM, **headers)

    def confirms(self, link: str = "") -> Reply:
        return self.web.post(link or self.link, NOW, Content_Type=FORM)

    def mails(self, kind: str = "confirm") -> list[Any]:
        return list(self.sent.platform.outbox.mails(to=self.address, notice=kind))

    @property
    def link(self) -> str:
        (found,) = re.findall(r"/k/[A-Za-z0-9_-]{36}", self.mails()[-1].text)
        return str(found)

    @property
    def id(self) -> str:
        return str(self.sent.get("identities", {"identity": f"a#{self.hash}"}).get("supporter", ""))

    @property
    def stored(self) -> dict[str, Any]:
        return self.sent.get("supporters", {"supporter": self.id}) if self.id else {}

    @property
    def records(self) -> dict[str, Any]:
        return {r["purpose"]: r for r in self.sent.query("consents", "supporter", self.id)} if self.id else {}

    @property
    def suppression(self) -> dict[str, Any]:
        return self.sent.get("suppressions", {"address_hash": self.hash})

    def is_suppressed(self, reason: str, at: int = 1) -> None:
        self.sent.put("suppressions", {"address_hash": self.hash, "reason": reason, "at": at, "source": "s"})

    def is_known(self, **more: Any) -> Reader:
        reader = self.sent.reader(address=self.address, address_hash=self.hash, **more)
        self.sent.put("identities", {"identity": f"a#{self.hash}", "supporter": reader.id})
        return reader


@pytest.fixture
def person(sent: World, web: Client) -> Person:
    return Person(sent, web)


ANSWERS: dict[str, Any] = {"wording": "choices-3", "declared_topics": "yes", "topics": ["care", "climate"], "open_pixel": "no"}


def test_from_form_to_supporter_with_the_proof_of_both_steps(person: Person, web: Client, sent: World) -> None:
    page = web.get(f"/join/{sent.list_id}?language=nl").text
    assert "Landelijk nieuws" in page and " checked" not in page and 'name="website"' in page
    before = int(clock.now() * 1000)
    assert "Kijk in je mail" in person.joins(name="Noor", speak="fr", address_as="formal", **ANSWERS).text
    assert person.stored == {} and person.records == {}
    shown = web.get(person.link).text
    assert "Noor" in shown and "Ja, kies bij mijn thema’s" in shown and "Zorg" in shown
    assert person.stored == {}
    assert "Je bent aangemeld" in person.confirms().text
    stored, records = person.stored, person.records
    assert (stored["name"], stored["language"], stored["form"]) == ("Noor", "fr", "formal")
    assert stored["topics"] == {"care", "climate"}
    assert stored["sources"] == dict.fromkeys(("address", "name", "language", "form"), "supporter")
    assert stored["newsletter"] == {sent.list_id: records["newsletter"]["id"]}
    assert stored["grants"] == {"declared_topics": records["declared_topics"]["id"]}
    assert {p: r["act"] for p, r in records.items()} == {
        "newsletter": "granted",
        "declared_topics": "granted",
        "open_pixel": "refused",
    }
    for record in records.values():
        assert (record["source"], record["actor"], record["language"]) == ("sign-up", "supporter", "nl")
        asked, confirmed = (int(record["proof"][name]) for name in ("asked_at", "confirmed_at"))
        assert before <= asked <= confirmed == record["at"]
    assert "muted" not in stored


def test_the_hash_is_that_of_the_words_that_both_pages_showed(person: Person, web: Client, sent: World) -> None:
    form = web.get(f"/join/{sent.list_id}?language=nl").text
    person.joins(form="formal", **ANSWERS)
    confirmation = web.get(person.link).text
    person.confirms()
    voice = Voice("nl", FormOfAddress.FORMAL)
    words = Wordings("Partij voor Morgen")
    asked = words.button("sign-up-1", "newsletter", voice, list="Landelijk nieuws")
    for text in (asked.title, asked.text, asked.button):
        assert text in form and text in confirmation
    newsletter = person.records["newsletter"]
    assert newsletter["wording"] == "sign-up-1.newsletter.formal"
    assert newsletter["wording_sha256"] == sha256(f"{asked.title}\n{asked.text}\n{asked.button}".encode()).hexdigest()
    for purpose, question in words.questions("choices-3", voice).items():
        assert question.title in form and question.text in form
        if purpose in person.records:
            assert question.title in confirmation and question.text in confirmation
            assert person.records[purpose]["wording_sha256"] == question.sha256


def test_confirming_twice_changes_nothing_more(person: Person, sent: World) -> None:
    person.joins(**ANSWERS)
    link = person.link
    person.confirms(link)
    stored, records = person.stored, person.records
    assert "al bevestigd" in person.confirms(link).text
    assert (person.stored, person.records) == (stored, records)
    (row,) = [r for r in _rows(sent) if r["list"] == sent.list_id and r["signup"] == records["newsletter"]["proof"]["sign_up"]]
    assert row.keys() == {"signup", "state", "list", "at", "expires", "language", "form", "wording"}


def test_a_get_changes_nothing_however_often(person: Person, web: Client, sent: World) -> None:
    person.joins()
    for _ in range(10):
        assert web.get(person.link).status == 200 and web.head(person.link).body == b""
        assert web.get(f"/join/{sent.list_id}?address={person.address}&confirm=yes").status == 200
        assert web.get(f"{person.link}?confirm=yes").status == 200
    assert person.id == "" and len(person.mails()) == 1


def test_a_mail_programs_one_click_post_confirms_nothing(person: Person, web: Client) -> None:
    person.joins()
    web.post(person.link, "List-Unsubscribe=One-Click", Content_Type=FORM)
    assert person.id == ""


def test_known_unknown_and_suppressed_addresses_get_the_same_answer(sent: World, web: Client) -> None:
    replies = []
    for reason in ("", "known", "unsubscribed", "bounced", "never_mail"):
        someone = Person(sent, web)
        if reason == "known":
            someone.is_known()
        elif reason:
            someone.is_suppressed(reason)
        replies.append(someone.joins())
    assert len({(r.status, r.body) for r in replies}) == 1


@pytest.mark.parametrize("reason", ["bounced", "complained", "never_mail"])
def test_an_address_that_must_not_be_mailed_is_not(person: Person, reason: str) -> None:
    person.is_suppressed(reason)
    person.joins()
    assert person.mails() == []


@pytest.mark.parametrize("reason", ["unsubscribed", "erased"])
def test_ones_own_sign_up_undoes_ones_own_leaving(person: Person, reason: str) -> None:
    person.is_suppressed(reason)
    person.joins()
    assert person.suppression["reason"] == reason
    person.confirms()
    assert person.suppression == {} and person.stored["newsletter"]


def test_who_left_after_filling_in_the_form_has_left(person: Person) -> None:
    person.joins()
    person.is_suppressed("unsubscribed", at=int(clock.now() * 1000) + 60_000)
    assert "kunnen dit adres niet mailen" in person.confirms().text
    assert person.stored == {} and person.suppression


def test_an_address_that_bounced_meanwhile_is_not_put_on_the_list(person: Person) -> None:
    person.joins()
    person.is_suppressed("bounced", at=int(clock.now() * 1000))
    assert "kunnen dit adres niet mailen" in person.confirms().text
    assert person.stored == {}


def test_a_supporter_who_is_known_stays_the_same_one(person: Person, sent: World) -> None:
    reader = person.is_known(name="Sam", newsletter={}, grants={"open_pixel": "g-1"}, topics={"housing"}, muted={"care", "europe"})
    person.joins(**ANSWERS)
    person.confirms()
    assert person.id == reader.id
    stored = reader.stored
    assert stored["name"] == "Sam" and sent.list_id in stored["newsletter"]
    assert stored["topics"] == {"care", "climate"} and stored["muted"] == {"europe"}
    assert {r["purpose"]: r["act"] for r in reader.records} == {
        "newsletter": "granted",
        "declared_topics": "granted",
        "open_pixel": "withdrawn",
    }
    assert stored["grants"].keys() == {"declared_topics"}


def test_what_was_allowed_before_and_not_asked_now_stays(person: Person) -> None:
    reader = person.is_known(grants=EVERY_GRANT)
    person.joins()
    person.confirms()
    assert reader.stored["grants"] == EVERY_GRANT and reader.records == []


def test_a_no_deletes_what_was_recorded_under_it(person: Person) -> None:
    reader = person.is_known(grants={"open_pixel": "g-open_pixel"})
    reader.observed("open_pixel")
    person.joins(**ANSWERS)
    person.confirms()
    assert reader.events == []


def test_who_was_erased_joins_as_somebody_new(person: Person) -> None:
    reader = person.is_known(state="erased")
    person.is_suppressed("erased")
    person.joins()
    assert "Je bent aangemeld" in person.confirms().text
    assert person.id not in ("", reader.id) and person.stored["newsletter"]


def test_after_erasing_the_old_link_changes_nothing(person: Person, sent: World) -> None:
    person.joins()
    link = person.link
    person.confirms(link)
    sent.put("supporters", {"supporter": person.id, "state": "erased", "created": 1, "updated": 1, "version": 9})
    assert "al bevestigd" in person.confirms(link).text
    assert person.stored["state"] == "erased"


def test_a_sign_up_that_was_not_confirmed_in_time_has_ended(person: Person, platform: Platform, sent: World) -> None:
    person.joins()
    link = person.link
    platform.clock.advance(DAYS * 86_400 + 1)
    try:
        for reply in (person.web.get(link), person.confirms(link)):
            assert reply.status == 410 and "verlopen" in reply.text
    finally:
        platform.clock.advance(-DAYS * 86_400 - 1)
    assert person.id == ""


def test_forged_and_foreign_tokens_open_nothing(person: Person, sent: World, web: Client) -> None:
    person.joins()
    good = person.link
    fresh = sign_short(ring(), Power.FRESH, an_id(), int(clock.now()) + 600)
    for path in (good[:-1] + ("A" if good[-1] != "A" else "B"), good[:-1], f"/k/{fresh}", "/k/x"):
        for reply in (web.get(path), person.confirms(path)):
            assert reply.status == 404
    unknown = sign_short(ring(), Power.CONFIRM, an_id(), int(clock.now()) + 600)
    assert web.get(f"/k/{unknown}").status == 410
    assert web.get("/join/no-such-list").status == 404
    assert person.id == ""


def test_an_address_gets_a_few_confirmations_an_hour(person: Person) -> None:
    replies = [person.joins() for _ in range(PER_HOUR + 2)]
    assert len({reply.body for reply in replies}) == 1
    assert len(person.mails()) == PER_HOUR


def test_a_sign_up_that_breaks_reads_as_any_other_so_that_it_tells_of_no_address(
    person: Person, sent: World, web: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(person.address)

    barred = Person(sent, web)
    sent.put("suppressions", {"address_hash": barred.hash, "reason": "bounced", "at": 1, "source": "ses"})
    good = person.joins()
    for broke in (Notices, SignUps):
        with monkeypatch.context() as breaking:
            breaking.setattr(broke, "send" if broke is Notices else "keep", broken)
            replies = [person.joins(), barred.joins()]
        assert {(reply.status, reply.body) for reply in replies} == {(good.status, good.body)} and good.status == 200
    told = [str(vars(record)) for record in caplog.records if record.message == "not mailed"]
    assert len(told) == 2 and all("RuntimeError" in line and person.address not in line for line in told)


def test_a_mail_that_ses_throttles_is_not_said_to_be_on_its_way_and_can_be_asked_for_again(
    person: Person, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.faults.ses_throttles = 1
    reply = person.joins(language="en")
    assert reply.status == 200 and "If we can mail the address" in reply.text and "form once more" in reply.text
    assert person.mails() == []
    assert "TooManyRequestsException" in str([vars(record) for record in caplog.records])
    person.joins()
    person.confirms()
    assert person.records.keys() == {"newsletter"}


def test_a_list_that_everybody_joins_at_once_says_so(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "LIST_PER_HOUR", 0)
    reply = person.joins()
    assert reply.status == 429 and "heel veel mensen" in reply.text
    assert person.mails() == []


def test_a_machine_that_fills_in_everything_mails_nothing(person: Person, sent: World, web: Client) -> None:
    assert person.joins(website="https://spam.example").body == Person(sent, web).joins().body
    assert person.mails() == []


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "a@example.org\r\nBcc: x@example.org", "x" * 400, '"><script>@a.nl'])
def test_what_is_no_address_is_asked_for_again_and_not_run(person: Person, typed: str) -> None:
    person.address = typed
    reply = person.joins(language="en")
    assert reply.status == 422 and "not a complete email address" in reply.text
    assert "<script" not in reply.text


def test_a_name_cannot_inject_anything(person: Person, web: Client) -> None:
    name = 'Eve"><script>alert(1)</script>\r\nBcc: victim@example'
    assert person.joins(name=name).status == 422  # it holds an address
    person.joins(name='Eve"><script>alert(1)</script>\r\nX-Evil: 1')
    (mail,) = person.mails()
    assert "Eve" not in mail.text and b"X-Evil" not in mail.path.read_bytes()
    assert "<script>" not in web.get(person.link).text
    person.confirms()
    assert "\n" not in person.stored["name"] and "\r" not in person.stored["name"]


def test_a_plain_form_on_another_site_is_enough(person: Person, sent: World) -> None:
    """Without the version of the wording nobody knows what stood beside the answers: they do not count."""
    body = urlencode({"address": person.address, "open_pixel": "yes", "topics": "care"})
    reply = person.web.post(f"/join/{sent.list_id}", body, Content_Type=FORM, Origin="https://elsewhere.example")
    assert reply.status == 200
    person.confirms()
    assert person.records.keys() == {"newsletter"}


def test_answers_to_words_that_are_not_ours_are_asked_again(person: Person) -> None:
    reply = person.joins(wording="choices-99", open_pixel="yes")
    assert reply.status == 422 and "vernieuwd" in reply.text and person.address in reply.text
    assert person.mails() == []


def test_topics_without_a_yes_are_asked_again(person: Person) -> None:
    reply = person.joins(wording="choices-3", topics="care")
    assert reply.status == 422 and "nog geen ja of nee" in reply.text
    assert person.mails() == []


def test_a_browser_that_refuses_by_itself_is_not_asked_over(person: Person, web: Client, sent: World) -> None:
    page = web.get(f"/join/{sent.list_id}", **{"Sec-GPC": "1"}).text
    assert 'name="open_pixel"' not in page and 'name="declared_topics"' in page
    person.joins(gpc=True, wording="choices-3", open_pixel="yes", observed_interest="yes")
    person.confirms()
    assert person.stored["grants"] == {}
    silenced = ("observed_interest", "click_measurement", "open_pixel")
    said = {purpose: (record["act"], record["source"]) for purpose, record in person.records.items()}
    assert said == {"newsletter": ("granted", "sign-up"), **dict.fromkeys(silenced, ("refused", "browser-signal"))}


def test_somebody_too_young_is_on_the_list_and_nothing_more(person: Person, web: Client, sent: World) -> None:
    assert "jonger dan 17" in web.get(f"/join/{sent.list_id}?language=nl").text
    person.joins(young="yes", **ANSWERS, click_measurement="yes")
    assert "jonger dan 17" in web.get(person.link).text
    person.confirms()
    assert person.stored["too_young"] is True and "topics" not in person.stored
    assert person.stored["grants"] == {} and sent.list_id in person.stored["newsletter"]
    assert person.records.keys() == {"newsletter", "open_pixel"}


def test_who_says_later_to_be_too_young_is_forgotten_so_far(person: Person) -> None:
    tags = [{"topic": "care", "since": 1}]
    reader = person.is_known(grants=EVERY_GRANT, clicks={"token"}, tags=tags, topics={"care"})
    reader.observed("observed_interest")
    person.joins(young="yes")
    person.confirms()
    assert reader.stored["too_young"] is True
    assert not {"clicks", "tags", "topics"} & reader.stored.keys()
    assert reader.events == []


def test_staffs_welcome_comes_once_in_ones_own_language(person: Person, sent: World, web: Client) -> None:
    name = f"list-{an_id().lower().strip('_-')}x"
    body = json.loads(sent.get("catalogue", {"kind": "list", "id": sent.list_id})["body"]) | {"id": name, "code": an_id()}
    welcome = {"subject": {"nl": "Welkom", "fr": "Bienvenue"}, "text": {"nl": "Hoi", "fr": "Lisez **ceci**. <script>x</script>"}}
    for kind, value in (("list", body), ("welcome", welcome)):
        sent.put("catalogue", {"kind": kind, "id": name, "body": json.dumps(value), "version": 1, "updated": 1})
    person.joins(name, speak="fr", address_as="formal")
    assert person.mails("welcome") == []
    link = person.link
    person.confirms(link)
    person.confirms(link)
    (mail,) = person.mails("welcome")
    assert mail.subject == "Bienvenue" and "<strong>ceci</strong>" in mail.html and "<script>" not in mail.html
    assert "/c/" not in mail.html and "/o/" not in mail.html
    (choices,) = re.findall(r"/s/[A-Za-z0-9_-]{44}", mail.text)
    (leave,) = re.findall(r"/u/[A-Za-z0-9_-]{44}", mail.text)
    assert web.get(choices).status == web.get(leave).status == 200


def test_without_staffs_words_there_is_no_welcome(person: Person) -> None:
    person.joins()
    person.confirms()
    assert person.mails("welcome") == []


@pytest.mark.parametrize("language", ["nl", "en", "fr"])
@pytest.mark.parametrize("form", ["informal", "formal"])
def test_no_placeholder_is_left_in_any_voice(person: Person, web: Client, language: str, form: str) -> None:
    pages = [person.joins(language=language, form=form, young="yes", name="Noor").text]
    pages += [web.get(person.link).text, person.confirms().text, person.confirms().text, person.mails()[-1].text]
    pages.append(person.joins(language=language, form=form, address="x").text)
    for page in pages:
        assert not re.search(r"[{}]", re.sub(r"<style>.*?</style>", "", page, flags=re.S)), page


def test_pages_are_strict(person: Person, web: Client, sent: World) -> None:
    person.joins()
    for path in (f"/join/{sent.list_id}", person.link):
        reply = web.get(path)
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert "set-cookie" not in reply.headers and "<script" not in reply.text


def _rows(sent: World) -> list[dict[str, Any]]:
    return [plain(row) for row in sent.platform.aws.dynamodb.scan(TableName="signups")["Items"]]


def test_questions_left_open_count_when_the_sign_up_is_confirmed_and_only_where_they_stood(person: Person, sent: World) -> None:
    def counted() -> dict[str, int]:
        found = Totals(sent.platform.aws.dynamodb, "totals").left_open()
        return {
            group.purpose: n
            for (group, _), n in found.items()
            if group.source == "sign-up" and group.wording == f"choices-3.{group.purpose}.informal"
        }

    before = counted()
    person.joins(wording="choices-3", open_pixel="no", click_measurement="yes")
    assert counted() == before
    person.confirms()
    person.confirms()
    after = counted()
    assert {purpose: after[purpose] - before.get(purpose, 0) for purpose in after} == {
        purpose: int(purpose in ("declared_topics", "observed_interest")) for purpose in after
    }
    plain, young = Person(sent, person.web), Person(sent, person.web)
    plain.joins()
    young.joins(wording="choices-3", young="yes")
    plain.confirms()
    young.confirms()
    assert counted() == after
