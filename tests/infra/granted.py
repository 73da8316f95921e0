"""Least privilege, tried: while a Lambda runs in the local platform, a call it has no grant for is refused as AWS would.

The emulator checks no rights, so without this a missing grant would show up in somebody's account. A plugin for pytest; the
rights are those of infra/description.py, from which the roles are made (test_house_rules.py, R1).
"""

import contextvars
import fnmatch
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from infra.description import DEPLOYMENT
from local.functions import Functions

_running: contextvars.ContextVar[str | None] = contextvars.ContextVar("running", default=None)

Need = tuple[str, str]  # an IAM action, and the resource in the description's words

_TRANSACTION = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_S3 = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket", "ListObjects": "ListBucket", "HeadBucket": "ListBucket"}


def needs(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[Need]:
    """What IAM asks for this call (Service Authorization Reference)."""
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            for item in parameters["TransactItems"]:
                for kind, part in item.items():
                    yield f"dynamodb:{_TRANSACTION[kind]}", f"table:{part['TableName']}"
        case "dynamodb", "TransactGetItems":
            yield from (("dynamodb:GetItem", f"table:{item['Get']['TableName']}") for item in parameters["TransactItems"])
        case "dynamodb", "BatchGetItem" | "BatchWriteItem":
            yield from ((f"dynamodb:{operation}", f"table:{table}") for table in parameters["RequestItems"])
        case "dynamodb", _:
            table, index = parameters.get("TableName", "?"), parameters.get("IndexName")
            yield f"dynamodb:{operation}", f"index:{table}/{index}" if index else f"table:{table}"
        case "sqs", _:
            queue = str(parameters.get("QueueUrl", "?")).rpartition("/")[2]
            yield f"sqs:{operation.removesuffix('Batch')}", f"queue:{queue}"
        case "s3", "CopyObject":
            source = parameters["CopySource"]
            yield "s3:GetObject", f"bucket:{source['Key'] if isinstance(source, dict) else source.partition('/')[2]}"
            yield "s3:PutObject", f"bucket:{parameters['Key']}"
        case "s3", _:
            action = _S3.get(operation, operation)
            yield f"s3:{action}", "bucket:" + ("" if action == "ListBucket" else str(parameters.get("Key", "?")))
        case "sesv2", "SendEmail":  # the second where SES takes it as raw, see infra/description.py
            yield from (("ses:SendEmail", "ses"), ("ses:SendRawEmail", "ses"))
        case "sesv2", "SendBulkEmail":  # AWS's reference does not say so; met in practice (Anymail's notes on Amazon SES)
            yield from (("ses:SendBulkEmail", "ses"), ("ses:SendBulkTemplatedEmail", "ses"))
        case "secretsmanager", _:
            yield f"secretsmanager:{operation}", "secret:keys"
        case _:
            yield f"{'ses' if service == 'sesv2' else service}:{operation}", "ses" if service == "sesv2" else "?"


def granted(function: str, need: Need) -> bool:
    action, resource = need
    grants = DEPLOYMENT.function(function).grants
    return any(action in grant.actions and fnmatch.fnmatchcase(resource, grant.resource) for grant in grants)


@pytest.fixture(autouse=True, scope="session")
def rights_are_checked() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Functions, "invoke", _noting(Functions.invoke))
        patch.setattr(BaseClient, "_make_api_call", _checking(BaseClient._make_api_call))  # type: ignore[attr-defined]
        patch.setattr(ThreadPoolExecutor, "submit", _passing_on(ThreadPoolExecutor.submit))
        yield


def _noting(invoke: Callable[[Functions, str, Any], Any]) -> Callable[[Functions, str, Any], Any]:
    def noted(self: Functions, name: str, event: Any) -> Any:
        token = _running.set(name)
        try:
            return invoke(self, name, event)
        finally:
            _running.reset(token)

    return noted


def _checking(call: Callable[[Any, str, dict[str, Any]], Any]) -> Callable[[Any, str, dict[str, Any]], Any]:
    def checked(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        function = _running.get()
        if function is not None:
            missing = [
                need for need in needs(self.meta.service_model.service_name, operation, parameters) if not granted(function, need)
            ]
            if missing:
                message = f"infra/description.py grants {function} no {missing}"
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, operation)
        return call(self, operation, parameters)

    return checked


def _passing_on(submit: Callable[..., Future[Any]]) -> Callable[..., Future[Any]]:
    """A handler's own threads act with its rights."""

    def submitted(self: ThreadPoolExecutor, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        return submit(self, contextvars.copy_context().run, work, *arguments, **named)

    return submitted
