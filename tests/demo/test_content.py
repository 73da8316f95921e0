"""The demonstration's content keeps its promises: complete in three languages, within size, and nobody real in it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from local.demo import content, pictures, supporters

LANGUAGES = ("nl", "en", "fr")
FORMS_OF_ADDRESS = {
    "nl": re.compile(r"\b(je|jij|jou|jouw|jullie|u|uw)\b", re.IGNORECASE),
    "fr": re.compile(r"(?<!-)\b(tu|toi|vous|votre|vos)\b", re.IGNORECASE),
}
BOTH = re.compile(r"\{[^{}|]+\|[^{}|]+\}")  # {informal|formal}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from strings(inner)


def slugs() -> set[str]:
    return {topic["id"] for topic in content.topics()["topics"]}


def test_twelve_topics_have_a_code_of_their_own_and_a_name_in_each_language() -> None:
    topics = content.topics()["topics"]
    assert [topic["id"] for topic in topics[:5]] == ["public-health", "climate", "education", "care", "migration"]
    assert len(topics) == len(slugs()) == len({topic["code"] for topic in topics}) == 12
    assert all(re.fullmatch("[a-z0-9]", topic["code"]) and set(topic["names"]) == set(LANGUAGES) for topic in topics)


def test_there_are_sixty_blocks_five_for_each_topic() -> None:
    blocks = content.blocks().values()
    assert Counter(block["kind"] for block in blocks) == {"article": 42, "appeal": 6, "event": 6, "poll": 4, "thanks": 2}
    assert Counter(block["topics"][0] for block in blocks) == dict.fromkeys(slugs(), 5)
    assert all(set(block["topics"]) <= slugs() for block in blocks)


@pytest.mark.parametrize("slug", content.blocks())
def test_a_block_is_complete_in_each_language(slug: str) -> None:
    block = content.blocks()[slug]
    pictured = block["kind"] in ("article", "appeal", "thanks")
    needed = {"title", "text"}
    needed |= {"answers"} if block["kind"] == "poll" else {"button", "url"}
    needed |= {"when", "where"} if block["kind"] == "event" else set()
    needed |= {"alt"} if pictured else set()
    needed |= {"who"} if block["kind"] == "thanks" else set()
    assert list(block["texts"]) == list(LANGUAGES)
    for text in block["texts"].values():
        assert set(text) == needed
        assert all(strings(text))
        assert len(text["title"]) <= 70
        assert (55 if block["kind"] == "article" else 24) <= len(text["text"].split()) <= 105
        assert len(text.get("alt", "")) <= 90
    assert pictured == (slug in content.pictures())


def test_the_answers_of_a_poll_are_the_same_number_in_each_language() -> None:
    polls = [block for block in content.blocks().values() if block["kind"] == "poll"]
    for poll in polls:
        counts = {len(text["answers"]) for text in poll["texts"].values()}
        assert len(counts) == 1
        assert counts <= {3, 4}


def test_no_text_depends_on_the_form_of_address_unless_it_offers_both() -> None:
    for language, pattern in FORMS_OF_ADDRESS.items():
        texts = [block["texts"][language] for block in content.blocks().values()]
        letters = [edition[part][language] for edition in content.editions() for part in ("subject", "preheader", "opening")]
        neutral = [BOTH.sub("", text) for text in strings([texts, letters]) if not text.startswith("https:")]
        assert [text for text in neutral if pattern.search(text) or set(text) & set("{|}")] == []


def test_every_address_on_the_web_lies_in_a_domain_that_cannot_exist() -> None:
    everything = "\n".join(strings([content.blocks(), content.editions(), content.lists()]))
    links = re.findall(r"\w+://[^\s)]+", everything)
    assert len(links) > 150
    assert [link for link in links if not link.startswith(content.SITE)] == []
    assert not re.search(r"[\w-]@(?![\w.-]*partijvoormorgen\.example)", everything)


def test_two_lists_have_a_sender_with_a_name() -> None:
    lists = content.lists()
    assert list(lists) == ["national", "utrecht"]
    assert lists["national"]["sender_name"] == "Noor van den Berg"
    assert all(set(body["names"]) == set(body["signature"]) == set(LANGUAGES) for body in lists.values())


def test_eight_weekly_editions_offer_two_blocks_of_each_topic() -> None:
    editions, blocks = content.editions(), content.blocks()
    assert len(editions) == 8
    assert {edition["list"] for edition in editions} == set(content.lists())
    for edition in editions:
        entries = [entry["block"] for entry in edition["entries"]]
        covered = Counter(blocks[block]["topics"][0] for block in entries)
        assert len(set(entries)) == len(entries)
        assert 24 <= len(entries) <= 40
        assert set(covered) == slugs()
        assert min(covered.values()) >= 2
        assert sum(entry["must"] for entry in edition["entries"]) == 1
        assert edition["show"] == 8
        for part in ("subject", "preheader", "opening"):
            assert set(edition[part]) == set(LANGUAGES)
        assert all(len(subject) <= 60 for subject in edition["subject"].values())
        assert all(len(line) <= 80 for line in edition["preheader"].values())
        assert all(40 <= len(letter.split()) <= 95 for letter in edition["opening"].values())
    assert len(editions[-1]["entries"]) == 40


def test_editions_go_out_a_week_apart() -> None:
    days = list(content.send_dates().values())
    assert {(after - before).days for before, after in pairwise(days)} == {7}


def test_every_block_is_used_in_some_edition() -> None:
    used = {entry["block"] for edition in content.editions() for entry in edition["entries"]}
    assert used == set(content.blocks())


def test_pictures_and_portraits_are_there_and_small() -> None:
    blocks, portraits = content.pictures(), content.portraits()
    files = {*blocks.values(), *portraits.values()}
    assert len(blocks) == 50
    assert set(portraits) == set(content.lists())
    assert files == set((content.CONTENT / "pictures").iterdir())
    for file in files:
        with Image.open(file) as image:
            assert image.format == "JPEG"
            assert image.size in ((1200, 630), (480, 480))
        assert file.stat().st_size <= 35_000
    assert sum(file.stat().st_size for file in files) <= 1_600_000


def test_a_picture_is_drawn_for_each_article_and_appeal_and_no_two_are_alike() -> None:
    drawn, blocks = content.scenes(), content.blocks()
    assert set(drawn) == {slug for slug, block in blocks.items() if block["kind"] in ("article", "appeal")}
    assert len(set(drawn.values())) == len(drawn)
    assert {scene for scene, _ in drawn.values()} == set(pictures.SCENES)


def test_the_committed_pictures_are_what_the_code_draws() -> None:
    with Image.open(content.pictures()["wind-together"]) as image:
        difference = ImageStat.Stat(ImageChops.difference(image.convert("RGB"), pictures.picture("windmills", "morning")))
    assert max(difference.mean) < 4


def lines() -> list[list[str]]:
    text = content.supporters_csv().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_supporters_file_is_what_a_dutch_spreadsheet_writes() -> None:
    raw = content.supporters_csv()
    assert raw.startswith(b"\xef\xbb\xbfe-mailadres;naam;taal;")
    assert raw.count(b"\r\n") == 1 + supporters.PEOPLE + len(supporters.bad_rows())
    assert raw == supporters.supporters_csv()
    assert content.suppressions_csv() == supporters.suppressions_csv()


def test_five_hundred_rows_are_good_and_the_others_are_bad_for_a_reason() -> None:
    good = {tuple(row.cells()) for row in supporters.rows()}
    others = [line for line in lines()[1:] if tuple(line) not in good]
    duplicates = len(lines()) - 1 - len(others) - len(good)
    assert len(good) == len({row.address.lower() for row in supporters.rows()}) == 500
    assert duplicates == 1
    assert Counter(row.flaw for row in supporters.bad_rows()) == {
        supporters.Flaw.BAD_ADDRESS: 6,
        supporters.Flaw.NO_ADDRESS: 1,
        supporters.Flaw.DUPLICATE: 2,
        supporters.Flaw.UNKNOWN_LIST: 1,
        supporters.Flaw.UNKNOWN_LANGUAGE: 2,
        supporters.Flaw.UNKNOWN_FORM: 1,
        supporters.Flaw.TOO_MANY_COLUMNS: 1,
    }
    assert len(others) + duplicates == 14


def test_people_are_a_mixed_company() -> None:
    rows = supporters.rows()
    languages = Counter(row.language for row in rows)
    assert 320 <= languages["nl"] <= 380
    assert all(55 <= languages[language] <= 95 for language in ("en", "fr"))
    assert 15 <= sum(not row.name for row in rows) <= 60
    assert 60 <= sum("utrecht" in row.lists for row in rows) <= 140
    assert {row.form for row in rows} == {"informal", "formal", ""}
    assert all(re.search(r"@([a-z]+\.)?example\.(nl|org|com|net)$", row.address) for row in rows)


def test_six_of_the_twelve_suppressed_people_are_in_the_file() -> None:
    known = {row.address for row in supporters.rows()}
    assert len(supporters.suppressions()) == 12
    assert len(known & set(supporters.suppressions())) == 6
    assert len(supporters.mailable()) == 494


def test_tastes_are_hidden_but_the_same_for_the_same_seed() -> None:
    tastes = supporters.tastes()
    assert tastes == supporters.tastes()
    assert tastes != supporters.tastes(seed=1)
    assert len(tastes) == 500
    for taste in tastes.values():
        assert sum(taste.topics.values()) == pytest.approx(1)
        assert 2 <= len(taste.favourites) <= 3
        assert max(taste.topics, key=lambda topic: taste.topics[topic]) in taste.favourites
        assert taste.liking(taste.favourites[:1]) > 1


def test_consents_and_readers_come_in_the_shares_they_have_in_life() -> None:
    tastes = supporters.tastes().values()
    answers = Counter(taste.inclination for taste in tastes)
    for inclination, share in zip(supporters.Inclination, (0.35, 0.20, 0.10, 0.35), strict=True):
        assert answers[inclination] / 500 == pytest.approx(share, abs=0.06)
    assert 10 <= sum(taste.reader is supporters.Reader.SCANNER for taste in tastes) <= 32
    assert all(bool(taste.ticks) == (taste.inclination in ("all", "topics")) for taste in tastes)
    activity = sorted((taste.activity for taste in tastes), reverse=True)
    assert sum(activity[:50]) > 0.25 * sum(activity)
    assert sum(activity) / 500 == pytest.approx(1, abs=0.15)
