"""The places in a compiled mail that differ per supporter: their markers, and what may stand there.

A marker is text (`@@GREETING@@`), because mjml-python strips comments. Staff's own text can never contain one:
`@@` is refused in it, and neutralised wherever it could still come about.
"""

import re
from dataclasses import dataclass

MARKER = re.compile(r"@@([A-Z]+)(\d*)@@")
ALTERNATIVES = re.compile(r"\{([^{}|\n]*)\|([^{}|\n]*)\}")
FORMS = ("informal", "formal")
GREETING_WORD = "{greeting}"
RECIPIENTS = "recipients"
# What a mail can say of how it was chosen: by its blocks (values of `Selection`), or only by whom it went to.
INDICATED = ("declared", "observed", RECIPIENTS)
TOPICS = "topics"
# The mails that offer the topics to choose: those whose blocks were not chosen for their reader.
OFFERED = ("", RECIPIENTS)


@dataclass(frozen=True)
class Slot:
    """A slot. `html` says where it may stand in HTML and so how it is escaped: attribute, text, or markup (made by us)."""

    name: str
    template: str  # the name templates use: {{ greeting }}
    html: str
    holds: str
    required: bool = False  # every layout must have it


SLOTS = (
    Slot("LINK", "link", "attribute", "the prefix of a link; `/n` follows: the n-th link of the edition"),
    Slot("GREETING", "greeting", "text", "the greeting with its comma; in the subject as well", required=True),
    Slot("UNSUBSCRIBE", "unsubscribe", "attribute", "the page that unsubscribes", required=True),
    Slot("CHOICES", "choices", "attribute", "the page of choices", required=True),
    Slot("ANSWERS", "", "attribute", "the page of a poll's answers, in blocks alone; `/n` follows: the n-th answer of the edition"),
    Slot("PIXEL", "pixel", "markup", "a whole <img>, or nothing without `open_pixel`", required=True),
    Slot(
        "INDICATION",
        "indication",
        "markup",
        "in a mail chosen for its reader: that it is political advertising, chosen by what, and why; else nothing",
        required=True,
    ),
    Slot(
        "TOPICS", "topics", "markup", "in a mail whose blocks were not chosen for its reader: the topics, each a link to choose it"
    ),
    Slot("F", "", "text", "words that depend on the form of address; a number follows"),
)
# Order of a supporter's values in assembly. F is filled beforehand, once per form of address; INDICATION and TOPICS too, once for
# each way in which a mail can be chosen. ANSWERS stands in few blocks and in no shell.
VALUES = tuple(slot.name for slot in SLOTS if slot.name not in ("F", "INDICATION", "TOPICS", "ANSWERS"))


def marker(name: str, number: int | None = None) -> str:
    return f"@@{name}{'' if number is None else number}@@"


def escaped(text: str) -> str:
    """For HTML text and quoted attributes alike. Same output as MarkupSafe, which templates use."""
    text = text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


def attribute_safe(html: str) -> str:
    """Escaped text as mjml-python passes it through in attributes.

    It writes them with Rust's debug escaping: a backslash, an emoji's joiner or a no-break space would come out as
    `\\u{200d}`. Numeric references come out as they are.
    """
    return html.replace("\\", "&#92;").encode("ascii", "xmlcharrefreplace").decode()


def in_html(words: str) -> str:
    """Words for one form of address, which may stand in text or in an attribute."""
    return attribute_safe(escaped(words))


def one_line(text: str) -> str:
    """White space collapsed, no-break spaces kept: French puts them before ? and !"""
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def spoken(text: str, form: str) -> str:
    """Staff's text with each `{je|u}` in the words of one form of address.

    >>> spoken("Wat {vind je|vindt u}?", "formal")
    'Wat vindt u?'
    """
    return ALTERNATIVES.sub(lambda found: found[1 + FORMS.index(form)], text)


def pieces(text: str) -> tuple[list[str], list[str]]:
    """What stands around the markers, and the slots' names between them: always one more of the former."""
    parts = MARKER.split(text)
    return parts[0::3], parts[1::3]
