"""Whether an edition can be sent: every reason why not, each with the field it concerns."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from functions.domain.edition import Block, BlockKind, BlockText, Edition, MailingList, Problem
from functions.domain.links import url_problem
from functions.domain.slots import ALTERNATIVES, GREETING_WORD
from functions.domain.supporter import LANGUAGES
from functions.domain.topic import Taxonomy

MOST_SHOWN = 20  # more do not fit into the 102 KB after which Gmail cuts a mail
MOST_ENTRIES = 100
SUBJECT_LENGTH = 150
# Beside the title, which every block needs.
NEEDED: Mapping[BlockKind, tuple[str, ...]] = {
    BlockKind.ARTICLE: ("text",),
    BlockKind.APPEAL: ("text", "button", "url"),
    BlockKind.EVENT: ("when", "where"),
    BlockKind.POLL: (),
    BlockKind.THANKS: ("text",),
}
_HALF_OPEN = re.compile(r"\{[^{}]*\|")


def problems(edition: Edition, blocks: Mapping[str, Block], mailing_list: MailingList, taxonomy: Taxonomy) -> list[Problem]:
    """Everything that keeps the edition from being sent; empty when nothing does. `blocks` by id."""
    found = [*_edition(edition), *_list(edition, mailing_list), *_entries(edition, blocks)]
    offered = dict.fromkeys(entry.block for entry in edition.entries if entry.block in blocks)
    for id_ in offered:
        found += block_problems(blocks[id_], edition.languages, taxonomy)
    return found


def block_problems(block: Block, languages: tuple[str, ...], taxonomy: Taxonomy) -> list[Problem]:
    """What keeps a block out of an edition in these languages."""
    at = f"blocks.{block.id}"
    found = [*_topics(at, block, taxonomy), *_strings(at, block.to_json()), *_polled(at, block)]
    for language in languages:
        text = block.texts.get(language)
        if text is None:
            found.append(Problem(f"{at}.texts.{language}", f"the block has no text in {language}"))
        else:
            found += _text(f"{at}.texts.{language}", block, text)
    return found


def _edition(edition: Edition) -> Iterator[Problem]:
    yield from _strings("", edition.to_json())
    if not edition.languages:
        yield Problem("languages", "an edition has at least one language")
    for language in edition.languages:
        if language not in LANGUAGES:
            yield Problem("languages", f"{language!r} is not one of {', '.join(LANGUAGES)}")
        if not edition.subject.get(language, "").strip():
            yield Problem(f"subject.{language}", f"there is no subject in {language}")
        elif len(edition.subject[language]) > SUBJECT_LENGTH:
            yield Problem(f"subject.{language}", f"a subject has at most {SUBJECT_LENGTH} characters")
    if len(set(edition.languages)) < len(edition.languages):
        yield Problem("languages", "a language is named twice")


def _list(edition: Edition, mailing_list: MailingList) -> Iterator[Problem]:
    at = f"lists.{mailing_list.id}"
    yield from _strings(at, mailing_list.to_json())
    if edition.list != mailing_list.id:
        yield Problem("list", f"the edition is for the list {edition.list!r}")
    for name in ("sender_name", "sender_address", "reply_to"):
        if not getattr(mailing_list, name).strip():
            yield Problem(f"{at}.{name}", "a mail is signed by a person, with an address that reads answers")
    for language in edition.languages:
        if not mailing_list.names.get(language, "").strip():
            yield Problem(f"{at}.names.{language}", f"the list has no name in {language}")


def _entries(edition: Edition, blocks: Mapping[str, Block]) -> Iterator[Problem]:
    if not edition.entries:
        yield Problem("entries", "an edition offers at least one block")
    if len(edition.entries) > MOST_ENTRIES:
        yield Problem("entries", f"an edition offers at most {MOST_ENTRIES} blocks")
    if not 1 <= edition.show <= MOST_SHOWN:
        yield Problem("show", f"a mail shows 1 to {MOST_SHOWN} blocks")
    elif (musts := sum(entry.must for entry in edition.entries)) > edition.show:
        yield Problem("show", f"{musts} blocks must be in every mail, but a mail shows {edition.show}")
    seen: set[str] = set()
    for place, entry in enumerate(edition.entries):
        if entry.block not in blocks:
            yield Problem(f"entries[{place}].block", f"there is no block {entry.block!r}")
        if entry.block in seen:
            yield Problem(f"entries[{place}].block", f"the block {entry.block!r} is offered twice")
        seen.add(entry.block)


def _topics(at: str, block: Block, taxonomy: Taxonomy) -> Iterator[Problem]:
    if not block.topics:
        yield Problem(f"{at}.topics", "a block is about at least one topic")
    for place, topic in enumerate(block.topics):
        if taxonomy.get(topic) is None:
            yield Problem(f"{at}.topics[{place}]", f"there is no topic {topic!r}")
        if topic in block.topics[:place]:
            yield Problem(f"{at}.topics[{place}]", f"the topic {topic!r} is named twice")


def _polled(at: str, block: Block) -> Iterator[Problem]:
    """An answer that is given in one click is a number, so it must be the same answer in every language."""
    if len({(len(text.answers), any(answer.url for answer in text.answers)) for text in block.texts.values()}) > 1 and (
        any(not answer.url for text in block.texts.values() for answer in text.answers)
    ):
        yield Problem(f"{at}.texts", "answers given in one click are the same in every language, in the same order")


def _text(at: str, block: Block, text: BlockText) -> Iterator[Problem]:
    for name in ("title", *NEEDED[block.kind]):
        if not getattr(text, name).strip():
            yield Problem(f"{at}.{name}", f"a block of kind {block.kind} needs this")
    if text.button and not text.url:
        yield Problem(f"{at}.url", "a button leads somewhere")
    if text.url and (reason := url_problem(text.url)):
        yield Problem(f"{at}.url", reason)
    if block.picture and not text.alt.strip():
        yield Problem(f"{at}.alt", "say what the picture shows, for who cannot see it")
    if block.kind is BlockKind.POLL and not 2 <= len(text.answers) <= 6:
        yield Problem(f"{at}.answers", "a poll has 2 to 6 answers")
    if len({bool(answer.url) for answer in text.answers}) > 1:
        yield Problem(f"{at}.answers", "all answers of a poll have a url, or none (then each is given in one click)")
    for place, answer in enumerate(text.answers):
        if not answer.text.strip():
            yield Problem(f"{at}.answers[{place}].text", "an answer has words")
        if answer.url and (reason := url_problem(answer.url)):
            yield Problem(f"{at}.answers[{place}].url", reason)


def _strings(at: str, value: Any) -> Iterator[Problem]:
    """What no text of staff may hold, wherever it is."""
    if isinstance(value, str):
        if reason := _refused(value, may_greet=at.split(".")[0] in ("subject", "preheader", "opening")):
            yield Problem(at, reason)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(f"{at}.{key}".lstrip("."), inner)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _strings(f"{at}[{place}]", inner)


def _refused(text: str, may_greet: bool) -> str | None:
    if "@@" in text:
        return "two @ in a row mark a place that is filled in later; write them apart"
    # Private use as well: the renderer marks its places with them.
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\r\t" for c in text):
        return "there is an invisible control character in this text"
    if _HALF_OPEN.search(ALTERNATIVES.sub("", text)):
        return "words for both forms of address are written {je|u}, on one line"
    if GREETING_WORD in text and not may_greet:
        return f"{GREETING_WORD} belongs in the opening, the subject or the preheader"
    return None
