"""Reading a synthesised CloudFormation template by what is in it, not by the CDK's generated ids."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Template:
    body: dict[str, Any]

    def resources(self, kind: str) -> dict[str, Resource]:
        """Logical id -> resource, for one type such as "AWS::SQS::Queue"."""
        return {name: r for name, r in self.body["Resources"].items() if r["Type"] == kind}

    def one(self, kind: str) -> Resource:
        """The properties of the only resource of its type."""
        (found,) = self.resources(kind).values()
        return properties(found)

    def lambda_named(self, function: str) -> tuple[str, Resource]:
        """(logical id, properties) of a Lambda of the description."""
        lambdas = self.resources("AWS::Lambda::Function")
        ((name, found),) = (
            (n, r) for n, r in lambdas.items() if properties(r)["Handler"] == f"functions.{function}.handler.handle"
        )
        return name, properties(found)

    def role_of(self, function: str) -> Resource:
        _, built = self.lambda_named(function)
        return properties(self.body["Resources"][built["Role"]["Fn::GetAtt"][0]])

    def rights_of(self, function: str) -> set[tuple[str, str]]:
        """(action, resource as text) for everything a Lambda's role allows."""
        return {
            (action, text(resource))
            for policy in self.role_of(function)["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }

    def queue(self, name: str) -> tuple[str, Resource]:
        """(logical id, properties) of a queue of the description, or of a dead-letter queue as "<name>-dead"."""
        pattern = re.compile(f"queues{name.replace('-', '')}[0-9A-F]{{8}}")
        ((found, resource),) = ((n, r) for n, r in self.resources("AWS::SQS::Queue").items() if pattern.fullmatch(n))
        return found, properties(resource)


def properties(resource: Resource) -> Resource:
    found: Resource = resource.get("Properties", {})
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A CloudFormation value as one text, references as <Id> and <Id.Attribute>."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [glue, parts]}:
            return str(glue).join(text(part) for part in parts)
    raise AssertionError(f"not read here: {value}")


def statements(template: Template) -> Iterator[tuple[str, Resource]]:
    """(logical id, statement) for every policy statement in the template, wherever it is."""
    for name, resource in template.body["Resources"].items():
        for document in _documents(resource):
            for statement in document["Statement"]:
                yield name, statement


def _documents(value: Any) -> Iterator[Resource]:
    match value:
        case {"Statement": _}:
            yield value
        case dict():
            for inner in value.values():
                yield from _documents(inner)
        case list():
            for inner in value:
                yield from _documents(inner)
