"""The choices page and the pictures, over HTTP on the local platform."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.adapters.consents import ConsentBook
from functions.adapters.pages import TEMPLATES, Pages, Voice, in_voice
from functions.adapters.wordings import Wordings, text_sha256
from functions.domain.asking import EVERY, asked
from functions.domain.consent import Ceiling, Purpose, fold
from functions.domain.supporter import LANGUAGES, FormOfAddress
from functions.domain.theme import contrast
from functions.domain.tokens import Power
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import EVERY_GRANT, Reader, World, an_id, world

FORM = "application/x-www-form-urlencoded"
YES: dict[str, Any] = {"declared_topics": "yes", "observed_interest": "yes", "click_measurement": "yes", "open_pixel": "yes"}
NO: dict[str, Any] = dict.fromkeys(YES, "no")


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def post(web: Client, path: str, fields: dict[str, Any], **headers: str) -> Reply:
    return web.post(path, urlencode(fields, doseq=True), Content_Type=FORM, **headers)


def answer(web: Client, reader: Reader, topics: tuple[str, ...] = (), *, gpc: bool = False, **words: str) -> Reply:
    shown = {"wording": "choices-3", "language": "nl", "form": "informal"}
    return post(web, reader.choices, {**shown, **words, "topics": topics}, **({"Sec_GPC": "1"} if gpc else {}))


def text(html: str) -> str:
    """What a reader of the page reads, white space collapsed."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.S))).split())


# Asking


def test_the_page_asks_in_the_supporters_language_and_ticks_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT, topics={"care"}, language="fr", form="formal", tags=[{"topic": "care", "since": 1}])
    reply = web.get(reader.choices)
    assert reply.status == 200
    assert '<html lang="fr">' in reply.text
    assert "Vos choix" in reply.text
    assert len(re.findall(r'type="radio"', reply.text)) == 8
    assert len(re.findall(r'type="checkbox"', reply.text)) == 4
    assert " checked" not in reply.text


def test_whoever_gets_a_forwarded_link_sees_nothing_about_the_supporter(sent: World, web: Client) -> None:
    silent = sent.reader(name="Sam")
    chosen = sent.reader(name="Robin", grants=EVERY_GRANT, topics={"care"}, clicks={"a.0.k.1"})
    pages = [web.get(reader.choices).text.replace(reader.choices.removeprefix("/s/"), "TOKEN") for reader in (silent, chosen)]
    assert pages[0] == pages[1]


def test_a_get_changes_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT)
    before = reader.stored
    for path in (reader.choices, f"{reader.choices}?stop=everything&observed_interest=no", reader.unsubscribe):
        assert web.get(path).status == 200
        assert web.head(path).body == b""
    assert (reader.stored, reader.records) == (before, [])


