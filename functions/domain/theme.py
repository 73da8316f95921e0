"""How a party's mails and pages look: name, logo, colours, postal address. Read from `templates/party.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.domain.edition import Problem
from functions.domain.links import HOST, url_problem

# (text, background): each pair must be readable, in light and in dark.
PAIRS = (
    ("ink", "sheet"),
    ("ink", "tint"),
    ("soft", "sheet"),
    ("soft", "page"),
    ("soft", "tint"),
    ("accent", "sheet"),
    ("accent", "tint"),
    ("on_accent", "accent"),
    ("on_header", "header"),
)
COLOURS = ("page", "sheet", "ink", "soft", "line", "tint", "accent", "on_accent", "header", "on_header", "spark")
ELSEWHERE = ("timezone", "quiet_hours", "frequency_cap", "voting_age")  # in the same file, not looks: habits.py, pages.py
ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3 (AA)


@dataclass(frozen=True)
class Logo:
    """A picture served at `<public>/pictures/<file>`, shown at this size. `says_name`: the party's name is part of the picture."""

    file: str
    width: int
    height: int
    says_name: bool = False


@dataclass(frozen=True)
class Label:
    """What each mail of a party says that has others prepare or deliver its messages (Regulation (EU) 2024/900 art. 11(1)).

    `sponsor`: on whose behalf; `election`: which one, by language, where it is about one; `notice`: where the whole notice is.
    That a mail was chosen for its reader, it says itself.
    """

    sponsor: str
    notice: str
    election: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Label":
        """ValueError names what is wrong."""
        election = body.get("election") or {}
        if unknown := sorted(body.keys() - {"sponsor", "notice", "election"}):
            raise ValueError(f"label.{unknown[0]} is not known: a label has sponsor, notice and election")
        if not isinstance(election, Mapping):
            raise ValueError('label.election is text by language: {"nl": "...", "en": "..."}')
        return cls(str(body.get("sponsor", "")), str(body.get("notice", "")), {k: str(v) for k, v in election.items()})

    def to_json(self) -> dict[str, Any]:
        return {"sponsor": self.sponsor, "notice": self.notice, "election": dict(self.election)}

    def problems(self) -> list[Problem]:
        found = [] if self.sponsor.strip() else [Problem("party.label.sponsor", "a label says on whose behalf")]
        found += [Problem("party.label.notice", reason)] if (reason := url_problem(self.notice)) else []
        return found + [Problem(f"party.label.election.{k}", "is empty") for k, v in self.election.items() if not v.strip()]


@dataclass(frozen=True)
class Theme:
    """One party's looks. `slug` is the utm_source; `light` and `dark` hold each of COLOURS as `#rrggbb`.

    `allowed_link_domains`: where a link of a sent edition may be led to afterwards, each with all that is below it.
    """

    name: str
    slug: str
    website: str
    postal_address: tuple[str, ...]
    logo: Logo
    light: Mapping[str, str]
    dark: Mapping[str, str]
    allowed_link_domains: tuple[str, ...] = ()
    label: Label | None = None  # for who needs it; most parties do not

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Theme":
        looks = {name: value for name, value in body.items() if name not in ELSEWHERE}
        label = Label.from_json(body["label"]) if body.get("label") else None
        lists = {name: tuple(body.get(name, ())) for name in ("postal_address", "allowed_link_domains")}
        return cls(**{**looks, **lists, "logo": Logo(**body["logo"]), "label": label})

    def problems(self) -> list[Problem]:
        """What keeps mails in this theme from being sent: missing facts, colours that cannot be read."""
        missing = [name for name in ("name", "slug", "website", "postal_address") if not getattr(self, name)]
        found = [Problem(f"party.{name}", "every mail says who sends it and from where") for name in missing]
        found += [
            Problem(f"party.allowed_link_domains[{n}]", 'must be a domain such as "example.org", in lower case')
            for n, domain in enumerate(self.allowed_link_domains)
            if not HOST.fullmatch(domain)
        ]
        found += self.label.problems() if self.label else []
        for mode, colours in (("light", self.light), ("dark", self.dark)):
            unknown = [name for name in COLOURS if not _is_colour(colours.get(name, ""))]
            found += [Problem(f"party.{mode}.{name}", "a colour is # and six hexadecimal digits") for name in unknown]
            found += [] if unknown else _unreadable(mode, colours)
        return found


def _unreadable(mode: str, colours: Mapping[str, str]) -> list[Problem]:
    ratios = ((text, ground, contrast(colours[text], colours[ground])) for text, ground in PAIRS)
    reason = "contrast with {} is {:.1f}, at least 4.5 is needed"
    return [Problem(f"party.{mode}.{text}", reason.format(ground, r)) for text, ground, r in ratios if r < ENOUGH]


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours `#rrggbb`: 1 (same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
