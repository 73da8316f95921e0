"""What others use is compared on the same mail, and what is not on this machine is named, not needed."""

import shutil

import pytest

from benchmarks import others
from benchmarks.assembly import CANDIDATES, SHOWN, Contest


@pytest.fixture(scope="module")
def given() -> dict[str, object]:
    contest = Contest()
    return others.GoCampaign(contest).given(contest.recipients)


def test_listmonks_templates_hold_every_link_of_the_mail_and_none_of_our_markers(given: dict[str, object]) -> None:
    static, dynamic = str(given["StaticHTML"]), str(given["DynamicHTML"])
    assert static.count("{{TrackLink") == 2 * SHOWN + 4  # picture and button of a block, and those of the shell
    assert dynamic.count("{{TrackLink") == 2 * 2 + 4
    assert not any("@@" in str(template) or "GO" in str(template) for template in given.values() if isinstance(template, str))


def test_each_block_is_there_with_its_own_words(given: dict[str, object]) -> None:
    blocks = given["Blocks"]
    assert isinstance(blocks, list) and len(blocks) == CANDIDATES
    assert [block["Title"].split()[1] for block in blocks] == [str(n) for n in range(CANDIDATES)]
    assert {block["Kind"] for block in blocks} == {"article", "appeal"}
    assert all(block["URL"].startswith("https://") and block["Text"].count("<p") == 2 for block in blocks)
    assert all(block["Plain"].count("\n\n") == 1 for block in blocks)


def test_what_is_not_on_the_machine_is_named_and_the_rest_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = others.run(rounds=1)
    assert found["versions"] == {"Go": "Go not found", "node": "node or npm not found"}
    assert set(found["microseconds_per_mail"]) == {others.OURS} and not found["ratios"]