def test_the_page_holds_to_a_strict_policy(sent: World, web: Client) -> None:
    reader = sent.reader()
    for path in (reader.choices, reader.unsubscribe, "/s/nonsense"):
        reply = web.get(path)
        policy = reply.headers["content-security-policy"]
        for rule in ("default-src 'none'", "img-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert rule in policy
        (style,) = re.findall(r"<style>(.*?)</style>", reply.text, flags=re.S)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy
        assert "<script" not in reply.text
        assert ' style="' not in reply.text
        assert (reply.headers["cache-control"], reply.headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert "set-cookie" not in reply.headers
        foreign = re.findall(r'(?:src|href|action)="(https?:[^"]*)"', reply.text)
        assert foreign in ([], [Pages().party["website"]])


def test_somebody_elses_or_a_broken_link_opens_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT)
    unsubscribing = reader.page(Power.UNSUBSCRIBE).replace("/u/", "/s/")
    for path in (unsubscribing, reader.choices[:-1], "/s/nonsense", Reader(sent, an_id()).choices, f"/s/{reader.token}"):
        for reply in (web.get(path), post(web, path, {"wording": "choices-3", "stop": "everything"})):
            assert reply.status == 404
            assert "Deze link werkt niet" in reply.text
    assert reader.stored["grants"] == EVERY_GRANT


def test_one_may_read_it_in_another_language(sent: World, web: Client) -> None:
    reader = sent.reader(language="nl")
    assert '<html lang="en">' in web.get(f"{reader.choices}?language=en").text
    assert '<html lang="nl">' in web.get(f"{reader.choices}?language=%3Cscript%3E").text
    unknown = sent.reader(language="xx")
    assert '<html lang="fr">' in web.get(unknown.choices, **{"Accept-Language": "de, fr;q=0.8, en;q=0.3"}).text


def test_a_browsers_refusal_is_not_asked_over(sent: World, web: Client) -> None:
    reader = sent.reader()
    page = web.get(reader.choices, **{"Sec-GPC": "1"}).text
    assert re.findall(r'type="radio" name="(\w+)"', page) == ["declared_topics"] * 2
    assert text(page).count("Global Privacy Control") == 2
    reply = answer(web, reader, ("care",), gpc=True, **YES)
    assert reply.status == 200
    assert reader.stored["grants"].keys() == {"declared_topics"}
    said = {(record["purpose"], record["act"], record["source"]) for record in reader.records}
    silenced = {(purpose, "refused", "browser-signal") for purpose in YES if purpose != "declared_topics"}
    assert said == {("declared_topics", "granted", "choices-page"), *silenced}
    answer(web, reader, gpc=True)
    assert len(reader.records) == 4


def test_a_no_is_taken_from_a_browser_that_refuses(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT)
    answer(web, reader, gpc=True, observed_interest="no")
    assert "observed_interest" not in reader.stored["grants"]


@pytest.mark.parametrize(
    ("ceiling", "purposes"),
    [
        (Ceiling.EDITORIAL, set()),
        (Ceiling.DECLARED, {Purpose.DECLARED_TOPICS, Purpose.CLICK_MEASUREMENT, Purpose.OPEN_PIXEL}),
        (Ceiling.OBSERVED, set(EVERY)),
    ],
)
def test_a_question_whose_answer_would_not_count_is_not_asked(ceiling: Ceiling, purposes: set[Purpose]) -> None:
    assert asked(ceiling, ["care"], silent=False) == purposes
    assert asked(ceiling, [], silent=False) == purposes - {Purpose.DECLARED_TOPICS}


def test_where_everybody_gets_the_same_there_is_nothing_to_ask_and_still_something_to_stop(
    sent: World, web: Client, setting: Callable[[str, str], None]
) -> None:
    setting("CEILING", "editorial")
    reader = sent.reader(grants=EVERY_GRANT)
    page = web.get(reader.choices).text
    assert "Je krijgt de gewone nieuwsbrief" in page
    assert 'type="radio"' not in page
    answer(web, reader, ("care",), **YES)
    assert reader.records == []
    answer(web, reader, stop="everything")
    assert reader.stored["grants"] == {}


# Recording


def test_each_yes_is_recorded_with_the_very_words_that_were_on_the_page(sent: World, web: Client) -> None:
    reader = sent.reader()
    page = text(web.get(reader.choices).text)
    reply = answer(web, reader, ("care", "housing"), **YES)
    assert reply.status == 200
    stored = reader.stored
    assert stored["topics"] == {"care", "housing"}
    assert stored["version"] == 2
    records = {record["purpose"]: record for record in reader.records}
    assert {purpose: records[purpose]["id"] for purpose in YES} == stored["grants"]
    questions = Wordings(Pages().party["name"]).questions("choices-3", Voice("nl", FormOfAddress.INFORMAL))
    for purpose, record in records.items():
        question = questions[Purpose(purpose)]
        for words in (question.title, question.text, question.yes, question.no):
            assert " ".join(words.split()) in page
        assert record["wording_sha256"] == text_sha256(question.title, question.text, question.yes, question.no)
        assert record["wording"] == f"choices-3.{purpose}.informal"
        assert (record["act"], record["language"]) == ("granted", "nl")
        assert (record["source"], record["actor"]) == ("choices-page", "supporter")
    assert "Zorg, Wonen" in text(reply.text)


def test_posting_twice_changes_nothing(sent: World, web: Client) -> None:
    reader = sent.reader()
    for words in (YES, NO, {"observed_interest": "yes", "open_pixel": "no"}):
        topics = ("care",) if words is YES else ()
        answer(web, reader, topics, **words)
        before = (reader.stored, reader.records)
        assert answer(web, reader, topics, **words).status == 200
        assert (reader.stored, reader.records) == before


def test_what_is_left_open_stays_as_it_was(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT, topics={"care"})
    before = reader.stored
    reply = answer(web, reader)
    assert "Er is niets veranderd" in reply.text
    assert (reader.stored, reader.records) == (before, [])
    answer(web, reader, open_pixel="no")
    assert reader.stored["grants"] == {purpose: grant for purpose, grant in EVERY_GRANT.items() if purpose != "open_pixel"}


def test_a_first_no_is_a_refusal_and_a_later_no_a_withdrawal(sent: World, web: Client) -> None:
    reader = sent.reader()
    for word in ("no", "no", "yes", "no", "no"):
        answer(web, reader, click_measurement=word)
    assert [record["act"] for record in reader.records] == ["refused", "granted", "withdrawn"]


def test_withdrawing_takes_along_what_was_learned(sent: World, web: Client) -> None:
    learned: dict[str, Any] = {"clicks": {"a.0.k.1"}, "tags": [{"topic": "care", "since": 1}], "topics": {"care"}}
    reader = sent.reader(grants=EVERY_GRANT, **learned)
    reader.observed("observed_interest", request="only-for-interests")
    reader.observed("observed_interest", "click_measurement", request="also-measured")
    answer(web, reader, observed_interest="no")
    assert not reader.stored.keys() & {"clicks", "tags"}
    assert reader.stored["topics"] == {"care"}
    assert [event["event"].partition("#")[2] for event in reader.events] == ["also-measured"]
    answer(web, reader, click_measurement="no", declared_topics="no")
    assert "topics" not in reader.stored
    assert reader.events == []


def test_what_an_interrupted_withdrawal_left_goes_with_the_next_no(sent: World, web: Client, platform: Platform) -> None:
    reader = sent.reader()
    with platform.functions.replaced("derive", lambda event, context: {"batchItemFailures": []}):
        reader.observed("observed_interest", grant="gone")
        platform.drain()
    answer(web, reader, observed_interest="no")
    assert reader.events == []


def test_one_button_stops_everything_but_the_newsletter(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT, topics={"care"}, clicks={"a.0.k.1"}, tags=[{"topic": "care", "since": 1}])
    assert "Alles is gestopt" in answer(web, reader, stop="everything").text
    stored = reader.stored
    assert stored["grants"] == {}
    assert stored["newsletter"] == {sent.list_id: "n1"}
    assert not stored.keys() & {"topics", "clicks", "tags"}
    assert {record["wording"] for record in reader.records} == {"choices-3.stop.informal"}
    before = (stored, reader.records)
    answer(web, reader, stop="everything")
    assert (reader.stored, reader.records) == before


@pytest.mark.parametrize(("words", "topics"), [({}, ("care",)), ({"declared_topics": "yes"}, ())])
def test_what_contradicts_itself_is_asked_again_and_nothing_is_guessed(
    sent: World, web: Client, words: dict[str, Any], topics: tuple[str, ...]
) -> None:
    reader = sent.reader()
    reply = answer(web, reader, topics, open_pixel="no", **words)
    assert reply.status == 422
    assert 'role="alert"' in reply.text
    assert reply.text.count(" checked") == 2  # what was answered is still there
    assert reader.records == []


def test_answers_to_words_that_were_never_shown_are_not_recorded(sent: World, web: Client) -> None:
    reader = sent.reader()
    for wording in ("", "choices-99", "unsubscribe-1"):
        reply = post(web, reader.choices, {**YES, "wording": wording, "topics": "care"})
        assert reply.status == 422
    assert reader.records == []


def test_an_unknown_topic_is_not_kept(sent: World, web: Client) -> None:
    reader = sent.reader()
    answer(web, reader, ("care", "<b>", "abolished"), declared_topics="yes")
    assert reader.stored["topics"] == {"care"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from([*YES, "stop"]), st.sampled_from(["yes", "no"]), max_size=3), max_size=5))
