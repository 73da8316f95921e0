"""The supporters' pages: Jinja2 templates that escape everything, words per language, one inline style sheet.

A page works without JavaScript, sets no cookie and asks nothing of a third party; the policy in its headers holds it to that.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from functions.domain.supporter import LANGUAGES, FormOfAddress

TEMPLATES = Path(__file__).parents[2] / "templates"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# A colour for errors is nobody's house style: legible beside any of them, on white and on near-black.
_WRONG = {"light": "#b3261e", "dark": "#ffb4ab"}


_THOUSANDS = {"nl": ".", "en": ",", "fr": "\u202f"}


@dataclass(frozen=True)
class Voice:
    """In which language, and how familiarly, a page speaks."""

    language: str
    form: FormOfAddress


class Foreign(str):
    """A text in another language than its page. A template that shows it by itself marks it so (WCAG 2.2, 3.1.2); within a
    sentence, where it is a name, it is a text like any other.
    """

    language: str

    def __new__(cls, text: str, language: str) -> "Foreign":
        made = super().__new__(cls, text)
        made.language = language
        return made

    def __html__(self) -> str:
        return Markup('<span lang="{}">{}</span>').format(self.language, str.__str__(self))


def spoken(texts: Mapping[str, str], voice: Voice, otherwise: str = "") -> str:
    """Of texts by language the one a page in this voice shows: in its own language, else `Foreign`; else `otherwise`."""
    own = texts.get(voice.language)
    return own or next((Foreign(text, language) for language, text in texts.items() if text), otherwise)


def in_figures(number: int, voice: Voice) -> str:
    """A whole number as one writes it in this language."""
    return f"{number:,}".replace(",", _THOUSANDS[voice.language])


class Pages:
    """All pages of a deployment. Reads the templates folder once."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        self.party: dict[str, Any] = json.loads((templates / "party.json").read_text("utf-8"))
        folder = templates / "pages"
        self._words = {code: _words(folder / "words" / code) for code in LANGUAGES}
        style = _palette(self.party) + (folder / "style.css").read_text("utf-8")
        self._style = Markup(style)  # noqa: S704 - our own file and checked colours
        self._site = urlsplit(self.party.get("website", "")).hostname or ""
        self._jinja = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self.headers = _headers(style)

    def words(self, voice: Voice, **values: str) -> dict[str, Any]:
        """The words of the pages in one voice, `{party}` and the given values filled in. Plain text, nested as in the file."""
        filled = _Known(values, party=self.party["name"], website=self._site)
        spoken: dict[str, Any] = in_voice(self._words[voice.language], voice.form, filled)
        return spoken

    def render(self, name: str, voice: Voice, *, texts: Mapping[str, str] | None = None, **values: object) -> str:
        """The HTML of `templates/pages/<name>.html`. `texts` fill the words; `values` are the template's own."""
        return self._jinja.get_template(f"{name}.html").render(
            language=voice.language,
            form=voice.form.value,
            languages=[(code, words["language"]) for code, words in self._words.items()],
            words=self.words(voice, **(texts or {})),
            party=self.party,
            site_name=self._site,
            style=self._style,
            **values,
        )


def _words(folder: Path) -> dict[str, Any]:
    """One language's words: every file of its folder, by page. ValueError when two files have the same key."""
    words: dict[str, Any] = {}
    for file in sorted(folder.glob("*.json")):
        more = json.loads(file.read_text("utf-8"))
        if twice := words.keys() & more.keys():
            raise ValueError(f"{file.parent.name}/{file.name}: {sorted(twice)} stand in another file too")
        words |= more
    return words


class _Known(dict[str, str]):
    """Leaves a placeholder whose value is not known as it is."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def in_voice(words: Any, form: FormOfAddress, values: Mapping[str, str]) -> Any:
    """Nested words with one form of address chosen and the values filled in. Where a language has one form, that one."""
    if isinstance(words, str):
        return words.format_map(values)
    if "informal" in words:
        return in_voice(words.get(form.value, words["informal"]), form, values)
    return {key: in_voice(inner, form, values) for key, inner in words.items()}


def _palette(party: Mapping[str, Any]) -> str:
    """The party's colours as custom properties. ValueError for what is no `#rrggbb`: it would reach a style sheet."""

    def rules(scheme: str) -> str:
        colours = {**party[scheme], "wrong": _WRONG[scheme]}
        for name, colour in colours.items():
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"party.json, {scheme}.{name}: a colour is written #rrggbb")
        return "".join(f"--{name}:{colour};" for name, colour in colours.items())

    field = "--field:color-mix(in srgb,var(--soft) 70%,var(--sheet));"
    light = f":root{{color-scheme:light dark;{rules('light')}{field}}}\n"
    return light + f"@media (prefers-color-scheme:dark){{:root{{{rules('dark')}{field}}}}}\n"


def _headers(style: str) -> dict[str, str]:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
        "cross-origin-opener-policy": "same-origin",
    }
