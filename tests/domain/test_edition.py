"""Editions, blocks and lists: what keeps one from being sent, and how they are kept."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.domain.edition import Answer, Block, BlockKind, Edition, Entry, MailingList, Problem, prior
from functions.domain.readiness import problems
from tests.builders import a_block, a_mailing_list, a_taxonomy, a_text, an_edition


def found(edition: Edition | None = None, *blocks: Block, named: MailingList | None = None) -> dict[str, str]:
    offered = {block.id: block for block in blocks or (a_block(),)}
    edition = edition or an_edition(offered)
    return {p.field: p.reason for p in problems(edition, offered, named or a_mailing_list(), a_taxonomy())}


def with_text(kind: BlockKind = BlockKind.ARTICLE, picture: str | None = None, **text: Any) -> dict[str, str]:
    return found(None, a_block(kind=kind, picture=picture, **text))


def test_an_edition_with_blocks_of_every_kind_can_be_sent() -> None:
    assert found(None, *(a_block(str(kind), kind, picture="p") for kind in BlockKind)) == {}


@pytest.mark.parametrize("thing", [a_block(kind=BlockKind.POLL, picture="p"), an_edition(), a_mailing_list(portrait="p")])
def test_what_staff_write_survives_its_json(thing: Block | Edition | MailingList) -> None:
    assert type(thing).from_json(json.loads(json.dumps(thing.to_json()))) == thing


def test_the_reason_names_the_entry_of_an_unknown_block() -> None:
    edition = an_edition(["huisarts", "weg"])
    assert found(edition) == {"entries[1].block": "there is no block 'weg'"}


def test_a_block_without_text_in_a_language_of_the_edition_is_named() -> None:
    edition = an_edition(languages=("nl", "fr"))
    assert found(edition) == {"blocks.huisarts.texts.fr": "the block has no text in fr"}


def test_an_unknown_topic_is_named() -> None:
    assert found(None, a_block(topics=("care", "ufos"))) == {"blocks.huisarts.topics[1]": "there is no topic 'ufos'"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"entries": ()}, "entries"),
        ({"entries": (Entry("huisarts"), Entry("huisarts"))}, "entries[1].block"),
        ({"show": 0}, "show"),
        ({"show": 21}, "show"),
        ({"languages": ()}, "languages"),
        ({"languages": ("nl", "nl")}, "languages"),
        ({"languages": ("de",)}, "languages"),
        ({"subject": {}}, "subject.nl"),
        ({"subject": {"nl": " "}}, "subject.nl"),
        ({"subject": {"nl": "x" * 151}}, "subject.nl"),
        ({"list": "utrecht"}, "list"),
        ({"opening": {"nl": "Hallo @@GREETING@@"}}, "opening.nl"),
        ({"preheader": {"nl": "Voor {je|u en mij"}}, "preheader.nl"),
        ({"subject": {"nl": "Een \u0007 bel"}}, "subject.nl"),
        ({"name": "\ue000"}, "name"),
    ],
)
def test_each_thing_wrong_with_an_edition_names_its_field(change: dict[str, Any], field: str) -> None:
    assert field in found(replace(an_edition(), **change))


def test_must_haves_have_to_fit() -> None:
    blocks = [a_block(f"b{n}") for n in range(3)]
    edition = an_edition(show=2, entries=tuple(Entry(block.id, must=True) for block in blocks))
    assert found(edition, *blocks) == {"show": "3 blocks must be in every mail, but a mail shows 2"}


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        (BlockKind.ARTICLE, {"title": " "}, "title"),
        (BlockKind.ARTICLE, {"text": ""}, "text"),
        (BlockKind.ARTICLE, {"url": ""}, "url"),
        (BlockKind.ARTICLE, {"url": "javascript:alert(1)"}, "url"),
        (BlockKind.ARTICLE, {"url": "/plan"}, "url"),
        (BlockKind.ARTICLE, {"title": "Beste {greeting}"}, "title"),
        (BlockKind.APPEAL, {"button": ""}, "button"),
        (BlockKind.EVENT, {"when": ""}, "when"),
        (BlockKind.EVENT, {"where": ""}, "where"),
        (BlockKind.POLL, {"answers": (Answer("Ja", "https://a.example"),)}, "answers"),
        (BlockKind.POLL, {"answers": (Answer("", "https://a.example"), Answer("Nee", "https://b.example"))}, "answers[0].text"),
        (BlockKind.POLL, {"answers": (Answer("Ja", "ftp://a.example"), Answer("Nee", "https://b.example"))}, "answers[0].url"),
    ],
)
def test_each_kind_says_what_it_needs(kind: BlockKind, change: dict[str, Any], field: str) -> None:
    assert list(with_text(kind, **change)) == [f"blocks.huisarts.texts.nl.{field}"]


def test_a_picture_needs_words_for_who_cannot_see_it() -> None:
    assert list(with_text(picture="p", alt="")) == ["blocks.huisarts.texts.nl.alt"]
    assert with_text(alt="") == {}


@pytest.mark.parametrize("name", ["sender_name", "sender_address", "reply_to"])
def test_a_mail_is_signed_by_a_person_who_can_be_answered(name: str) -> None:
    assert list(found(named=a_mailing_list(**{name: ""}))) == [f"lists.landelijk.{name}"]


def test_a_problem_reads_as_a_field_and_a_reason() -> None:
    assert Problem("show", "too many") == Problem(field="show", reason="too many")


def test_earlier_blocks_are_expected_to_do_a_little_better() -> None:
    priors = [prior(order) for order in range(40)]
    assert priors == sorted(priors, reverse=True)
    assert priors[0] == 0.06
    assert 0.02 < priors[39] < 0.03


def test_both_forms_of_address_may_stand_anywhere_in_a_block() -> None:
    text = a_text(BlockKind.EVENT, title="{Kom je|Komt u}?", when="{jouw|uw} avond")
    assert found(None, replace(a_block(kind=BlockKind.EVENT), texts={"nl": text})) == {}
