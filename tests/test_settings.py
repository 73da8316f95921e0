"""Each Lambda reads exactly the settings that it is described to have."""

from dataclasses import fields
from importlib import import_module

import pytest

from functions.adapters import aws
from functions.deliver import handler, step
from infra.description import DEPLOYMENT, Function


@pytest.mark.parametrize("function", DEPLOYMENT.functions, ids=lambda f: f.name)
def test_a_lambda_reads_exactly_its_described_settings(function: Function) -> None:
    module = import_module(f"functions.{function.name}.handler")
    assert sorted(f.name.upper() for f in fields(module.Settings)) == sorted(function.settings)


def test_every_described_setting_and_resource_exists() -> None:
    for function in DEPLOYMENT.functions:
        assert set(function.settings) <= set(DEPLOYMENT.settings), function.name
        for grant in function.grants:
            kind, _, name = grant.resource.partition(":")
            if kind in ("table", "index"):
                assert DEPLOYMENT.table(name.partition("/")[0])
            if kind == "queue":
                assert DEPLOYMENT.queue(name)


def test_delivery_knows_how_long_it_may_run() -> None:
    function = DEPLOYMENT.function("deliver")
    assert function.timeout_s * 1000 / 2 >= handler.SPARE_MS
    assert handler.SPARE_MS > (aws.CONNECT_S + aws.ANSWER_S) * 1000, "the answer to the last mail is waited for, and kept"
    assert function.timeout_s < step.LEASE_S, "a lease that ended must mean that nobody works on the chunk any more"


def test_every_queue_keeps_a_message_out_of_sight_for_six_times_the_lambdas_time() -> None:
    """AWS's advice for an SQS event source; less, and a slow batch is worked on twice at once."""
    for function in DEPLOYMENT.functions:
        for source in function.queues:
            assert DEPLOYMENT.queue(source.queue).visibility_s >= 6 * function.timeout_s, function.name
