"""The naive way, as the oracle and as what the benchmark compares with: Jinja2 into MJML, MJML into HTML, per recipient.

As a competent person would write it: everything that is the same for all is filled in and compiled once (Jinja2's
templates, staff's Markdown); per recipient the chosen blocks are rendered with autoescape and mjml-python does the rest.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import jinja2
from markupsafe import Markup

from functions.adapters.mail_source import MailSource
from functions.adapters.renderer import to_html
from functions.domain.assembly import Assembled, Slots
from functions.domain.slots import FORMS, MARKER, in_html

_EXPRESSIONS = {
    "LINK": "{{ link_prefix }}",
    "GREETING": "{{ greeting }}",
    "UNSUBSCRIBE": "{{ unsubscribe_url }}",
    "CHOICES": "{{ choices_url }}",
    "PIXEL": "{% if pixel_url %}"
    '<img src="{{ pixel_url }}" width="1" height="1" alt="" style="display:block;border:0;" />{% endif %}',
}


class Naive:
    """One language of an edition. `signed`: each link is signed on its own, by `values["link"](n)`."""

    def __init__(self, source: MailSource, signed: bool = False) -> None:
        html = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
        text = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
        self._forms = [
            ([Markup(in_html(words[place])) for words in source.forms], [words[place] for words in source.forms])
            for place in range(len(FORMS))
        ]
        self._before, self._after = (html.from_string(_template(part, signed)) for part in source.mjml)
        self._blocks = [html.from_string(_template(block, signed)) for block in source.mjml_blocks]
        self._text_before, self._text_after = (text.from_string(_template(part, signed)) for part in source.text)
        self._text_blocks = [text.from_string(_template(block, signed)) for block in source.text_blocks]

    def html(self, picks: Sequence[int], slots: Slots, **more: Any) -> bytes:
        values = {**slots._asdict(), "forms": self._forms[FORMS.index(slots.form)][0], **more}
        return to_html(_rendered(self._before, self._blocks, self._after, picks, values)).encode()

    def text(self, picks: Sequence[int], slots: Slots, **more: Any) -> bytes:
        values = {**slots._asdict(), "forms": self._forms[FORMS.index(slots.form)][1], **more}
        return _rendered(self._text_before, self._text_blocks, self._text_after, picks, values).encode()

    def assemble(self, picks: Sequence[int], slots: Slots, **more: Any) -> Assembled:
        return Assembled(self.html(picks, slots, **more), self.text(picks, slots, **more))


def _rendered(
    before: jinja2.Template, blocks: list[jinja2.Template], after: jinja2.Template, picks: Sequence[int], values: dict[str, Any]
) -> str:
    return "".join((before.render(values), *(blocks[pick].render(values) for pick in picks), after.render(values)))


def _template(marked: str, signed: bool) -> str:
    marked = re.sub(r"\{(?=[{%#])", "{{ '{' }}", marked)
    if signed:
        marked = re.sub(r"@@LINK@@/(\d+)", r"{{ link(\1) }}", marked)
    expression: Callable[[re.Match[str]], str] = lambda m: f"{{{{ forms[{m[2]}] }}}}" if m[1] == "F" else _EXPRESSIONS[m[1]]  # noqa: E731
    return MARKER.sub(expression, marked)
