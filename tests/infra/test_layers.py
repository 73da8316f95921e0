"""Which third-party packages the Lambdas get, and what is said when they cannot be had."""

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from infra import layers
from infra.bytecode import LAMBDA_PYTHON
from infra.layers import LAMBDA, LOCK, SERVICES, Target, layers_for, read_lock, split_lock, stage_layer
from infra.packaging import PackagingError

ROOT = Path(__file__).parents[2]

TINY = """\
boto3==1.2.3 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via achterban (pyproject.toml)
jmespath==1.1.0 \\
    --hash=sha256:cc
    # via
    #   boto3
    #   jinja2
jinja2==3.1.6 \\
    --hash=sha256:dd
    # via achterban (pyproject.toml)
"""


def test_a_package_with_its_hashes_and_what_brought_it_is_read_from_the_lock() -> None:
    lock = read_lock(TINY)
    assert lock["boto3"] == ("boto3==1.2.3 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb", frozenset({"achterban"}))
    assert lock["jmespath"][1] == {"boto3", "jinja2"}


def test_what_the_base_needs_is_in_the_base() -> None:
    assert split_lock(read_lock(TINY)) == {"base": ("boto3", "jmespath"), "content": ("jinja2",)}


def test_every_locked_package_is_in_one_layer() -> None:
    lock = read_lock((ROOT / LOCK).read_text(encoding="utf-8"))
    split = split_lock(lock)
    assert sorted(split["base"] + split["content"]) == sorted(lock)
    assert {"boto3", "botocore", "pynamodb", "urllib3"} <= set(split["base"])
    assert "tzdata" in split["base"]  # every Lambda reads time zones, and the Lambda image promises none
    assert {"mjml-python", "pydantic", "pillow"} <= set(split["content"])


@pytest.mark.parametrize(
    ("packages", "expected"),
    [(set(), ("base",)), ({"boto3", "pynamodb", "aws_lambda_powertools"}, ("base",)), ({"PIL"}, ("base", "content"))],
)
def test_a_lambda_gets_the_content_layer_only_when_it_imports_from_it(packages: set[str], expected: tuple[str, ...]) -> None:
    assert layers_for(packages, ROOT) == expected


def test_a_package_that_is_not_locked_for_the_lambdas_is_refused() -> None:
    with pytest.raises(PackagingError, match=r"functions/ imports rich, which requirements/lambda\.txt lacks"):
        layers_for({"rich"}, ROOT)


def test_botocore_keeps_every_service_that_functions_call() -> None:
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "functions").rglob("*.py"))
    called = set(re.findall(r"""\b(?:client|resource)\(\s*["']([a-z0-9-]+)["']""", source))
    assert called
    assert called <= set(SERVICES)


def test_the_packages_are_fetched_for_the_lambdas_machine_and_python() -> None:
    assert (LAMBDA.platform, LAMBDA.python, LAMBDA_PYTHON) == ("aarch64-manylinux_2_28", "3.13", "3.13")


def test_an_index_that_cannot_be_reached_is_said_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'error: no route to the index' >&2\nexit 2\n", encoding="utf-8")
    uv.chmod(0o755)
    monkeypatch.setattr(layers, "uv_program", lambda: str(uv))
    with pytest.raises(PackagingError, match=r"(?s)could not be fetched.*A package index must be reachable.*no route"):
        stage_layer(ROOT, tmp_path / "build", "base", LAMBDA, None)
    assert not any((tmp_path / "build" / "layers").iterdir())


def test_a_layer_that_is_there_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        target = Path(command[command.index("--target") + 1])
        for service in ("sqs", "ec2"):
            (target / "botocore" / "data" / service).mkdir(parents=True)
            (target / "botocore" / "data" / service / "service-2.json").touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", fetch)
    first = stage_layer(ROOT, tmp_path, "base", LAMBDA, None)
    assert stage_layer(ROOT, tmp_path, "base", LAMBDA, None) == first
    assert len(asked) == 1
    assert {"--require-hashes", "--no-deps", "aarch64-manylinux_2_28"} <= set(asked[0])
    assert zipfile.ZipFile(first.path).namelist() == ["python/botocore/data/sqs/service-2.json"]


def test_another_target_is_another_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_fetch", lambda wanted, folder, target: folder.mkdir())
    assert (
        stage_layer(ROOT, tmp_path, "base", LAMBDA, None).hash
        != stage_layer(ROOT, tmp_path, "base", Target(None, "3.11"), None).hash
    )
