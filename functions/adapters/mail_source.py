"""The sources of a mail in one language, MJML and plain text: staff's words in the templates, markers where supporters differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from functions.adapters import templates
from functions.adapters.pen import HtmlPen, Page, Pen, Place, TextPen
from functions.domain.edition import Answer, Block, Edition, MailingList, Problem
from functions.domain.links import SHELL, LinkTable
from functions.domain.slots import INDICATED, TOPICS, marker
from functions.domain.theme import Theme
from functions.domain.topic import Taxonomy

PICTURE_WIDTH, PORTRAIT_WIDTH = 1200, 160
OFFERED_MOST = 12  # topics in the mail itself, the first in staff's order; the page has them all
BLOCKS = marker("BLOCKS")

_MJML = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
_TEXT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)

_LINE_END = re.compile(r"(?<=[^\s])[ ]*\n(?=[^\s])")  # a signature's lines stay lines; in Markdown two spaces say so

Names = dict[str, Any]


@dataclass(frozen=True)
class MailSource:
    """One language of an edition before MJML is compiled. Shells are (before the blocks, after them)."""

    language: str
    subject: str
    mjml: tuple[str, str]
    mjml_blocks: tuple[str, ...]
    text: tuple[str, str]
    text_blocks: tuple[str, ...]
    forms: tuple[tuple[str, str], ...]
    indications: dict[str, tuple[str, str]]  # by INDICATED and TOPICS, in HTML and in text
    titles: tuple[str, ...]
    answers: tuple[str, ...]

    def document(self, entries: Sequence[int]) -> str:
        """The MJML of a mail with these blocks, each between markers of its own."""
        marked = "".join(f"<mj-raw>{marker('B', place)}</mj-raw>{self.mjml_blocks[place]}" for place in entries)
        return f"{self.mjml[0]}{marked}<mj-raw>{marker('END')}</mj-raw>{self.mjml[1]}"


@dataclass(frozen=True)
class Ingredients:
    """What a mail is made of. `blocks` in the order of the edition's entries; `layout` the MJML of the layout."""

    edition: Edition
    blocks: Sequence[Block]
    mailing_list: MailingList
    taxonomy: Taxonomy
    theme: Theme
    public_url: str
    layout: str


@dataclass(frozen=True)
class Sources:
    """The sources of all languages. `ranges` are the link numbers per entry: first, and one after the last; `answers` those of
    answers that are given in one click."""

    mails: dict[str, MailSource]
    links: LinkTable
    ranges: list[tuple[int, int]]
    answers: list[tuple[int, int]]
    problems: list[Problem]


def sources(given: Ingredients) -> Sources:
    """Fills the templates with staff's words, in every language of the edition."""
    links = LinkTable(given.theme.slug, given.edition.name, given.edition.utm)
    writers = {language: Writer(given, language, links) for language in given.edition.languages}
    shells = {language: writer.shell() for language, writer in writers.items()}
    ranges = []
    blocks: dict[str, list[tuple[str, str]]] = {language: [] for language in writers}
    # Entry by entry, so that the numbers of one block stand together.
    for entry in range(len(given.blocks)):
        first = len(links)
        for language, writer in writers.items():
            blocks[language].append(writer.block(entry))
        ranges.append((first, len(links)))
    mails = {language: writer.source(*shells[language], blocks[language]) for language, writer in writers.items()}
    return Sources(
        mails,
        links,
        ranges,
        _answer_ranges(given.blocks),
        list(dict.fromkeys(problem for writer in writers.values() for problem in writer.page.problems)),
    )


