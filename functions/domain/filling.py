"""A mail as SES's template and what fills it. What all mails of a language share goes into a bulk call once, not with each mail.

A template is the shell of an edition with `{{name}}` in its slots; template data is JSON within JSON, written from parts that
were quoted once. Neither relies on more than that SES puts values in as they are (`python -m local.prove_bulk`).
"""

from collections.abc import Sequence
from typing import NamedTuple

from functions.domain.quoting import quoted
from functions.domain.slots import VALUES, pieces


class Shell(NamedTuple):
    """The parts of a template, as they stand in JSON between quotes. Blocks go into `{{h}}` and `{{t}}`."""

    html: bytes
    text: bytes


class Filling(NamedTuple):
    """Template data for a shell: all of its members but the subject, in pieces to be joined with the rest of a call."""

    shell: Shell
    data: Sequence[bytes]


WHOLE = Shell(b"{{h}}", b"{{t}}")  # for mails that share nothing
# The values of VALUES for HTML, then for text; %-formatted with them in that order.
DATA_VALUES = b"".join(b'\\"%b%b\\":\\"%%b\\",' % (part, name.lower().encode()) for part in (b"h", b"t") for name in VALUES)
DATA_HTML, DATA_TEXT, DATA_END = b'\\"h\\":\\"', b'\\",\\"t\\":\\"', b'\\"'


def shell_of(html: Sequence[str], text: Sequence[str]) -> Shell:
    """The shell of a mail from its head and tail in HTML and in text, with markers. WHOLE when words look like a template's."""
    parts = [_template(name, *marked) for name, marked in (("h", html), ("t", text))]
    if parts[0] is None or parts[1] is None:
        return WHOLE
    return Shell(quoted(parts[0].encode()), quoted(parts[1].encode()))


def fill_whole(html: bytes, text: bytes) -> Filling:
    """A mail that brings its own shell."""
    return Filling(WHOLE, (DATA_HTML, quoted(html, depth=2), DATA_TEXT, quoted(text, depth=2), DATA_END))


def _template(part: str, head: str, tail: str) -> str | None:
    (before, first), (after, second) = pieces(head), pieces(tail)
    texts = [*before, *after]
    names = [*(part + name.lower() for name in first), part, *(part + name.lower() for name in second)]
    # A brace or backslash beside a slot, or a slot that staff wrote, could mean something to SES.
    if any("{{" in text or text.endswith(("{", "\\")) or text.startswith("}") for text in texts):
        return None
    return texts[0] + "".join(f"{{{{{name}}}}}{text}" for name, text in zip(names, texts[1:], strict=True))
