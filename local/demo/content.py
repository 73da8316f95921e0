"""The demonstration's content, as the bodies that staff would send to the staff API.

Everything is read from `content/` beside this file: topics, lists, blocks, editions, pictures and the two CSV files.
Identifiers that the platform gives out (pictures, list codes) are absent: whoever uploads a picture puts its id in the body.
"""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).with_name("content")
LANGUAGES = ("nl", "en", "fr")
SITE = "https://www.partijvoormorgen.example/"

Body = dict[str, Any]  # a JSON object


def topics() -> Body:
    """The taxonomy: the body of PUT /v1/topics."""
    return _object(json.loads((CONTENT / "topics.json").read_text("utf-8")))


def lists() -> dict[str, Body]:
    """Slug -> body of PUT /v1/lists/{list}, without its portrait (see `portraits`)."""
    return {slug: {name: value for name, value in body.items() if name != "portrait"} for slug, body in _lists().items()}


def blocks() -> dict[str, Body]:
    """Slug -> body of PUT /v1/blocks/{block}, without its picture (see `pictures`), in alphabetical order."""
    return {file.stem: _block(file) for file in sorted((CONTENT / "blocks").glob("*.toml"))}


def scenes() -> dict[str, tuple[str, str]]:
    """Block -> (scene, light), for the blocks whose picture is drawn for them alone."""
    return {slug: (picture["scene"], picture["light"]) for slug, picture in _pictures().items() if "scene" in picture}


def editions() -> tuple[Body, ...]:
    """Bodies of POST /v1/editions, in the order in which they are sent."""
    return tuple(_edition(edition) for edition in _toml(CONTENT / "editions.toml")["edition"])


def send_dates() -> dict[str, date]:
    """Edition name -> the day on which the party sends it; the events in the blocks lie after the last one."""
    return {edition["name"]: edition["send_on"] for edition in _toml(CONTENT / "editions.toml")["edition"]}


def pictures() -> dict[str, Path]:
    """Block -> JPEG, for the blocks that have a picture: 1200 by 630, or the square portrait of who says thanks."""
    return {slug: CONTENT / "pictures" / f"{picture.get('portrait', slug)}.jpg" for slug, picture in _pictures().items()}


def portraits() -> dict[str, Path]:
    """List -> JPEG portrait of its sender."""
    return {slug: CONTENT / "pictures" / body["portrait"] for slug, body in _lists().items()}


def supporters_csv() -> bytes:
    """The import file as a Dutch spreadsheet writes it: UTF-8 with a byte order mark, `;` between columns, CRLF."""
    return (CONTENT / "supporters.csv").read_bytes()


def suppressions_csv() -> bytes:
    """The people who must not be mailed: columns address and reason."""
    return (CONTENT / "suppressions.csv").read_bytes()


def _lists() -> dict[str, Body]:
    return {slug: _object(body) for slug, body in _toml(CONTENT / "lists.toml").items()}


def _pictures() -> dict[str, Body]:
    found = {file.stem: _toml(file).get("picture") for file in sorted((CONTENT / "blocks").glob("*.toml"))}
    return {slug: _object(picture) for slug, picture in found.items() if picture}


def _block(file: Path) -> Body:
    source = _toml(file)
    texts = {language: _text(source[language]) for language in LANGUAGES if language in source}
    return {"kind": source["kind"], "topics": source["topics"], "texts": texts}


def _text(source: Body) -> Body:
    return {name: value.strip() if isinstance(value, str) else value for name, value in source.items()}


def _edition(source: Body) -> Body:
    must = source["must"]
    return {
        "name": source["name"],
        "list": source["list"],
        "languages": list(LANGUAGES),
        "subject": source["subject"],
        "preheader": source["preheader"],
        "opening": {language: text.strip() for language, text in source["opening"].items()},
        "entries": [{"block": block, "must": block in must} for block in source["entries"]],
        "show": source["show"],
        "layout": "newsletter",
        "utm": True,
    }


def _toml(file: Path) -> Body:
    return tomllib.loads(file.read_text("utf-8"))


def _object(value: Any) -> Body:
    if not isinstance(value, dict):
        raise TypeError("expected a JSON object")
    return value
