"""Compiles an edition: one MJML document per language with every block in it, rendered once, cut where mails will be joined."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from mjml import mjml2html

from functions.adapters import templates
from functions.adapters.mail_source import Ingredients, MailSource, sources
from functions.domain import budget, mjml
from functions.domain.assembly import (
    Assembled,
    CompiledEdition,
    CompiledEntry,
    CompiledLanguage,
    Slots,
    assemble,
)
from functions.domain.edition import Block, Edition, MailingList, Problem, prior
from functions.domain.ids import encode
from functions.domain.readiness import problems
from functions.domain.slots import MARKER
from functions.domain.theme import Theme
from functions.domain.topic import Taxonomy

_CUT = re.compile(r"@@(?:B\d+|END)@@")
_IN_SHELL = {"LINK", "GREETING", "UNSUBSCRIBE", "CHOICES", "PIXEL", "INDICATION", "TOPICS", "F"}
_IN_BLOCK = {"LINK", "ANSWERS", "F"}


class NotSendable(Exception):  # noqa: N818 - a finding about an edition, in staff's words
    """The edition cannot be sent; `problems` says why, each with its field."""

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.reason}" for problem in found))
        self.problems = tuple(found)


def compile_edition(
    edition: Edition,
    blocks: Mapping[str, Block],
    mailing_list: MailingList,
    taxonomy: Taxonomy,
    theme: Theme,
    public_url: str,
    layout: str | None = None,
) -> CompiledEdition:
    """The edition ready to be sent; the same input gives the same version. NotSendable names everything that is wrong.

    `layout` is the MJML of a layout that does not ship with the templates.
    """
    _refuse(
        [
            *problems(edition, blocks, mailing_list, taxonomy),
            *theme.problems(),
            *_layout_problems(edition, layout, theme, public_url),
        ]
    )
    offered = [blocks[entry.block] for entry in edition.entries]
    source = layout or templates.layout(edition.layout)
    made = sources(Ingredients(edition, offered, mailing_list, taxonomy, theme, public_url, source))
    _refuse(made.problems)
    entries = tuple(
        CompiledEntry(
            block.id, _codes(taxonomy, block), prior(order), edition.entries[order].must, made.ranges[order], made.answers[order]
        )
        for order, block in enumerate(offered)
    )
    languages = {language: _compiled(source, offered) for language, source in made.mails.items()}
    size, warnings = _sized(languages, entries, edition.show, public_url)
    unnamed = CompiledEdition(
        edition=edition.id,
        version="",
        name=edition.name,
        list=mailing_list.id,
        list_code=mailing_list.code,
        sender_name=mailing_list.sender_name,
        sender_address=mailing_list.sender_address,
        reply_to=mailing_list.reply_to,
        show=min(edition.show, len(entries)),
        links=made.links.links(),
        entries=entries,
        languages=languages,
        max_bytes=size,
        warnings=warnings,
    )
    return replace(unnamed, version=encode(blake2b(unnamed.to_bytes(), digest_size=12).digest()))


def preview(compiled: CompiledEdition, language: str, form: str, greeting: str, picks: Sequence[int] | None = None) -> Assembled:
    """A mail to look at: its links lead nowhere and count nothing. Without picks, staff's order."""
    chosen = range(compiled.show) if picks is None else picks
    return assemble(
        compiled.languages[language], tuple(chosen), Slots("#", form, greeting, "#unsubscribe", "#choices", answers_url="#answer")
    )


def _refuse(found: Sequence[Problem]) -> None:
    if found:
        raise NotSendable(found)


def _layout_problems(edition: Edition, layout: str | None, theme: Theme, public_url: str) -> list[Problem]:
    try:
        source = layout or templates.layout(edition.layout)
    except KeyError:
        return [Problem("layout", f"there is no layout {edition.layout!r}")]
    unlabelled = [Problem("layout", "the party has a label, and this layout shows none: see newsletter.mjml")]
    found = [Problem("layout", str(finding)) for finding in mjml.check_layout(source, edition.layout, f"{public_url}/pictures/")]
    return [*found, *(unlabelled if theme.label and "label.sponsor" not in source else [])]


