"""Things the tests talk about, right as they are; a test names only what matters to it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from functions.adapters.renderer import compile_edition
from functions.adapters.templates import theme
from functions.domain.assembly import CompiledEdition, Slots
from functions.domain.edition import Answer, Block, BlockKind, BlockText, Edition, Entry, MailingList
from functions.domain.topic import Taxonomy, Topic

PUBLIC_URL = "https://mail.partijvoormorgen.example"


def a_taxonomy() -> Taxonomy:
    return Taxonomy(
        (
            Topic("climate", "a", {"nl": "Klimaat", "en": "Climate", "fr": "Climat"}),
            Topic("care", "b", {"nl": "Zorg", "en": "Care", "fr": "Soins"}),
            Topic("housing", "c", {"nl": "Wonen", "en": "Housing", "fr": "Logement"}),
        )
    )


def a_text(kind: BlockKind = BlockKind.ARTICLE, **fields: Any) -> BlockText:
    """A block's text with all that its kind needs."""
    own: dict[BlockKind, dict[str, Any]] = {
        BlockKind.ARTICLE: {"button": "Lees het plan", "url": "https://www.partijvoormorgen.example/plan"},
        BlockKind.APPEAL: {"button": "Doe mee", "url": "https://www.partijvoormorgen.example/doe-mee"},
        BlockKind.EVENT: {
            "when": "zaterdag 12 december, 14.00 uur",
            "where": "De Nieuwe Kerk, Zwolle",
            "button": "Ik kom",
            "url": "https://www.partijvoormorgen.example/zwolle",
        },
        BlockKind.POLL: {
            "answers": (
                Answer("Ja", "https://www.partijvoormorgen.example/peiling?antwoord=ja"),
                Answer("Nee", "https://www.partijvoormorgen.example/peiling?antwoord=nee"),
            )
        },
        BlockKind.THANKS: {"who": "Fatima, vrijwilliger in Zwolle"},
    }
    words = {
        "title": "De huisarts om de hoek",
        "text": "Overal een huisarts op **fietsafstand**.",
        "alt": "Een huisarts in gesprek",
    }
    return BlockText(**{**words, **own[kind], **fields})


def a_block(
    id_: str = "huisarts",
    kind: BlockKind = BlockKind.ARTICLE,
    topics: tuple[str, ...] = ("care",),
    languages: Iterable[str] = ("nl",),
    picture: str | None = None,
    **text: Any,
) -> Block:
    return Block(id_, kind, topics, {language: a_text(kind, **text) for language in languages}, picture)


def a_mailing_list(**fields: Any) -> MailingList:
    plain = MailingList(
        id="landelijk",
        code="TGFuZGVs",
        names={"nl": "Landelijk nieuws", "en": "National news", "fr": "Nouvelles nationales"},
        sender_name="Noor van Dam",
        sender_address="noor@partijvoormorgen.example",
        reply_to="noor@partijvoormorgen.example",
        signature={"nl": "**Noor van Dam**  \nPartijvoorzitter"},
    )
    return replace(plain, **fields)


def an_edition(blocks: Iterable[str] = ("huisarts",), languages: tuple[str, ...] = ("nl",), **fields: Any) -> Edition:
    plain = Edition(
        id="RWRpdGll",
        name="week-48",
        list="landelijk",
        languages=languages,
        subject=dict.fromkeys(languages, "Een plan voor iedereen"),
        preheader=dict.fromkeys(languages, "En wat {je|u} zelf kunt doen"),
        opening=dict.fromkeys(languages, "Deze week gaat het over de zorg."),
        entries=tuple(Entry(block) for block in blocks),
    )
    return replace(plain, **fields)


def a_compiled_edition(
    blocks: Iterable[Block] | None = None, languages: tuple[str, ...] = ("nl",), layout: str | None = None, **fields: Any
) -> CompiledEdition:
    """Compiled for real, with the shipped templates or with the MJML of another layout."""
    offered: Mapping[str, Block] = {block.id: block for block in (blocks or [a_block(languages=languages)])}
    edition = an_edition(offered, languages, **fields)
    return compile_edition(edition, offered, a_mailing_list(), a_taxonomy(), theme(), PUBLIC_URL, layout)


def some_slots(**fields: Any) -> Slots:
    plain = Slots(
        link_prefix=f"{PUBLIC_URL}/l/RWRpdGll",
        form="informal",
        greeting="Beste Jan,",
        unsubscribe_url=f"{PUBLIC_URL}/u/{'u' * 44}",
        choices_url=f"{PUBLIC_URL}/s/{'s' * 44}",
    )
    return plain._replace(**fields)
