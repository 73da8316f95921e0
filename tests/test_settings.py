"""Each Lambda reads exactly the settings that it is described to have."""

from dataclasses import fields
from importlib import import_module

import pytest

from infra.description import DEPLOYMENT, Function


@pytest.mark.parametrize("function", DEPLOYMENT.functions, ids=lambda f: f.name)
def test_a_lambda_reads_exactly_its_described_settings(function: Function) -> None:
    handler = import_module(f"functions.{function.name}.handler")
    assert sorted(f.name.upper() for f in fields(handler.Settings)) == sorted(function.settings)


def test_every_described_setting_and_resource_exists() -> None:
    for function in DEPLOYMENT.functions:
        assert set(function.settings) <= set(DEPLOYMENT.settings), function.name
        for grant in function.grants:
            kind, _, name = grant.resource.partition(":")
            if kind in ("table", "index"):
                assert DEPLOYMENT.table(name.partition("/")[0])
            if kind == "queue":
                assert DEPLOYMENT.queue(name)
