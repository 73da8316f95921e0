"""DynamoDB's typed items to plain Python and back, as fast as plain loops can be.

A PynamoDB model costs 27 us to read, boto3's own deserialiser 10 us, these a few: the send path reads raw items.
Numbers become int (all numbers stored by this project are whole, but for shares, which become float).
"""

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]


def value(typed: Mapping[str, Any]) -> Any:
    """The plain value of one typed attribute, for example {"S": "a"} -> "a"."""
    (kind, raw), *_ = typed.items()
    if kind in ("S", "BOOL", "B"):
        return raw
    if kind == "N":
        return int(raw) if raw.lstrip("-").isdigit() else float(raw)
    if kind == "M":
        return {k: value(v) for k, v in raw.items()}
    if kind == "L":
        return [value(v) for v in raw]
    if kind == "SS":
        return frozenset(raw)
    if kind == "NULL":
        return None
    raise ValueError(f"an attribute of DynamoDB type {kind} is not used in this project")


def plain(item: Mapping[str, Any]) -> Item:
    """A whole typed item as a plain dict."""
    return {k: value(v) for k, v in item.items()}


def typed(raw: Any) -> dict[str, Any]:
    """The typed attribute of a plain value. Sets must hold strings and not be empty (DynamoDB knows no empty set)."""
    if isinstance(raw, bool):
        return {"BOOL": raw}
    if isinstance(raw, str):
        return {"S": raw}
    if isinstance(raw, int | float):
        return {"N": repr(raw)}
    if isinstance(raw, Mapping):
        return {"M": {k: typed(v) for k, v in raw.items()}}
    if isinstance(raw, set | frozenset):
        return {"SS": sorted(raw)}
    if isinstance(raw, list | tuple):
        return {"L": [typed(v) for v in raw]}
    if raw is None:
        return {"NULL": True}
    raise TypeError(f"{type(raw).__name__} cannot be stored")


def item(plain_item: Mapping[str, Any]) -> dict[str, Any]:
    """A plain dict as a typed item; attributes that are None are left out."""
    return {k: typed(v) for k, v in plain_item.items() if v is not None}
