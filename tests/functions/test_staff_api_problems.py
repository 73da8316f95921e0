"""Programs switch on the type of a problem, so each has a name of its own, and the page of the API lists them all."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MADE = re.compile(r'(?:Problem|refused)\(\s*(\d{3}),\s*"([a-z-]+)"(?: if [\w.]+ else "([a-z-]+)")?')


def made() -> set[tuple[int, str]]:
    sources = (ROOT / "functions/staff_api").rglob("*.py")
    found = [MADE.findall(source.read_text()) for source in sources]
    return {(int(status), name) for each in found for status, *names in each for name in names if name}


def test_every_type_is_on_the_page_and_no_other() -> None:
    page = (ROOT / "docs/api.md").read_text()
    table = page[page.index("| status | `urn:achterban:problem:` |") : page.index("What was read can be put back")]
    listed = {
        (int(status), name)
        for line in table.splitlines()
        if line.startswith("|")
        for status in re.findall(r"\d{3}", line.split("|")[1])
        for name in re.findall(r"`([a-z-]+)`", line.split("|")[2])
    }
    assert {name for _, name in made()} == {name for _, name in listed} - {"offers"}
    assert made() <= listed


def test_only_fields_that_are_wrong_by_themselves_are_called_invalid() -> None:
    assert {status for status, name in made() if name == "invalid-fields"} == {422}
