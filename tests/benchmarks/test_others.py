"""What others use is compared on the same mail, and what is not on this machine is named, not needed."""

import shutil
from typing import Any

import pytest

from benchmarks import others
from benchmarks.assembly import CANDIDATES, SHOWN, Contest
from tests.builders import PUBLIC_URL


def templates(given: dict[str, Any], part: str) -> dict[str, str]:
    found: dict[str, str] = given[part]
    return found


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    contest = Contest()
    return others.GoCampaign(contest).given(contest.recipients)


def test_listmonks_templates_hold_every_link_of_the_mail_and_none_of_our_markers(given: dict[str, Any]) -> None:
    static, dynamic = templates(given, "HTML")["static"], templates(given, "HTML")["dynamic"]
    assert static.count("{{TrackLink") == 2 * SHOWN + 4  # picture and button of a block, and those of the shell
    assert dynamic.count("{{TrackLink") == 2 * 2 + 4
    both = {**templates(given, "HTML"), **{f"{way}, text": text for way, text in templates(given, "Text").items()}}
    assert [way for way, template in both.items() if "@@" in template or "GO" in template] == []
    assert (len(both), static.count("{{Safe") > 80, dynamic.count("{{Safe") > 40) == (6, True, True)
    assert "{{Safe" not in templates(given, "HTML")["dynamic-bare"]


def test_links_may_differ_in_their_addresses_and_in_nothing_else() -> None:
    ours = (
        f'<a href="{PUBLIC_URL}/c/tok-en_/12">Lees</a><a href="{PUBLIC_URL}/s/abc/why"></a><img src="{PUBLIC_URL}/o/x" width="1" />'
    )
    uuid = "-0000-4000-8000-000000000000"
    go = (
        f'<a href="{PUBLIC_URL}/link/00000012{uuid}/{uuid}/{uuid}">Lees</a>'
        f'<a href="{PUBLIC_URL}/subscription/{uuid}/{uuid}?manage=true/why"></a>'
        f'<img src="{PUBLIC_URL}/campaign/c/s/px.png" alt="" />'
    )
    assert others.same_for_a_reader(ours, go)
    assert not others.same_for_a_reader(ours, go.replace("00000012", "00000013"))
    assert not others.same_for_a_reader(ours, go.replace("Lees", "lees"))


def test_each_block_is_there_with_its_own_words(given: dict[str, Any]) -> None:
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
