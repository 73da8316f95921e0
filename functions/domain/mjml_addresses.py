"""Where a template may lead and from where it may fetch: a picture of another host would tell that host who opens the mail."""

import re

FETCHED = frozenset(["src", "srcset", "background", "background-url", "poster"])
_LED = re.compile(r"\s*(\{\{|https?://|mailto:|#)", re.IGNORECASE)
_STYLED = re.compile(r"url\(\s*['\"]?\s*([^'\")\s]*)|(@import)", re.IGNORECASE)
ELSEWHERE = "a picture stands on this deployment (a slot, or the url of an upload): another host would see who opens the mail"


def wrong_attribute(name: str, value: str, own: str) -> str | None:
    """Why a mail cannot have this attribute, or None. `own`: how the addresses of uploaded pictures begin; "" when unknown."""
    name = name.lower()
    if name.startswith("on"):
        return f"{name} runs a script: that does not belong in a mail"
    if name == "href" and value.strip() and not _LED.match(value):
        return "an address begins with https://, mailto: or #, or is a slot"
    if name in FETCHED and value.strip() and not _own(value, own):
        return ELSEWHERE
    return wrong_style(value, own) if name == "style" else None


def wrong_style(css: str, own: str) -> str | None:
    """Why a mail cannot have these rules, or None."""
    return next((ELSEWHERE for found in _STYLED.finditer(css) if found[2] or not _own(found[1], own)), None)


def _own(value: str, own: str) -> bool:
    value = value.strip()
    return value.startswith("{{") or (bool(own) and value.startswith(own))