def _answer_ranges(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    ends = [0, *accumulate(block.one_click for block in blocks)]
    return list(pairwise(ends))


@lru_cache(maxsize=64)
def _compiled(environment: ImmutableSandboxedEnvironment, template: str) -> Template:
    return environment.from_string(template)


class Writer:
    """Writes one language."""

    def __init__(self, given: Ingredients, language: str, links: LinkTable) -> None:
        self.given, self.language, self.page = given, language, Page(links)
        styles = {tag: style.format(**given.theme.light) for tag, style in templates.prose().items()}
        self.html: Pen = HtmlPen(self.page, styles)
        self.text: Pen = TextPen(self.page)
        self._common: dict[Pen, Names] = {pen: self._common_names(pen) for pen in (self.html, self.text)}

    def source(self, mjml: str, text: str, blocks: list[tuple[str, str]]) -> MailSource:
        before, _, after = mjml.partition(BLOCKS)
        text_before, _, text_after = text.partition(BLOCKS)
        return MailSource(
            language=self.language,
            subject=self.text.line(self.given.edition.subject[self.language]),
            mjml=(before, after),
            mjml_blocks=tuple(mjml for mjml, _ in blocks),
            text=(text_before, text_after),
            text_blocks=tuple(text for _, text in blocks),
            indications={said: self.indication(said) for said in INDICATED} | {TOPICS: self.topics()},
            answers=tuple(
                self.text.line(answer.text)
                for block in self.given.blocks
                if block.one_click
                for answer in block.texts[self.language].answers
            ),
            titles=tuple(self.text.line(block.texts[self.language].title) for block in self.given.blocks),
            forms=tuple(self.page.forms),  # last: whatever is written may add some
        )

    def shell(self) -> tuple[str, str]:
        """MJML and text of everything around the blocks."""
        mjml = self._filled(_MJML, self.given.layout, "layout", self.shell_names(self.html))
        return mjml, self._filled(_TEXT, templates.layout("newsletter", "txt"), "layout", self.shell_names(self.text))

    def indication(self, said: str) -> tuple[str, str]:
        """HTML and text of what a mail chosen for its reader says about that (Regulation (EU) 2024/900 art. 19(1)(c))."""
        html = self._filled(_MJML, templates.layout("indication", "html"), "layout", self.indication_names(self.html, said))
        text = self._filled(_TEXT, templates.layout("indication", "txt"), "layout", self.indication_names(self.text, said))
        return html, text

    def topics(self) -> tuple[str, str]:
        """HTML and text of the topics to choose from, each a link to the page that asks."""
        html = self._filled(_MJML, templates.layout(TOPICS, "html"), "layout", self.topics_names(self.html))
        return html, self._filled(_TEXT, templates.layout(TOPICS, "txt"), "layout", self.topics_names(self.text))

    def topics_names(self, pen: Pen) -> Names:
        named = [
            {"id": topic.id, "code": topic.code, "name": pen.line(topic.name(self.language))}
            for topic in self.given.taxonomy.topics[:OFFERED_MOST]
        ]
        return self._common[pen] | {"choices": marker("CHOICES"), "topics": named}

    def indication_names(self, pen: Pen, said: str) -> Names:
        common = self._common[pen]
        return common | {"choices": marker("CHOICES"), "chosen": common["words"][f"advertising_{said}"]}

    def block(self, entry: int) -> tuple[str, str]:
        """MJML and text of one block."""
        kind, at = self.given.blocks[entry].kind, f"blocks.{self.given.blocks[entry].id}"
        mjml = self._filled(_MJML, templates.block(kind), at, self.block_names(self.html, entry))
        return mjml, self._filled(_TEXT, templates.block(kind, "txt"), at, self.block_names(self.text, entry))

    def _filled(self, environment: ImmutableSandboxedEnvironment, template: str, at: str, names: Names) -> str:
        try:
            return _compiled(environment, template).render(names)
        except TemplateError as wrong:
            self.page.problems.append(Problem(at, f"the template cannot be filled: {wrong}"))
            return ""

    def shell_names(self, pen: Pen) -> Names:
        """What the layout's slots stand for."""
        edition, named, theme = self.given.edition, self.given.mailing_list, self.given.theme
        opening = Place(f"opening.{self.language}", SHELL, "opening")
        signature = Place(f"lists.{named.id}.signature.{self.language}", SHELL, "signature")
        marks = {
            name: marker(name.upper()) for name in ("greeting", "unsubscribe", "choices", "indication", "topics", "pixel", "blocks")
        }
        return (
            self._common[pen]
            | marks
            | {
                "language": self.language,
                "preheader": pen.line(edition.preheader.get(self.language, "")),
                "list_name": pen.line(named.names[self.language]),
                "opening": pen.rich(edition.opening.get(self.language, ""), opening),
                "signature": pen.rich(_LINE_END.sub("  \n", named.signature.get(self.language) or named.sender_name), signature),
                "portrait": self._picture(named.portrait, PORTRAIT_WIDTH),
                "portrait_alt": pen.attribute(named.sender_name),
                "postal_address": pen.lines(theme.postal_address),
                "party": self._party(pen),
                "label": self._label(pen),
            }
        )

    def _party(self, pen: Pen) -> Names:
        theme = self.given.theme
        shown = theme.website.removeprefix("https://").removeprefix("http://").rstrip("/")
        return {
            "name": pen.line(theme.name),
            "shown_name": "" if theme.logo.says_name else pen.line(theme.name),
            "website": pen.line(shown),
            "link": self.page.link(theme.website, "party.website", SHELL, "home"),
            "logo": f"{self.given.public_url}/pictures/{theme.logo.file}",
            "logo_alt": pen.attribute(theme.name) if theme.logo.says_name else "",
            "logo_width": theme.logo.width,
            "logo_height": theme.logo.height,
        }

    def _label(self, pen: Pen) -> Names | None:
        label = self.given.theme.label
        if label is None:
            return None
        election = label.election.get(self.language) or next(iter(label.election.values()), "")
        notice = self.page.link(label.notice, "party.label.notice", SHELL, "notice")
        return {"sponsor": pen.line(label.sponsor), "election": pen.line(election), "notice": notice}

    def block_names(self, pen: Pen, entry: int) -> Names:
        """What the slots of a block's template stand for."""
        block = self.given.blocks[entry]
        text = block.texts[self.language]
        at = f"blocks.{block.id}.texts.{self.language}"
        lines = {name: pen.line(getattr(text, name)) for name in ("title", "button", "when", "where", "who")}
        return (
            self._common[pen]
            | lines
            | {
                "kicker": self._kicker(pen, block),
                "text": pen.rich(text.text, Place(f"{at}.text", entry, block.id)),
                "link": self.page.link(text.url, f"{at}.url", entry, block.id),
                "alt": pen.attribute(text.alt),
                "picture": self._picture(block.picture, PICTURE_WIDTH),
                "portrait": self._picture(block.picture, PORTRAIT_WIDTH),
                "answers": [self._answer(pen, answer, f"{at}.answers", entry, n) for n, answer in enumerate(text.answers)],
            }
        )

    def _answer(self, pen: Pen, answer: Answer, at: str, entry: int, place: int) -> Names:
        if answer.url:
            link = self.page.link(answer.url, at, entry, self.given.blocks[entry].id)
        else:
            link = f"{marker('ANSWERS')}/{_answer_ranges(self.given.blocks)[entry][0] + place}"
        return {"text": pen.line(answer.text), "link": link}

    def _kicker(self, pen: Pen, block: Block) -> str:
        """What stands above a title: the topic, after the kind where that is not plain from the design."""
        topic = self.given.taxonomy.get(block.topics[0])
        kind = templates.words(self.language)[block.kind]
        name = topic.name(self.language) if topic else ""
        return pen.line(" · ".join(filter(None, (kind, name))))

    def _common_names(self, pen: Pen) -> Names:
        """What layouts and blocks share: the mail's own words and the colours."""
        facts = {"{list}": self.given.mailing_list.names[self.language], "{party}": self.given.theme.name}
        words: dict[str, str] = {}
        for name, text in templates.words(self.language).items():
            for place, fact in facts.items():
                text = text.replace(place, fact)
            words[name] = pen.sentence(text)
        return {"words": words, "light": self.given.theme.light, "dark": self.given.theme.dark}

    def _picture(self, id_: str | None, width: int) -> str:
        return f"{self.given.public_url}/pictures/{id_}-{width}.jpg" if id_ else ""