def test_whatever_is_answered_the_proof_and_the_state_agree(sent: World, web: Client, answers: list[dict[str, Any]]) -> None:
    reader = sent.reader()
    for words in answers:
        answer(web, reader, ("care",) if words.get("declared_topics") == "yes" else (), **words)
    book = ConsentBook(sent.platform.aws.dynamodb, "supporters", "consents", "suppressions")
    assert fold(book.records(reader.id)).grants == reader.stored["grants"]
    assert ("topics" in reader.stored) == ("declared_topics" in reader.stored["grants"])


def test_two_pages_at_once_do_not_mix(sent: World, platform: Platform, web: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    reader = sent.reader()
    asked_at_once: list[dict[str, Any]] = [
        {"click_measurement": "yes"},
        {"open_pixel": "yes"},
        {"observed_interest": "yes"},
        {"open_pixel": "yes"},
    ]
    with ThreadPoolExecutor(4) as readers:
        replies = list(readers.map(lambda words: answer(web, reader, **words), asked_at_once))
    assert {reply.status for reply in replies} == {200}
    stored = reader.stored
    assert stored["grants"].keys() == {"click_measurement", "open_pixel", "observed_interest"}
    assert sorted(record["id"] for record in reader.records) == sorted(stored["grants"].values())
    assert stored["version"] == 4
    assert len({record["at"] for record in reader.records}) == 3


def test_what_is_posted_is_never_reflected(sent: World, web: Client) -> None:
    reader = sent.reader()
    poison = '"><script>alert(1)</script>'
    for fields in ({"language": poison, "form": poison, "wording": poison}, {"wording": "choices-3", "topics": poison, "stop": ""}):
        reply = post(web, reader.choices, fields, User_Agent=poison, Accept_Language=poison)
        assert "alert(1)" not in reply.text


def test_a_body_that_is_no_form_changes_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT)
    before = reader.stored
    for body in (b"\xff\xfe\x00", b"a" * 20_000, b"{}", b""):
        assert web.post(reader.choices, body, Content_Type="application/octet-stream").status == 422
    assert reader.stored == before


