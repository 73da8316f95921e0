"""All records in one file, by one command, as anybody may make it."""

import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from infra import transparency
from infra.transparency import CannotFetchError, checked, main
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import ok
from tests.stored import Stored


def test_one_command_keeps_every_record_with_the_policies_they_name(
    empty_platform: Platform, web: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = Stored(empty_platform)
    edition = a_compiled_edition([a_block("blok-1", topics=("care",))])
    stored.edition(edition)
    stored.supporter("person01")
    for send in ("sendsend", "sendtwo2"):
        stored.send(edition, send)
    empty_platform.drain()
    empty_platform.invoke("tend_sends", {})
    empty_platform.invoke("tend_sends", {})
    out = tmp_path / "records.zip"
    assert main([f"{empty_platform.url}/", "--out", str(out)]) == 0
    assert "2 of 2 records" in capsys.readouterr().err
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert set(files) == {"index.json", "records/sendsend.json", "records/sendtwo2.json", "policy/00000.html"}
    assert json.loads(files["records/sendsend.json"]) == ok(web.get("/transparency/sendsend?format=json"))
    assert manifest["source"] == empty_platform.url
    assert manifest["sha256"] == {name: sha256(body).hexdigest() for name, body in files.items()}
    assert b"person01" not in b"".join(files.values())


def test_what_cannot_be_fetched_is_said_and_leaves_no_file(
    empty_platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(transparency, "WAIT_S", 0)
    out = tmp_path / "records.zip"
    assert main(["http://127.0.0.1:9", "--out", str(out)]) == 1
    assert "does not answer" in capsys.readouterr().err
    monkeypatch.setattr(transparency, "get", lambda url: b'{"records": [{"send": "../../x"}]}')
    assert main([empty_platform.url, "--out", str(out)]) == 1
    assert "which is no send" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address", ["mail.party.example", "ftp://party.example", "https://party.example/x", "http://party.example"]
)
def test_only_a_host_by_https_is_asked(address: str) -> None:
    with pytest.raises(CannotFetchError):
        checked(address)


def test_the_help_says_what_the_file_holds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    assert "manifest.json" in capsys.readouterr().out
