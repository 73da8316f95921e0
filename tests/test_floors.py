"""Who may import whom. The contracts are in pyproject.toml; the domain's purity is held here to the last import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOMAIN = sorted((ROOT / "functions" / "domain").glob("*.py"))
# In the standard library, and yet a way to a clock, to chance, to the machine or to the network.
OUTSIDE = {"os", "time", "random", "secrets", "uuid", "subprocess", "socket", "pathlib", "tempfile", "logging", "threading"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def test_imports_point_down_only() -> None:
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_imports_the_standard_library_and_itself(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            inside = f"{name}.".startswith("functions.domain.") or (top in sys.stdlib_module_names and top not in OUTSIDE)
            assert inside, f"line {node.lineno}: {name}"


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_is_told_the_time_and_never_asks(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCKS, f"line {node.lineno}"


def test_the_benchmarks_plugin_has_no_rule_of_its_own() -> None:
    imported = {
        node.module
        for node in ast.walk(ast.parse((ROOT / "benchmarks" / "plugin.py").read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("functions.")
    }
    assert {f"functions.domain.{name}" for name in ("event", "interest", "selection")} <= imported
    assert all(name and name.startswith("functions.domain.") for name in imported)
