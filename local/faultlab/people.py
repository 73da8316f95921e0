"""Who is mailed and what, put on the platform directly: the harness is about sending alone."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from functions.adapters import keys
from functions.adapters.items import item
from functions.adapters.renderer import compile_edition
from functions.adapters.sends import TENDED
from functions.adapters.templates import theme
from functions.domain.assembly import CompiledEdition
from functions.domain.edition import Block, BlockKind, BlockText, Edition, Entry, MailingList
from functions.domain.supporter import address_hash
from functions.domain.topic import Taxonomy, Topic
from local.platform import Platform

LIST = "landelijk"
TEXT = BlockText(
    title="De huisarts om de hoek",
    text="Overal een huisarts op **fietsafstand**.",
    button="Lees het plan",
    url="https://www.partijvoormorgen.example/plan",
    alt="Een huisarts in gesprek",
)


def names(count: int) -> list[str]:
    return [f"person{n:02d}" for n in range(count)]


def an_edition() -> CompiledEdition:
    """Three blocks, one language."""
    taxonomy = Taxonomy((Topic("care", "a", {"nl": "Zorg"}),))
    blocks = {f"blok-{n}": Block(f"blok-{n}", BlockKind.ARTICLE, ("care",), {"nl": TEXT}) for n in range(3)}
    mailing_list = MailingList(
        id=LIST,
        code="TGFuZGVs",
        names={"nl": "Landelijk nieuws"},
        sender_name="Noor van Dam",
        sender_address="noor@partijvoormorgen.example",
        reply_to="noor@partijvoormorgen.example",
        signature={"nl": "Noor van Dam"},
    )
    edition = Edition(
        id="RWRpdGll",
        name="week-48",
        list=LIST,
        languages=("nl",),
        subject={"nl": "Een plan voor iedereen"},
        preheader={"nl": "En wat {je|u} zelf kunt doen"},
        opening={"nl": "Deze week gaat het over de zorg."},
        entries=tuple(Entry(block) for block in blocks),
    )
    return compile_edition(edition, blocks, mailing_list, taxonomy, theme(), "https://mail.partijvoormorgen.example")


def settle(platform: Platform, edition: CompiledEdition, supporters: Iterable[str]) -> None:
    """Supporters with consent, and the compiled edition."""
    key = f"editions/{edition.edition}/{edition.version}.json"
    platform.aws.s3.put_object(Bucket=os.environ["CONTENT_BUCKET"], Key=key, Body=edition.to_bytes())
    for id_ in supporters:
        _put(platform, "supporters", _supporter(id_))


def ask(
    platform: Platform, edition: CompiledEdition, send: str, audience: Mapping[str, Any], terms: Mapping[str, Any] | None = None
) -> None:
    """A send as the staff API leaves it, and its first nudge."""
    asked = {
        "send": send,
        "edition": edition.edition,
        "edition_version": edition.version,
        "list": edition.list,
        "state": "requested",
        "body_hash": "",
        "audience": audience,
        "requested_by": "faults",
        "requested_at": int(platform.clock.now() * 1000),
        "tended": TENDED,
        **({"terms": terms} if terms else {}),
    }
    _put(platform, "sends", asked)
    platform.send_message("plan", {"send": send, "part": 0})


def _supporter(id_: str) -> Mapping[str, Any]:
    address = f"{id_}@example.org"
    return {
        "supporter": id_,
        "address": address,
        "address_hash": address_hash(keys.load(os.environ["KEYS_SECRET"]).address_key, address),
        "language": "nl",
        "name": "Jan",
        "form": "informal",
        "newsletter": {LIST: "grant001"},
        "grants": {},
        "created": 0,
        "updated": 0,
        "version": 1,
        "state": "active",
    }


def _put(platform: Platform, table: str, stored: Mapping[str, Any]) -> None:
    platform.aws.dynamodb.put_item(TableName=os.environ[f"{table.upper()}_TABLE"], Item=item(stored))