def _codes(taxonomy: Taxonomy, block: Block) -> tuple[str, ...]:
    return tuple(topic.code for topic in map(taxonomy.get, block.topics) if topic)


def to_html(document: str) -> str:
    """MJML compiled as every mail of ours is: no comments but Outlook's, no web fonts."""
    rendered: str = mjml2html(document, disable_comments=True, fonts={})
    return rendered


def _compiled(source: MailSource, blocks: Sequence[Block]) -> CompiledLanguage:
    document = source.document(range(len(blocks)))
    _refuse([Problem("layout", str(finding)) for finding in mjml.check_document(document, f"mail in {source.language}")])
    head, *fragments, tail = _CUT.split(to_html(document))
    compiled = CompiledLanguage(
        language=source.language,
        subject=source.subject,
        html_head=head,
        html_fragments=tuple(fragments[: len(blocks)]),
        html_tail=tail,
        text_head=source.text[0],
        text_fragments=source.text_blocks,
        text_tail=source.text[1],
        forms=source.forms,
        indications=source.indications,
        titles=source.titles,
        answers=source.answers,
    )
    _refuse([*_leaks(compiled, len(fragments), blocks), *_head_differs(source, compiled, blocks)])
    return compiled


def _leaks(compiled: CompiledLanguage, cuts: int, blocks: Sequence[Block]) -> list[Problem]:
    """Markers that are not where the cut expects them. Cannot happen with checked templates; a mail would be wrong if it did."""
    found = [] if cuts == len(blocks) else [Problem("layout", "a marker of a block is lost or doubled in the compiled mail")]
    shell = compiled.html_head + compiled.html_tail + compiled.text_head + compiled.text_tail
    found += [Problem("layout", f"unknown place {m[0]}") for m in MARKER.finditer(shell) if m[1] not in _IN_SHELL]
    for block, html, text in zip(blocks, compiled.html_fragments, compiled.text_fragments, strict=False):
        found += [
            Problem(f"blocks.{block.id}", f"unknown place {m[0]}") for m in MARKER.finditer(html + text) if m[1] not in _IN_BLOCK
        ]
    return found


def _head_differs(source: MailSource, compiled: CompiledLanguage, blocks: Sequence[Block]) -> list[Problem]:
    """A mail's head lists the column widths in use. It must be the same for every pick, so the layout uses them all."""
    alone, *_ = _CUT.split(to_html(source.document([])))
    if alone == compiled.html_head:
        return []
    kinds = {
        block.kind: block.id for place, block in enumerate(blocks) if _CUT.split(to_html(source.document([place])))[0] != alone
    }
    return [
        Problem(f"blocks.{id_}", f"{kind} uses an element or a column width that the layout does not use itself")
        for kind, id_ in kinds.items()
    ]


def _sized(
    languages: Mapping[str, CompiledLanguage], entries: tuple[CompiledEntry, ...], show: int, public_url: str
) -> tuple[int, tuple[str, ...]]:
    sizes = {language: budget.largest(compiled, entries, show, public_url) for language, compiled in languages.items()}
    said = {}
    for language, (size, picked) in sizes.items():
        biggest = ", ".join(entries[entry].block for entry in picked[:3])
        said[language] = f"the largest mail in {language} would be {size:,} bytes; the largest blocks are {biggest}"
    _refuse(
        [
            Problem("show", f"{said[language]}: Gmail cuts a mail at 102 KB")
            for language in sizes
            if sizes[language][0] > budget.REFUSE
        ]
    )
    warnings = tuple(said[language] for language in sizes if sizes[language][0] > budget.WARN)
    return max(size for size, _ in sizes.values()), warnings