def test_when_the_tables_cannot_be_reached_one_is_asked_to_try_again(
    sent: World, web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = sent.reader()

    def unreachable(self: ConsentBook, supporter: str) -> None:
        raise TimeoutError(supporter)

    monkeypatch.setattr(ConsentBook, "standing", unreachable)
    reply = web.get(reader.choices)
    assert (reply.status, reply.headers["retry-after"]) == (503, "60")


# Pictures


def test_a_picture_of_an_edition_may_be_kept_for_a_year(sent: World, platform: Platform, web: Client) -> None:
    platform.aws.s3.put_object(Bucket=platform.resources.bucket, Key="pictures/AbC_-123-600.jpg", Body=b"\xff\xd8jpeg")
    reply = web.get("/pictures/AbC_-123-600.jpg")
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b"\xff\xd8jpeg", "image/jpeg")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert web.head("/pictures/AbC_-123-600.jpg").body == b""


@pytest.mark.parametrize(
    "name", ["nothing.jpg", "..%2Fparty.json", "party.json", "a.svg", "%2e%2e%2fx.png", "x" * 80 + ".png", ".png"]
)
def test_what_is_no_picture_is_not_served(web: Client, name: str) -> None:
    assert web.get(f"/pictures/{name}").status == 404


def test_the_partys_own_pictures_are_served(web: Client) -> None:
    for file in (TEMPLATES / "party").glob("*.png"):
        reply = web.get(f"/pictures/{file.name}")
        assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
        assert reply.body == file.read_bytes()


# Words


def strings(words: Any) -> Iterator[str]:
    for inner in words.values():
        yield from strings(inner) if isinstance(inner, dict) else [inner]


def places(words: Any) -> set[str]:
    """What words leave open."""
    return {place for said in strings(words) for place in re.findall(r"\{(\w+)\}", said)}


UNDOS = (("unsubscribe", "undo_list"), ("unsubscribe", "undo_everything"))


