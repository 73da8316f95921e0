"""Each Lambda carries exactly what it imports."""

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.bytecode import lambda_python
from infra.carried import Carried, forget_others
from infra.description import DEPLOYMENT
from infra.packaging import PackagingError, closure, project_root, stage_function


def a_project(root: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    for folder in {p.parent for p in (root / "functions").rglob("*.py")} | {root / "functions"}:
        (folder / "__init__.py").touch()
    return root


TRACK = {
    "functions/track/handler.py": "from functions.adapters import clock\nfrom functions.track import step\nimport json, boto3\n",
    "functions/track/step.py": "from functions.domain.event import judge\n",
    "functions/domain/event.py": "def judge(): ...\n",
    "functions/domain/send.py": "",
    "functions/adapters/clock.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mypy_boto3_s3\nimport time\n",
}


def test_a_lambda_carries_what_its_handler_imports_and_no_more(tmp_path: Path) -> None:
    found = closure(a_project(tmp_path, TRACK), "functions.track.handler")
    assert {str(file) for file in found.files} == {
        "functions/__init__.py",
        "functions/adapters/__init__.py",
        "functions/adapters/clock.py",
        "functions/domain/__init__.py",
        "functions/domain/event.py",
        "functions/track/__init__.py",
        "functions/track/handler.py",
        "functions/track/step.py",
    }
    assert found.packages == {"boto3"}


def test_an_import_inside_a_function_is_carried_too(tmp_path: Path) -> None:
    files = {**TRACK, "functions/domain/event.py": "def judge():\n    from functions.domain.send import x\n    return x\n"}
    assert Path("functions/domain/send.py") in closure(a_project(tmp_path, files), "functions.track.handler").files


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("from . import step", "relative import"),
        ("import importlib\nimportlib.import_module('functions.' + 'x')", "by name at run time"),
        ("from functions.domain.nowhere import x", "functions.domain.nowhere, which is not there"),
        ("import functions.nowhere.x", "functions.nowhere.x, which is not there"),
    ],
)
def test_an_import_that_cannot_be_followed_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    root = a_project(tmp_path, {**TRACK, "functions/track/handler.py": line})
    with pytest.raises(PackagingError, match=reason):
        closure(root, "functions.track.handler")


def test_a_missing_lambda_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=r"functions/deliver/handler\.py is missing.*'deliver'"):
        closure(a_project(tmp_path, TRACK), "functions.deliver.handler")


def test_missing_templates_are_named(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="templates/ is missing: the function 'track' carries it"):
        stage_function(a_project(tmp_path, TRACK), tmp_path / "build", "track", templates=True, python=None)


def test_only_an_edit_to_a_file_it_carries_changes_a_lambda(tmp_path: Path) -> None:
    root, build = a_project(tmp_path, TRACK), tmp_path / "build"
    first = stage_function(root, build, "track", templates=False, python=None)
    (root / "functions/domain/send.py").write_text("other = 1\n", encoding="utf-8")
    assert stage_function(root, build, "track", templates=False, python=None) == first
    (root / "functions/domain/event.py").write_text("def judge(): return 1\n", encoding="utf-8")
    second = stage_function(root, build, "track", templates=False, python=None)
    assert second.hash != first.hash
    forget_others(build, Carried({"track": second}, {}, {}, bytecode=False))
    assert [p.name for p in (build / "assets").iterdir()] == [second.path.name]


def test_a_template_changes_the_lambdas_that_carry_templates(tmp_path: Path) -> None:
    root, build = a_project(tmp_path, {**TRACK, "templates/pages/choices.html": "one"}), tmp_path / "build"
    plain, carrying = (stage_function(root, build / str(t), "track", templates=t, python=None) for t in (False, True))
    assert (carrying.path / "templates/pages/choices.html").read_text(encoding="utf-8") == "one"
    assert not (plain.path / "templates").exists()
    (root / "templates/pages/choices.html").write_text("two", encoding="utf-8")
    assert stage_function(root, build / "False", "track", templates=False, python=None).hash == plain.hash
    assert stage_function(root, build / "True", "track", templates=True, python=None).hash != carrying.hash


@pytest.mark.skipif(lambda_python() is None, reason="no Python 3.13 on this machine")
def test_bytecode_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    made = []
    for folder in ("one", "two"):
        root = a_project(tmp_path / folder, TRACK)
        asset = stage_function(root, root / "build", "track", templates=False, python=lambda_python())
        made.append({str(p.relative_to(asset.path)): p.read_bytes() for p in asset.path.rglob("*.pyc")})
    assert made[0] == made[1]
    assert "functions/track/__pycache__/step.cpython-313.pyc" in made[0]


ALONE = "import sys; sys.path.insert(0, sys.argv[1]); import {module} as m; print(m.__file__)"


def test_each_lambda_imports_with_nothing_but_what_it_carries(carried: Carried, tmp_path: Path) -> None:
    """With this machine's third-party packages, but without the project's folder on the path."""

    def imported(name: str) -> tuple[str, str]:
        program = ALONE.format(module=f"functions.{name}.handler")
        asked = [sys.executable, "-I", "-c", program, str(carried.functions[name].path)]
        answer = subprocess.run(asked, capture_output=True, text=True, cwd=tmp_path, check=False, env={"PATH": os.environ["PATH"]})
        return answer.stdout.strip(), answer.stderr

    with ThreadPoolExecutor(2) as pool:
        for name, (file, error) in zip(carried.functions, pool.map(imported, carried.functions), strict=True):
            assert file == str(carried.functions[name].path / f"functions/{name}/handler.py"), f"{name}: {error}"


def test_functions_holds_nothing_but_python() -> None:
    """Other files would stay behind: what a Lambda reads at run time belongs in templates/."""
    files = [p for p in (project_root() / "functions").rglob("*") if p.is_file() and p.name != "py.typed"]
    assert {p.suffix for p in files} <= {".py", ".pyc"}


def test_only_lambdas_that_say_so_carry_the_templates(carried: Carried) -> None:
    with_templates = {name for name, asset in carried.functions.items() if (asset.path / "templates").is_dir()}
    assert with_templates == {f.name for f in DEPLOYMENT.functions if f.templates}
