"""The data-protection report by one command, from a deployment or the platform on one machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.items import item
from infra import data_protection, transparency
from infra.data_protection import TOKEN, main, page
from local.client import Client
from local.platform import Platform
from tests.functions.party import ok


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transparency, "WAIT_S", 0)
    monkeypatch.delenv(TOKEN, raising=False)


def people(count: int) -> None:
    for n in range(count):
        row = {"supporter": f"AAAAA{n:03d}", "state": "active", "address": f"p{n}@example.org", "version": 1}
        more = {"newsletter": {"national": "n"}, "attributes": {"<b>region": {"value": "Utrecht", "source": "import"}}}
        aws.dynamodb().put_item(TableName="supporters", Item=item({**row, **more, "created": 1, "updated": 1}))


def test_one_command_writes_the_report_and_a_page_to_read(
    empty_platform: Platform, staff: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people(12)
    monkeypatch.setenv(TOKEN, empty_platform.staff_token("auditor"))
    assert main([empty_platform.url, "--out", str(tmp_path / "report")]) == 0
    assert "12 supporters" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "report.html"}
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report.pop("source") == empty_platform.url and report.pop("fetched")
    assert report == ok(staff.get("/v1/data-protection"))
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "national" in html and "events: clicks, opens, answers" in html and "396" in html
    assert "attribute:&lt;b&gt;region" in html and "<b>" not in html
    assert "example.org" not in html and "<script" not in html and "src=" not in html and "http-equiv" not in html
    audited = ok(staff.get("/v1/audit"))
    assert "data-protection.read" in json.dumps(audited)


def test_a_group_that_is_too_small_stays_out_of_the_page_too(
    empty_platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(3)
    monkeypatch.setenv(TOKEN, empty_platform.staff_token("admin"))
    assert main([empty_platform.url, "--out", str(tmp_path / "r")]) == 0
    assert "Supporters: <strong>fewer than 10" in (tmp_path / "r.html").read_text("utf-8")


def test_what_cannot_be_fetched_is_said_and_leaves_what_was_there(
    empty_platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tmp_path / "report.json"
    before.write_text("of last year")

    def fails(address: str, token: str, why: str) -> None:
        monkeypatch.setenv(TOKEN, token)
        assert main([address, "--out", str(tmp_path / "report")]) == 1
        said = capsys.readouterr().err
        assert why in said and (not token or token not in said)

    fails(empty_platform.url, "", "ACHTERBAN_TOKEN is empty")
    fails(empty_platform.url, "nonsense", "answered 401")
    fails(empty_platform.url, empty_platform.staff_token("editor"), "answered 403")
    fails("http://127.0.0.1:9", "token", "does not answer")
    fails("http://mail.party.example", "token", "https")
    monkeypatch.setattr(data_protection, "get", lambda url, headers: b"<html>")
    fails(empty_platform.url, "token", "is it an Achterban?")
    assert before.read_text() == "of last year"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_part_of_a_large_table_is_called_so() -> None:
    found: dict[str, Any] = {name: [] for name in ("lists", "purposes", "stored", "kept")}
    html = page({**found, "source": "s", "fetched": "f", "supporters": 1000, "erased": None, "exact": False})
    assert "a part of it" in html and "1,000" in html


def test_the_help_teaches_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    told = capsys.readouterr().out
    assert all(word in told for word in (TOKEN, "auditor", "report.html", "make serve"))
