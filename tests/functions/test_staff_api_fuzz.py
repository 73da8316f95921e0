"""Whatever a program sends that the description allows or forbids, the API answers and never breaks."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from functions.staff_api.description import description
from local.client import Client
from local.platform import Platform
from tests.functions.party import set_up

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_dict(description())
schema.config.phases.coverage.unexpected_methods = {"DELETE", "PATCH"}  # API Gateway answers stranger ones itself


@pytest.fixture(scope="module", autouse=True)
def party(platform: Platform) -> None:
    platform.reset()
    set_up(Client(platform.url, platform.staff_token("admin")))


@schema.parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_request_breaks_the_api(case: schemathesis.Case[Any], platform: Platform) -> None:
    headers = {"Authorization": f"Bearer {platform.staff_token('admin')}"}
    case.call_and_validate(base_url=platform.url, headers=headers, checks=CHECKS)