def test_every_language_and_form_says_everything() -> None:
    def shape(words: Any) -> Any:
        return {key: shape(inner) for key, inner in words.items()} if isinstance(words, dict) else None

    pages = Pages()
    voices = [Voice(language, form) for language in LANGUAGES for form in FormOfAddress]
    shapes = [shape(pages.words(voice)) for voice in voices]
    assert all(each == shapes[0] for each in shapes)
    found = [places(pages.words(voice)) for voice in voices]
    assert all(each == found[0] for each in found)
    assert all("{" not in said for voice in voices for said in strings(pages.words(voice, **dict.fromkeys(found[0], "7"))))
    wordings = Wordings("De Partij")
    for voice in voices:
        questions = wordings.questions("choices-3", voice)
        assert questions.keys() == set(EVERY)
        assert all("De Partij" in question.text for question in questions.values())
        for kind, name in (("choices", "stop"), ("unsubscribe", "list"), ("unsubscribe", "everything"), *UNDOS):
            assert wordings.button(wordings.newest(kind), name, voice, list="Nieuws").button


def test_words_that_were_shown_do_not_change() -> None:
    """A wording is proof. A new text is a new file; this is what the published ones are."""
    published = {
        "answers-1.json": "f6557dfed60414e834f5684a43c8f987b59ee2ebf8e537a09043c6d132a858b8",
        "choices-1.json": "de379030f4d87ef0935fc69305a07215a50a280982dc29976710239d91fe2a4e",
        "choices-2.json": "9c5c87224302b10a7482d7d8aedfde44f0a45ad9f9e83576a2083d9f6d6719bf",
        "choices-3.json": "ea669f094be0deae8822f3369a7a905f6b91b91d29fb7121025abff083514be2",
        "sign-up-1.json": "301f90431a3581bea6f19c8f6745eff30baf15e2d7fc7beb541a7bea7badcf19",
        "unsubscribe-1.json": "a27a9ad398204cb1a9bcbfbbe4fe1085af2efb7a926ded5d5ade8d3c5df1c851",
        "unsubscribe-3.json": "d887123ce592b3ae68c0fdd8fb159eb0865e6a1be374ffba69663f40b2516989",
        "unsubscribe-2.json": "bb0b9eae0855ac3c70d13b0b5cb50f33ff6b58e002dc370f938736a3c64375f9",
    }
    folder = TEMPLATES / "wordings"
    found = {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.json")}
    assert found == published


def test_the_newest_wording_is_shown() -> None:
    wordings = Wordings("De Partij")
    wordings._versions |= {"choices-9": {}, "choices-10": {}}
    assert wordings.newest("choices") == "choices-10"


def test_a_language_with_one_form_of_address_uses_it_for_both() -> None:
    assert in_voice({"informal": "you"}, FormOfAddress.FORMAL, {}) == "you"


def test_the_partys_colours_can_be_read() -> None:
    party = Pages().party
    for scheme in ("light", "dark"):
        colours = party[scheme]
        wrong = {"light": "#b3261e", "dark": "#ffb4ab"}[scheme]
        pairs = [("ink", "page"), ("accent", "page"), ("ink", "sheet"), ("soft", "tint"), ("on_header", "header"), ("ink", "tint")]
        for words, ground in pairs:
            assert contrast(colours[words], colours[ground]) >= 4.5, (scheme, words, ground)
        assert contrast(wrong, colours["sheet"]) >= 4.5
        assert contrast(colours["spark"], colours["header"]) >= 3  # the mark of the language one reads


def test_a_colour_that_is_none_never_reaches_the_style_sheet(tmp_path: Any) -> None:
    from functions.adapters.pages import _palette

    party = json.loads((TEMPLATES / "party.json").read_text("utf-8"))
    party["light"]["ink"] = "red;} body{background:url(//x)}"
    with pytest.raises(ValueError, match=r"light\.ink"):
        _palette(party)


def test_french_signs_stay_with_their_words() -> None:
    """No line begins with « ? » or ends with an opening quote: French sets them apart with a space that does not break."""
    written = [*TEMPLATES.glob("*/words/fr/*.json"), TEMPLATES / "strings" / "fr.json", *TEMPLATES.glob("policy/fr.md")]
    assert written and [file.name for file in written if re.search(r" [?!;»]|« |[\w»}] :[ \"\n]", file.read_text("utf-8"))] == []
