"""The words of consent: versioned files in templates/wordings/, and the proof of what a page showed.

A wording that was shown stays: a new text is a new file (`choices-2.json`), so that every record can be read back from
its id, its language and the party's name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from functions.adapters.pages import TEMPLATES, Voice, in_voice
from functions.domain.consent import Purpose
from functions.domain.supporter import FormOfAddress


@dataclass(frozen=True)
class Question:
    """One question as the page shows it. `sha256` covers its four texts in this order, joined by line ends, in UTF-8."""

    purpose: Purpose
    wording: str
    title: str
    text: str
    yes: str
    no: str

    @property
    def sha256(self) -> str:
        return text_sha256(self.title, self.text, self.yes, self.no)


@dataclass(frozen=True)
class Button:
    """One button and what stands with it. `sha256` covers title, text and button."""

    wording: str
    title: str
    text: str
    button: str

    @property
    def sha256(self) -> str:
        return text_sha256(self.title, self.text, self.button)


def text_sha256(*texts: str) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()


class Wordings:
    """All versions of the wordings. Reads the folder once."""

    def __init__(self, party: str, templates: Path = TEMPLATES) -> None:
        files = (templates / "wordings").glob("*.json")
        self._versions: dict[str, Any] = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
        self._party = party

    def newest(self, kind: str) -> str:
        """The id of the version that is shown now, for example `choices-1`."""
        return max((v for v in self._versions if v.rpartition("-")[0] == kind), key=lambda v: int(v.rpartition("-")[2]))

    def known(self, version: str, kind: str) -> bool:
        return version in self._versions and version.rpartition("-")[0] == kind

    def has(self, version: str, name: str) -> bool:
        """Whether this version has a button of this name: older ones lack what came later."""
        return name in self._versions.get(version, ())

    def questions(self, version: str, voice: Voice) -> dict[Purpose, Question]:
        """The questions of the choices page."""
        return {
            Purpose(purpose): Question(
                Purpose(purpose), f"{version}.{purpose}.{voice.form.value}", **self._said(words, voice, {"party": self._party})
            )
            for purpose, words in self._versions[version]["questions"].items()
        }

    def button(self, version: str, name: str, voice: Voice, **values: str) -> Button:
        """A button by its name in the file: `stop` (choices), `list`, `everything`, `undo_list`, `undo_everything`, `one_click`
        (unsubscribe).
        """
        said = self._said(self._versions[version][name], voice, {"party": self._party, **values})
        return Button(f"{version}.{name}.{voice.form.value}", **said)

    def _said(self, words: Mapping[str, Any], voice: Voice, values: Mapping[str, str]) -> dict[str, str]:
        said: dict[str, str] = in_voice(words[voice.language], FormOfAddress(voice.form), values)
        return said
