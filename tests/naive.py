"""The naive way, as the oracle and as what the benchmark compares with: Jinja2 into MJML, MJML into HTML, per recipient.

As a competent person would write it: the shipped templates are compiled once, staff's words are made safe HTML once;
per recipient the chosen blocks are rendered into the layout with autoescape, and mjml-python does the rest. Nothing is cut,
marked or joined.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import jinja2
from markupsafe import Markup

from functions.adapters import templates
from functions.adapters.mail_source import Ingredients, Names, Writer
from functions.adapters.pen import Pen
from functions.adapters.renderer import to_html
from functions.domain.assembly import Assembled, Slots
from functions.domain.edition import BlockKind
from functions.domain.links import LinkTable
from functions.domain.slots import FORMS, INDICATED, OFFERED, TOPICS, in_html

Link = Callable[[int], str]
_Words = tuple[Names, Names]
_LINK = re.compile(r"@@LINK@@/(\d+)")
_FORM = re.compile(r"@@F(\d+)@@")


class Naive:
    """One language of an edition (an edition of that language alone, or the numbers of links differ)."""

    def __init__(self, given: Ingredients, language: str) -> None:
        writer = Writer(given, language, LinkTable(given.theme.slug, given.edition.name, given.edition.utm))
        writer.shell()  # first, as the renderer does, so that links get the same numbers
        for entry in range(len(given.blocks)):
            writer.block(entry)
        html, text = jinja2.Environment(autoescape=True), jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        self._kinds = [block.kind for block in given.blocks]
        self._html = _Part(writer, writer.html, html, given.layout, "mjml", in_html)
        self._text = _Part(writer, writer.text, text, templates.layout("newsletter", "txt"), "txt", str)

    def mjml(self, picks: Sequence[int], slots: Slots, link: Link | None = None) -> str:
        """The whole document of one recipient, before it becomes HTML."""
        pixel = Markup('<img src="{}" width="1" height="1" alt="" style="display:block;border:0;" />').format(slots.pixel_url)
        return self._html.rendered(picks, self._kinds, slots, pixel if slots.pixel_url else "", link)

    def html(self, picks: Sequence[int], slots: Slots, link: Link | None = None) -> bytes:
        return to_html(self.mjml(picks, slots, link)).encode()

    def text(self, picks: Sequence[int], slots: Slots) -> bytes:
        return self._text.rendered(picks, self._kinds, slots, "", None).encode()

    def assemble(self, picks: Sequence[int], slots: Slots, link: Link | None = None) -> Assembled:
        """The same mail as `functions.domain.assembly.assemble`. `link` makes a whole URL of a number, else the slots' prefix."""
        return Assembled(self.html(picks, slots, link), self.text(picks, slots))


class _Part:
    """The HTML or the text, per form of address: compiled templates, and the words that fill them."""

    def __init__(
        self,
        writer: Writer,
        pen: Pen,
        environment: jinja2.Environment,
        layout: str,
        part: str,
        say: Callable[[str], str],
    ) -> None:
        shell, blocks = writer.shell_names(pen), [writer.block_names(pen, entry) for entry in range(len(writer.given.blocks))]
        said = {chosen: writer.indication(chosen)[part == "txt"] for chosen in INDICATED}
        said[TOPICS] = writer.topics()[part == "txt"]
        self._said: dict[tuple[str, str], str] = {}
        self._forms: dict[str, tuple[jinja2.Template, dict[BlockKind, jinja2.Template], _Words, list[_Words]]] = {}
        for place, form in enumerate(FORMS):
            words = [say(pair[place]) for pair in writer.page.forms]
            fixed = _spoken(shell, words)
            self._said |= {(form, chosen): _in_form(text, words) for chosen, text in said.items()}
            kinds = {kind: environment.from_string(_fixed(templates.block(kind, part), fixed)) for kind in BlockKind}
            spoken = [_words(names, words) for names in blocks]
            self._write = Markup if environment.autoescape else str
            self._forms[form] = environment.from_string(_fixed(layout, fixed)), kinds, _words(shell, words), spoken

    def rendered(self, picks: Sequence[int], kinds: Sequence[BlockKind], slots: Slots, pixel: str, link: Link | None) -> str:
        led = _personal(slots.link_prefix, link, slots.greeting, slots.answers_url)
        layout, templates_, shell, blocks = self._forms[slots.form]
        chosen = "".join(templates_[kinds[pick]].render(_led(blocks[pick], led)) for pick in picks)
        own = {
            "blocks": Markup(chosen),
            "greeting": slots.greeting,
            "unsubscribe": slots.unsubscribe_url,
            "choices": slots.choices_url,
            "indication": self._indication(slots),
            "topics": self._topics(slots),
            "pixel": pixel,
        }
        return layout.render(_led(shell, led) | own)

    def _topics(self, slots: Slots) -> str:
        said = self._said[slots.form, TOPICS] if slots.indication in OFFERED else ""
        return self._write(said).replace("@@CHOICES@@", slots.choices_url)

    def _indication(self, slots: Slots) -> str:
        said = self._said.get((slots.form, slots.indication))
        return self._write(said).replace("@@CHOICES@@", slots.choices_url) if said else ""


def _fixed(template: str, names: Names) -> str:
    """Colours and the mail's own words written into the template, as who needs but one party's would have them there."""
    return re.sub(r"\{\{ (light|dark|words)\.(\w+) \}\}", lambda found: names[found[1]][found[2]], template)


def _personal(prefix: str, link: Link | None, greeting: str, answers: str) -> Callable[[str], str]:
    """Puts this recipient's links and greeting into words made beforehand. Markup escapes what it takes in."""
    if link is None:
        return lambda text: text.replace("@@LINK@@", prefix).replace("@@ANSWERS@@", answers).replace("@@GREETING@@", greeting)
    return lambda text: type(text)(_LINK.sub(lambda found: link(int(found[1])), text)).replace("@@GREETING@@", greeting)


def _spoken(names: Names, words: list[str]) -> Names:
    return {name: _each(value, lambda text: type(text)(_in_form(text, words))) for name, value in names.items()}


def _in_form(text: str, words: list[str]) -> str:
    return _FORM.sub(lambda found: words[int(found[1])], text)


def _words(names: Names, words: list[str]) -> _Words:
    """The names in one form of address; apart, those that hold links."""
    spoken = _spoken(names, words)
    return spoken, {name: value for name, value in spoken.items() if "@@" in str(value)}


def _led(words: _Words, led: Callable[[str], str]) -> Names:
    """The names with the links of this recipient."""
    names, linked = words
    return {**names, **{name: _each(value, led) for name, value in linked.items()}}


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(inner, change) for key, inner in value.items()}
    return [_each(inner, change) for inner in value] if isinstance(value, list) else value
