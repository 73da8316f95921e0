"""docs/requirements.md names, for each requirement of the law, tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "requirements.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[a-z0-9_/]+\.py)::(test_\w+)`", TEXT)


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def row(number: int) -> str:
    (found,) = re.findall(rf"^\| R{number} \|.*$", TEXT, flags=re.M)
    return str(found)


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in names_in(path)


@pytest.mark.parametrize("number", range(1, 20))
def test_every_requirement_names_a_test(number: int) -> None:
    assert "::test_" in row(number) or row(number).endswith("| open |")


def test_what_looks_like_a_test_is_named_in_full() -> None:
    assert len(NAMED) == TEXT.count("::")
