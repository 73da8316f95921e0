"""What a person who synthesises sees when something is wrong: plain words, an exit code, no traceback."""

import json
import os
from pathlib import Path

import pytest

from infra import app, cdk
from infra.node import use_packaged_node
from infra.packaging import project_root
from tests.infra.synthesise import STAGES


def a_root(path: Path, website: str = "https://www.partijvoormorgen.nl/", link_domain: str = "partijvoormorgen.nl") -> Path:
    (path / "cdk.json").write_text(json.dumps({"context": {"stages": STAGES}}), encoding="utf-8")
    (path / "templates").mkdir()
    party = {"name": "Partij voor Morgen", "website": website, "allowed_link_domains": [link_domain]}
    (path / "templates" / "party.json").write_text(json.dumps(party), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STAGE", "TARGET", "CDK_CONTEXT_JSON"):
        monkeypatch.delenv(name, raising=False)


def test_the_stage_is_dev_unless_said_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = a_root(tmp_path)
    assert app.chosen_stage(root).name == "dev"
    monkeypatch.setenv("STAGE", "live")
    assert app.chosen_stage(root).name == "live"


def test_the_cdk_command_line_may_choose_the_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps({"stage": "live"}))
    assert app.chosen_stage(a_root(tmp_path)).name == "live"


def test_a_refused_stage_stops_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STAGE", "acceptance")
    assert app.main(a_root(tmp_path)) == 1
    assert "there is no stage 'acceptance'" in capsys.readouterr().err


@pytest.mark.parametrize("example", [{"website": "https://www.partijvoormorgen.example/"}, {"link_domain": "example.org"}])
def test_nobody_goes_live_in_the_name_of_the_party_that_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], example: dict[str, str]
) -> None:
    root = a_root(tmp_path, **example)
    assert app.chosen_stage(root).name == "dev"
    monkeypatch.setenv("STAGE", "live")
    assert app.main(root) == 1
    assert "`templates/party.json` is still the example's" in capsys.readouterr().err


def test_a_lambda_that_is_not_there_stops_with_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(a_root(tmp_path)) == 1
    assert "functions/staff_api/handler.py is missing" in capsys.readouterr().err


def test_jsii_gets_the_node_that_pypi_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    use_packaged_node()
    assert Path(os.environ["JSII_NODE"]).is_file()


def test_the_cdk_command_line_is_the_version_that_fits_the_library() -> None:
    command = cdk.command(["deploy"], Path("node"))
    assert command[0] == "node/bin/node"
    assert command[2:] == ["--yes", "aws-cdk@2.1148.1", "deploy"]


def test_the_projects_own_stages_can_be_read() -> None:
    assert app.chosen_stage(project_root()).name == "dev"
