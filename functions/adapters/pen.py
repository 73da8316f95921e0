"""Writes staff's words into a mail: as HTML, into attributes, as plain text; with markers where supporters differ.

Staff's text never becomes a marker: what looks like one is pulled apart.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from functions.adapters import markdown
from functions.domain.edition import Block, Problem
from functions.domain.links import LinkTable
from functions.domain.slots import ALTERNATIVES, GREETING_WORD, attribute_safe, escaped, marker, one_line

_OPEN, _CLOSE = "\ue000", "\ue001"  # hold a marker's place while text is still text; private use, so staff's text has none
_PAD = "\ue002"  # makes a place as wide as the words that may stand there
_FORM = re.compile(f"{_OPEN}F(\\d+){_CLOSE}")


@dataclass
class Page:
    """What the pens of one language share: the links, the words for both forms of address, and what was wrong."""

    links: LinkTable
    forms: dict[tuple[str, str], int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def link(self, url: str, at: str, entry: int, content: str) -> str:
        """`@@LINK@@/n`; nothing for no address or a wrong one, which becomes a problem at this field."""
        try:
            return f"{marker('LINK')}/{self.links.number(url, entry, content)}" if url else ""
        except ValueError as wrong:
            self.problems.append(Problem(at, f"{url}: {wrong}"))
            return ""

    def held(self, text: str) -> str:
        """The text with its places held; `shown` makes them markers."""
        text = text.replace(_OPEN, "").replace(_CLOSE, "").replace(GREETING_WORD, f"{_OPEN}GREETING{_CLOSE}")
        return ALTERNATIVES.sub(lambda found: f"{_OPEN}F{self._form(found[1], found[2])}{_CLOSE}", text)

    def wide(self, held: str) -> str:
        """Held text, with places as wide as the longer of their words: a line that holds them is wrapped for both forms."""
        widths = [max(map(len, words)) for words in self.forms]
        return _FORM.sub(lambda found: found[0].ljust(widths[int(found[1])], _PAD), held.replace(_PAD, ""))

    def _form(self, informal: str, formal: str) -> int:
        return self.forms.setdefault((informal, formal), len(self.forms))


@dataclass(frozen=True)
class Place:
    """Where a text comes from: the field a problem names, and the entry (-1: the shell) and words its links go under."""

    field: str
    entry: int
    content: str


class Pen(ABC):
    """One way of writing. `line` makes one line of text, `rich` reads Markdown."""

    apart: str  # two @ of staff's own

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def line(self, text: str) -> str: ...

    @abstractmethod
    def sentence(self, text: str) -> str:
        """One line too, which may be wrapped where lines have a width."""

    @abstractmethod
    def attribute(self, text: str) -> str: ...

    @abstractmethod
    def rich(self, text: str, place: Place) -> str: ...

    @abstractmethod
    def lines(self, texts: tuple[str, ...]) -> str: ...

    def _led(self, place: Place) -> Callable[[str], str]:
        def led(url: str) -> str:
            return self.page.link(url, place.field, place.entry, place.content).replace("@@LINK@@", f"{_OPEN}LINK{_CLOSE}")

        return led

    def _shown(self, text: str) -> str:
        return text.replace("@@", self.apart).replace(_OPEN, "@@").replace(_CLOSE, "@@")


class HtmlPen(Pen):
    """HTML that MJML and XML take; staff's Markdown dressed in inline styles, by tag."""

    apart = "&#64;&#64;"

    def __init__(self, page: Page, styles: Mapping[str, str]) -> None:
        super().__init__(page)
        self._styles = styles

    def line(self, text: str) -> Markup:
        return _markup(self._shown(escaped(self.page.held(one_line(text)))))

    def sentence(self, text: str) -> Markup:
        return self.line(text)

    def attribute(self, text: str) -> Markup:
        return _markup(attribute_safe(str(self.line(text))))

    def rich(self, text: str, place: Place) -> Markup:
        if markdown.has_picture(text):
            self.page.problems.append(Problem(place.field, "no picture stands in a text: a block has one of its own, `picture`"))
        html = markdown.to_html(self.page.held(text), self._led(place))
        return _markup(self._shown(re.sub(r"<([a-z0-9]+)([ >])", self._styled, html)))

    def lines(self, texts: tuple[str, ...]) -> Markup:
        return Markup("<br />").join(self.line(text) for text in texts)

    def _styled(self, found: "re.Match[str]") -> str:
        style = self._styles.get(found[1])
        return f'<{found[1]} style="{style}"{found[2]}' if style else found[0]


class TextPen(Pen):
    """Plain text, in lines of at most 72 characters whatever the form of address."""

    apart = "@ @"

    def line(self, text: str) -> str:
        return self._shown(self.page.held(one_line(text)))

    def sentence(self, text: str) -> str:
        return self._shown(markdown.wrapped(self.page.wide(self.page.held(one_line(text)))).replace(_PAD, ""))

    def attribute(self, text: str) -> str:
        return self.line(text)

    def rich(self, text: str, place: Place) -> str:
        wide = self.page.wide(self.page.held(text))
        return self._shown(markdown.to_text(wide, self._led(place)).replace(_PAD, ""))

    def lines(self, texts: tuple[str, ...]) -> str:
        return "\n".join(self.line(text) for text in texts)


def text_problems(block: Block) -> list[Problem]:
    """What is wrong with the Markdown and the links of a block, which an edition with it would be refused for."""
    page = Page(LinkTable("", "", utm=False))
    pen = HtmlPen(page, {})
    for language, text in block.texts.items():
        at = f"blocks.{block.id}.texts.{language}"
        pen.rich(text.text, Place(f"{at}.text", 0, block.id))
        page.link(text.url, f"{at}.url", 0, block.id)
        for place, answer in enumerate(text.answers):
            page.link(answer.url, f"{at}.answers[{place}].url", 0, block.id)
    return list(dict.fromkeys(page.problems))


def _markup(html: str) -> Markup:
    """What has been escaped or sanitised already."""
    return Markup(html)  # noqa: S704
