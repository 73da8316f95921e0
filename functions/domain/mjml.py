"""The check of MJML that mjml-python does not do: it takes unknown elements, attributes and wrong closing tags in silence.

A template is MJML with the slots of the rules (`{{ title }}`, `{% if picture %}`): no other logic.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from xml.parsers import expat

from functions.domain import mjml_addresses as addresses
from functions.domain import mjml_rules as rules
from functions.domain.slots import MARKER, SLOTS

_EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_TAG = re.compile(r"\{([%#])-?(.*?)-?[%#]\}", re.DOTALL)
_NAME = re.compile(r"[a-z_]+(?:\.[a-z_]+)?")
_STATEMENT = re.compile(r"(if|elif) (?:not )?([a-z_.]+)|(else|endif|endfor)|for answer in (answers)")
_CLOSES = {"endif": "if", "endfor": "for", "else": "if", "elif": "if"}
_MARKERS = {slot.name for slot in SLOTS} | {"B", "END"}


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong at a place in a file (line and column from 1), and what would be right."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


def check(source: str, file: str = "mjml", own: str = "") -> list[Finding]:
    """Everything wrong with a layout (root `<mjml>`) or a block (sections), in order. Empty when it is right.

    `own`: how the addresses of uploaded pictures begin; without it only slots name a picture.
    """
    checker = _Checker(source, file, own=own)
    checker.templating()
    checker.markup()
    return sorted(set(checker.findings))


def check_document(source: str, file: str = "mail") -> list[Finding]:
    """The same for MJML in which all slots are filled: braces are words now."""
    checker = _Checker(source, file, template=False)
    checker.markup()
    return sorted(set(checker.findings))


def check_layout(source: str, file: str = "layout", own: str = "") -> list[Finding]:
    """`check`, and the places every mail needs: blocks, greeting, signature, ways out, postal address, language."""
    findings = check(source, file, own)
    names = {found[1].strip() for found in _EXPRESSION.finditer(source)}
    for name, what in rules.REQUIRED_NAMES.items():
        if name not in names:
            findings.append(Finding(file, 1, 1, f"{{{{ {name} }}}} is missing: {what}"))
    if not re.search(r"<mjml[^>]*\slang=", source):
        findings.append(Finding(file, 1, 1, '<mjml lang="{{ language }}"> is needed, or the mail says lang="und"'))
    return findings


def check_block(source: str, file: str = "block") -> list[Finding]:
    """`check`, and that the block shows its title."""
    findings = check(source, file)
    if not re.search(r"\{\{-?\s*title\s*-?\}\}", source):
        findings.append(Finding(file, 1, 1, "{{ title }} is missing: every block has one"))
    return findings


class _Checker:
    def __init__(self, source: str, file: str, template: bool = True, own: str = "") -> None:
        self.source, self.file, self.template, self.own = source, file, template, own
        self.findings: list[Finding] = []
        self.layout = "<mjml" in source
        self.names = rules.LAYOUT_NAMES if self.layout else rules.BLOCK_NAMES
        self.open: list[tuple[str, int]] = []

    def say(self, at: int, message: str) -> None:
        before = self.source[:at]
        self.findings.append(Finding(self.file, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1, message))

    # -- slots and statements

    def templating(self) -> None:
        opened: list[tuple[str, int]] = []
        for found in re.finditer(f"{_TAG.pattern}|{_EXPRESSION.pattern}", self.source, re.DOTALL):
            if found[1] == "%":
                self._statement(found.start(), " ".join(found[2].split()), opened)
            elif found[1] is None:
                self._expression(found.start(), found[3].strip())
        for word, at in opened:
            self.say(at, f"{{% {word} %}} is not closed: {{% end{word} %}} is missing")

    def _statement(self, at: int, text: str, opened: list[tuple[str, int]]) -> None:
        word = text.partition(" ")[0]
        match = _STATEMENT.fullmatch(text)
        if not match:
            self.say(at, f"{{% {text} %}} is not for templates; they know if NAME, if not NAME, else, for answer in answers")
            return
        if match[2]:
            self._known(at, match[2])
        if word in _CLOSES and (not opened or opened[-1][0] != _CLOSES[word]):
            self.say(at, f"{{% {word} %}} belongs to no {{% {_CLOSES[word]} %}}")
        elif word in ("endif", "endfor"):
            opened.pop()
        elif word in ("if", "for"):
            opened.append((word, at))

    def _expression(self, at: int, name: str) -> None:
        if not _NAME.fullmatch(name):
            self.say(at, f"{{{{ {name} }}}} is not a slot: a slot is a name, as in {{{{ title }}}}")
        elif self._known(at, name):
            where = self.names.get(name, rules.ANYWHERE)
            inside = self._in_attribute(at)
            if where == "text" and inside:
                self.say(at, f"{{{{ {name} }}}} is text: it stands between tags, not in an attribute")
            if where == "attribute" and not inside:
                self.say(at, f"{{{{ {name} }}}} is for an attribute, not for text")

    def _known(self, at: int, name: str) -> bool:
        group, _, rest = name.partition(".")
        if name in self.names or (rest and group in ("words", *rules.COLOURS.split())):
            return True
        self.say(at, f"there is no slot {{{{ {name} }}}}{_meant(name, self.names)}")
        return False

    def _in_attribute(self, at: int) -> bool:
        # `<` never stands in an attribute of well-formed XML, so the last angle bracket tells.
        before = _TAG.sub("", self.source[:at])
        return before.rfind("<") > before.rfind(">") or _in_css(before)

    # -- elements and attributes

    def markup(self) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, attributes: self._start(name, attributes, self._at(parser))
        parser.EndElementHandler = lambda name: self._end()
        parser.CharacterDataHandler = lambda text: self._text(text, self._at(parser))
        # A block has several roots, and a line of our own leaves columns as they are.
        self._shift = 0 if self.layout else len(b"<mj-body>\n")
        masked = _EXPRESSION.sub(_blank_if_odd, _TAG.sub(lambda found: _blank(found[0]), self.source))
        self._bytes = (masked if self.template else self.source).encode()
        document = self._bytes if self.layout else b"<mj-body>\n" + self._bytes + b"</mj-body>"
        try:
            parser.Parse(document, True)
        except expat.ExpatError as error:
            self._not_well_formed(error, parser.ErrorByteIndex - self._shift)

    def _at(self, parser: expat.XMLParserType) -> int:
        return parser.CurrentByteIndex - self._shift

    def point(self, byte: int, message: str) -> None:
        """`say` for a place that expat gave, in bytes."""
        self.say(self._character(byte), message)

    def _character(self, byte: int) -> int:
        return len(self._bytes[: max(0, byte)].decode(errors="ignore"))

    def _start(self, name: str, attributes: dict[str, str], at: int) -> None:
        parent = self.open[-1][0] if self.open else ""
        self.open.append((name, at))
        if not self.layout and not parent:
            return  # the root that only the check adds
        if name.startswith("mj"):
            self._element(name, parent, at)
            self._attributes(name, parent, attributes, at)
        else:
            self._html(name, parent, attributes, at)
        for attribute, value in attributes.items():
            if "@@" in value:
                self._markers(value, self._attribute_at(attribute, at), in_body=False)
            if self.template and (reason := addresses.wrong_attribute(attribute, value, self.own)):
                self.point(self._attribute_at(attribute, at), reason)

    def _element(self, name: str, parent: str, at: int) -> None:
        if parent == "mj-attributes":
            if name not in rules.WITH_DEFAULTS:
                self.point(at, f"<{name}> has no defaults to set in <mj-attributes>{_meant(name, rules.WITH_DEFAULTS)}")
        elif name not in rules.ATTRIBUTES:
            self.point(at, f"there is no element <{name}>{_meant(name, rules.ATTRIBUTES)}")
        elif not parent and name != "mjml":
            self.point(at, f"a layout begins with <mjml>, not <{name}>")
        elif parent and name not in rules.CHILDREN.get(parent, frozenset()):
            homes = [f"<{home}>" for home, children in rules.CHILDREN.items() if name in children]
            self.point(at, f"<{name}> does not stand in <{parent}>, but in {' or '.join(homes) or 'nothing'}")

    def _attributes(self, name: str, parent: str, attributes: dict[str, str], at: int) -> None:
        default = parent == "mj-attributes"
        known = rules.EVERY_ATTRIBUTE if default and name in ("mj-all", "mj-class") else rules.ATTRIBUTES.get(name)
        for attribute in attributes:
            if known is not None and attribute not in known:
                self.point(self._attribute_at(attribute, at), f"<{name}> has no attribute {attribute}{_meant(attribute, known)}")
        if name in ("mj-image", "mj-social-element") and not default and "alt" not in attributes:
            self.point(at, f'<{name}> needs alt="...": what it shows, or alt="" when it only decorates')
        if name == "mj-image" and not default and "src" not in attributes:
            self.point(at, "<mj-image> needs src")

    def _html(self, name: str, parent: str, attributes: dict[str, str], at: int) -> None:
        if parent.startswith("mj-") and parent not in rules.TEXTUAL:
            self.point(at, f"<{name}> does not stand in <{parent}>; HTML stands in <mj-text>, <mj-table> or <mj-raw>")
        if name in rules.REFUSED_HTML:
            self.point(at, f"<{name}> does not belong in a mail")
        if name == "img" and "alt" not in attributes:
            self.point(at, '<img> needs alt="...": what it shows, or alt="" when it only decorates')

    def _attribute_at(self, attribute: str, at: int) -> int:
        found = re.compile(rb"\s(" + re.escape(attribute.encode()) + rb")\s*=").search(self._bytes, max(0, at))
        return found.start(1) if found else at

    def _end(self) -> None:
        self.open.pop()

    def _text(self, text: str, at: int) -> None:
        parent = self.open[-1][0] if self.open else ""
        grand = self.open[-2][0] if len(self.open) > 1 else ""
        self._markers(text, at, in_body=parent == "mj-raw" and grand == rules.BODY)
        if self.template and "mj-style" in (parent, grand) and (reason := addresses.wrong_style(text, self.own)):
            self.point(at, reason)
        slots = {found[1].strip() for found in _EXPRESSION.finditer(text)} if self.template else set()
        if "blocks" in slots and parent != rules.BODY:
            self.point(at, "{{ blocks }} stands directly under <mj-body>")
        if "pixel" in slots and not (parent == "mj-raw" and grand == rules.BODY):
            self.point(at, "{{ pixel }} stands in an <mj-raw> directly under <mj-body>")
        loose = _EXPRESSION.sub("", text).strip() and parent.startswith("mj") and parent not in rules.TEXTUAL
        if loose or (slots - {"blocks"} and parent == rules.BODY):
            self.point(at, f"text does not stand in <{parent}>, but in <mj-text>")

    def _markers(self, text: str, at: int, in_body: bool) -> None:
        for found in MARKER.finditer(text):
            if found[1] not in _MARKERS:
                self.point(at, f"there is no marker {found[0]}")
            elif found[1] in ("B", "END") and not in_body:
                self.point(at, f"{found[0]} stands in an <mj-raw> directly under <mj-body>, or a mail is cut in the wrong place")

    def _not_well_formed(self, error: expat.ExpatError, at: int) -> None:
        reason = expat.ErrorString(error.code)
        name, since = self.open[-1] if self.open else ("", 0)
        line = self._bytes[: max(0, since)].count(b"\n") + 1
        if reason == expat.errors.XML_ERROR_TAG_MISMATCH:
            self.point(self._bytes.rfind(b"<", 0, at + 1), f"</{name}> is expected here: <{name}> of line {line} is open")
        elif reason in (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN) and name:
            self.point(at, f"</{name}> is missing: <{name}> of line {line} is open")
        elif reason == expat.errors.XML_ERROR_UNDEFINED_ENTITY:
            self.point(at, "this entity is HTML's own: write it as a number, &#160; for &nbsp;")
        else:
            self.point(at, f"{reason}: tags are closed (<br />), & is &amp;, < is &lt;")


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blank_if_odd(found: "re.Match[str]") -> str:
    return found[0] if _NAME.fullmatch(found[1].strip()) else _blank(found[0])


def _in_css(before: str) -> bool:
    return before.rfind("<mj-style") > before.rfind("</mj-style")


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f"; is {close[0]} meant?" if close else ""
