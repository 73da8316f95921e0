"""The stack, synthesised once per test run: starting jsii is slow."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.carried import Carried, carry
from infra.description import DEPLOYMENT
from local.ministack import Ministack
from tests.infra.deploy import Deployed, deploy
from tests.infra.template import Template

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Synthesised:
    folder: Path
    refused: dict[str, str | None]  # stage -> why its synthesis failed

    def text(self, run: str, stage: str = "dev") -> str:
        return (self.folder / run / stage / f"achterban-{stage}.template.json").read_text(encoding="utf-8")

    def template(self, stage: str) -> Template:
        return Template(json.loads(self.text("first", stage)))


@pytest.fixture(scope="session")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Carried:
    """What the Lambdas carry; layers are empty, so that no package index is needed."""
    return carry(ROOT, tmp_path_factory.mktemp("build"), DEPLOYMENT.functions, third_party=False)


@pytest.fixture(scope="session")
def synthesised(carried: Carried, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synthesised]:
    """Two processes with different hash seeds: what differs between them is not decided by the project."""
    out = tmp_path_factory.mktemp("synth")
    build = next(iter(carried.functions.values())).path.parents[1]
    runs = {"first": ["dev", "live"], "second": ["dev", "open", "here"]}
    seeds = enumerate(runs.items(), 1)
    started = [synthesising(build, out / run, stages, PYTHONHASHSEED=str(seed)) for seed, (run, stages) in seeds]
    said = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    refused: dict[str, str | None] = {}
    for result, _ in said:
        refused |= json.loads(result.splitlines()[-1])
    yield Synthesised(out, refused)
    shutil.rmtree(out, ignore_errors=True)


@pytest.fixture(scope="session")
def dev(synthesised: Synthesised) -> Template:
    return synthesised.template("dev")


@pytest.fixture(scope="session")
def live(synthesised: Synthesised) -> Template:
    return synthesised.template("live")


@pytest.fixture(scope="session")
def deployed(synthesised: Synthesised, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The stack in the emulator, its keys not made yet."""
    emulator = Ministack(tmp_path_factory.mktemp("emulator"))
    emulator.start()
    try:
        emulator.wait()
        yield deploy(emulator.url, synthesised.folder / "second" / "here", "achterban-dev")
    finally:
        emulator.stop()


def synthesising(build: Path, out: Path, stages: list[str], **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.infra.synthesise", str(build), str(out), *stages],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
