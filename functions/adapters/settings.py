"""A Lambda's settings: a frozen dataclass read whole, at start, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import TypeVar

T = TypeVar("T")


def load(kind: type[T], environ: Mapping[str, str] | None = None) -> T:
    """Fill the dataclass `kind` from environment names that are its field names in capitals.

    All fields are strings. Raises KeyError with the name that is missing.
    """
    source = os.environ if environ is None else environ
    return kind(**{f.name: source[f.name.upper()] for f in fields(kind)})  # type: ignore[arg-type]
