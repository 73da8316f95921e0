"""What staff and imports write, as PynamoDB models: nothing here is saved without a condition.

Only the adapters beside this file import it, and the tables' names are given to them, so every model is bound first.
Sends and deliveries read raw items instead (`items.py`): a model costs 27 us to read.
"""

import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

from pynamodb.attributes import Attribute, BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.connection import Connection
from pynamodb.constants import LIST, MAP
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from functions.adapters import aws
from functions.adapters.items import typed, value

M = TypeVar("M", bound=Model)
_binding = threading.Lock()


class PlainMap(Attribute[dict[str, Any]]):
    """A map as a plain dict. PynamoDB's own MapAttribute comes back as an object of its own kind."""

    attr_type = MAP

    def serialize(self, value: Mapping[str, Any]) -> Any:
        return {key: typed(inner) for key, inner in value.items()}

    def deserialize(self, value: Any) -> dict[str, Any]:
        return {key: _value(inner) for key, inner in value.items()}


class PlainList(Attribute[list[Any]]):
    """A list of plain values."""

    attr_type = LIST

    def serialize(self, value: list[Any]) -> Any:
        return [typed(inner) for inner in value]

    def deserialize(self, value: Any) -> list[Any]:
        return [_value(inner) for inner in value]


_value = value


class SupporterItem(Model):
    supporter = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute(default="active")
    address = UnicodeAttribute(null=True)  # gone when erased, like all that follows
    address_hash = UnicodeAttribute(null=True)
    external_id = UnicodeAttribute(null=True)
    language = UnicodeAttribute(default="nl")
    name = UnicodeAttribute(null=True)
    form = UnicodeAttribute(default="informal")
    attributes = PlainMap(default=dict)
    stage = PlainMap(null=True)
    newsletter = PlainMap(default=dict)
    grants = PlainMap(default=dict)
    topics = UnicodeSetAttribute(null=True)
    clicks = UnicodeSetAttribute(null=True)
    tags = PlainList(null=True)
    opened_at = NumberAttribute(null=True)
    muted = UnicodeSetAttribute(null=True)
    paused_until = NumberAttribute(null=True)
    at_most = PlainMap(null=True)
    too_young = BooleanAttribute(null=True)  # what they said of themselves
    sources = PlainMap(null=True)  # field -> who filled it in, where that was the supporter
    imported = PlainMap(null=True)
    created = NumberAttribute()
    updated = NumberAttribute()
    version = NumberAttribute()


class IdentityItem(Model):
    identity = UnicodeAttribute(hash_key=True)
    supporter = UnicodeAttribute()


class ConsentItem(Model):
    supporter = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    act = UnicodeAttribute()
    list = UnicodeAttribute(null=True)
    wording = UnicodeAttribute()
    wording_sha256 = UnicodeAttribute()
    language = UnicodeAttribute()
    source = UnicodeAttribute()
    actor = UnicodeAttribute()
    at = NumberAttribute()
    proof = PlainMap(null=True)


class SuppressionItem(Model):
    address_hash = UnicodeAttribute(hash_key=True)
    reason = UnicodeAttribute()
    at = NumberAttribute()
    source = UnicodeAttribute()


class CatalogueItem(Model):
    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()  # JSON text
    updated = NumberAttribute()
    version = NumberAttribute()
    prepared = UnicodeAttribute(null=True)  # edition: the compiled version
    prepared_from = PlainMap(null=True)  # edition: "kind/id" -> version of everything that went into it
    list = UnicodeAttribute(null=True)  # edition
    sends = UnicodeSetAttribute(null=True)  # edition: the sends asked for
    done = UnicodeSetAttribute(null=True)  # import: offsets of the parts that are reported


class SendItem(Model):
    """As the API requests and shows it; `sends.py` moves it on."""

    send = UnicodeAttribute(hash_key=True)
    edition = UnicodeAttribute()
    edition_version = UnicodeAttribute()
    list = UnicodeAttribute()
    state = UnicodeAttribute()
    body_hash = UnicodeAttribute()
    audience = PlainMap()
    comparison = NumberAttribute()
    requested_by = UnicodeAttribute()
    requested_at = NumberAttribute()
    start_at = NumberAttribute(null=True)
    terms = PlainMap(null=True)
    expected = NumberAttribute(null=True)
    personal = BooleanAttribute(null=True)
    approval = UnicodeAttribute(null=True)  # why a second person must approve it
    tended = UnicodeAttribute(null=True)  # while the minute's rounds look at it


class ByObject(GlobalSecondaryIndex["AuditItem"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_object"
        projection = KeysOnlyProjection()

    object = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)


class AuditItem(Model):
    day = UnicodeAttribute(hash_key=True)  # "2026-11-22", UTC
    entry = UnicodeAttribute(range_key=True)
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    object = UnicodeAttribute()
    detail = PlainMap(null=True)
    expires = NumberAttribute()
    by_object = ByObject()


def bound(model: type[M], table: str) -> type[M]:
    """The model on the table of this deployment."""
    with _binding:  # the connection takes a table once, and two requests may be a process's first
        return _bound(model, table)


@cache
def _bound(model: type[M], table: str) -> type[M]:
    made: type[M] = type(
        model.__name__, (model,), {"Meta": type("Meta", (), {"table_name": table}), "__module__": model.__module__}
    )
    own = made._get_connection()
    connection().add_meta_table(own.get_meta_table())
    own.connection = connection()
    return made


@cache
def connection() -> Connection:
    """What all models and their transactions go through: the client of the raw reads.

    PynamoDB would make a botocore client per model, each a fifth of a second of a cold start.
    """
    made = Connection()
    made._client = cast(Any, aws.dynamodb())
    return made
