"""How a party's mails and pages look: name, logo, colours, postal address. Read from `templates/party.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.domain.edition import Problem
from functions.domain.links import HOST

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

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Theme":
        looks = {name: value for name, value in body.items() if name not in ELSEWHERE}
        lists = {name: tuple(body.get(name, ())) for name in ("postal_address", "allowed_link_domains")}
        return cls(**{**looks, **lists, "logo": Logo(**body["logo"])})

    def problems(self) -> list[Problem]:
        """What keeps mails in this theme from being sent: missing facts, colours that cannot be read."""
        missing = [name for name in ("name", "slug", "website", "postal_address") if not getattr(self, name)]
        found = [Problem(f"party.{name}", "every mail says who sends it and from where") for name in missing]
        found += [
            Problem(f"party.allowed_link_domains[{n}]", 'must be a domain such as "example.org", in lower case')
            for n, domain in enumerate(self.allowed_link_domains)
            if not HOST.fullmatch(domain)
        ]
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
