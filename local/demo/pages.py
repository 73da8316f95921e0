"""The supporter's pages as a browser sees them: find the form, fill it in, post what it would post."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode


@dataclass
class Form:
    """A form of a page: hidden fields, and what may be chosen. `options` holds the values per radio or checkbox name."""

    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    ticked: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, answers: Mapping[str, str | list[str]]) -> str:
        """The urlencoded body with these answers. LookupError for an answer that the form does not offer."""
        pairs = list(self.hidden.items())
        for name, given in answers.items():
            values = [given] if isinstance(given, str) else given
            for value in values:
                if value not in self.options.get(name, []):
                    raise LookupError(f"the form offers no {name}={value}")
                pairs.append((name, value))
        return urlencode(pairs)


def forms(html: str) -> list[Form]:
    """The forms of a page, in order."""
    reader = _Forms()
    reader.feed(html)
    return reader.forms


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
            self._open = True
        elif self._open and tag in ("input", "button") and given.get("name"):
            self._field(given)

    def _field(self, given: Mapping[str, str]) -> None:
        form, name, value = self.forms[-1], given["name"], given.get("value", "")
        if given.get("type") == "hidden":
            form.hidden[name] = value
            return
        form.options.setdefault(name, []).append(value)
        if "checked" in given:
            form.ticked.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
