"""Three supporters with three kinds of consent, and what each finds behind the links of the last mail: choices, why, My mail.

The way is a person's: the mail's own link, the button that mails a fresh link, the link in that mail. Where a Chromium is there,
the pages are photographed with it; elsewhere they stand in the report as they are.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from local.client import Client
from local.demo.facts import Facts, Person
from local.demo.mailbox import read_file
from local.demo.pages import forms
from local.platform import Platform

BUDGET_S = 12.0  # for all photographs; what is not there by then is shown as it is
ONE_S = 8.0
AT_ONCE = 2  # a browser waits more than it works
WIDTH, HEIGHT = 760, 1500
_SHOWN_WIDTH = 560
_FORM = "application/x-www-form-urlencoded"
_FRESH = re.compile(r"/m/[A-Za-z0-9_-]{36}")
_AWAY = re.compile(r"(<a\b[^>]*?)\shref=\"[^\"]*\"|\s(?:action|formaction)=\"[^\"]*\"")
_IMAGE = re.compile(r"<img\b[^>]*>")
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars")


@dataclass(frozen=True)
class OwnPage:
    """`picture` is a data URL, or "" where the page itself is shown."""

    title: str
    html: str
    picture: str


@dataclass(frozen=True)
class Own:
    """One supporter, in words, and their pages."""

    allows: str
    language: str
    pages: tuple[OwnPage, ...]


def own_pages(platform: Platform, facts: Facts) -> tuple[Own, ...]:
    """The three, or those of them that there are. Nothing of the run is changed but that some ask for a fresh link."""
    web, camera = Client(platform.url), Camera(platform.url)
    three = [(allows, person, _paths(platform, web, facts, person)) for allows, person in _three(facts)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        started = [
            (allows, person.language, [pool.submit(_page, camera, title, path, web) for title, path in paths])
            for allows, person, paths in three
        ]
        return tuple(Own(allows, language, tuple(page.result() for page in pages)) for allows, language, pages in started)


def _three(facts: Facts) -> Iterator[tuple[str, Person]]:
    """Of those who got the last edition: the one with most interests of each kind of consent."""
    got = {row.supporter for row in facts.rows_of(facts.last.send) if row.delivered}
    everybody = sorted((p for p in facts.people.values() if p.id in got), key=lambda p: (-len(p.tags), -len(p.topics), p.id))
    kinds: tuple[tuple[str, Callable[[Person], bool]], ...] = (
        ("Lets clicks choose", lambda p: "observed_interest" in p.grants),
        ("Lets ticked topics choose, clicks not", lambda p: "declared_topics" in p.grants and "observed_interest" not in p.grants),
        ("Allows nothing but being mailed", lambda p: not p.grants),
    )
    for allows, fits in kinds:
        if found := next((person for person in everybody if fits(person)), None):
            yield allows, found


def _paths(platform: Platform, web: Client, facts: Facts, person: Person) -> Sequence[tuple[str, str]]:
    """My mail, why and choices: the first behind a link that is mailed to them now."""
    posted = next(p for p in facts.posted if p.send == facts.last.send and p.supporter == person.id)
    choices = read_file(posted.file).choices.removeprefix(platform.public_url)
    asks = next(form for form in forms(web.get(choices).text) if form.action == "/fresh")
    web.post("/fresh", asks.filled({}), Content_Type=_FORM)
    fresh = [found[0] for mail in platform.outbox.mails(to=person.address) if (found := _FRESH.search(mail.text))]
    mine = [("My mail", fresh[-1])] if fresh else []
    return [*mine, ("Why do I see this?", f"{choices}/why"), ("Choices", choices)]


def _page(camera: "Camera", title: str, path: str, web: Client) -> OwnPage:
    html = _IMAGE.sub("", _AWAY.sub(r"\1", web.get(path).text))
    return OwnPage(title, html, camera.picture(path))


class Camera:
    """Photographs pages of the platform with Chromium, while there is one and while there is time."""

    def __init__(self, url: str) -> None:
        names = ("chromium", "chromium-browser", "google-chrome")
        self._url, self._until = url, time.monotonic() + BUDGET_S
        self._chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)

    def picture(self, path: str) -> str:
        """The page as a data URL, or "" when there is none to be had."""
        left = min(ONE_S, self._until - time.monotonic())
        if not self._chromium or left <= 1:
            return ""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            shot = Path(folder) / "page.png"
            options = (f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}")
            try:
                subprocess.run(
                    [self._chromium, *_QUIET, *options, f"{self._url}{path}"], capture_output=True, check=True, timeout=left
                )
                return _smaller(shot)
            except (OSError, subprocess.SubprocessError):
                self._until = 0.0  # one that fails once is not waited for again
                return ""


def _smaller(shot: Path) -> str:
    with Image.open(shot) as picture:
        picture.thumbnail((_SHOWN_WIDTH, 10 * _SHOWN_WIDTH))
        out = BytesIO()
        picture.convert("RGB").save(out, "jpeg", quality=82, optimize=True)
    return f"data:image/jpeg;base64,{b64encode(out.getvalue()).decode()}"
