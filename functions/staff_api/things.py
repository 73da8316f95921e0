"""Reading and writing what staff own, the same for every kind: by version, audited, the same again changes nothing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.adapters.catalogue import ChangedError, Entry
from functions.staff_api.problems import FieldError, Problem, changed_meanwhile, field_error, not_found
from functions.staff_api.request import caller
from functions.staff_api.results import Saved
from functions.staff_api.wiring import now_ms, wiring

Json = dict[str, Any]
T = TypeVar("T")
PIECE = 500  # of what is some kilobytes at most, in an answer
After = Annotated[str, Query(max_length=60, description="`next_after` of the answer before.")]


def piece(found: Iterable[T], place: Callable[[T], str], after: str) -> tuple[list[T], str | None]:
    """Those whose place is after this one, in that order, as many as an answer holds; the place to go on after, if there are more.

    A place says where something stands and stays true when it is gone from there.
    """
    rest = sorted((each for each in found if place(each) > after), key=place)
    return rest[:PIECE], place(rest[PIECE - 1]) if len(rest) > PIECE else None


def newest(at: int, id_: str) -> str:
    """The place of something of this moment (epoch ms) where the newest come first."""
    return f"{10**13 - at:013d}.{id_}"


def shown(entry: Entry) -> Json:
    """As it was written, with its id, version and when it last changed (epoch ms)."""
    return {"id": entry.id, **entry.body, "version": entry.version, "updated": entry.updated}


def read(kind: str, id_: str) -> Entry:
    """Problem 404 when there is none."""
    entry = wiring().catalogue.get(kind, id_)
    if entry is None:
        raise not_found(kind, id_)
    return entry


def save(
    kind: str, id_: str, body: Mapping[str, Any], old: Entry | None, seen: int | None, mailing_list: str | None = None
) -> Saved:
    """Write it over what was read. `seen` is the version the caller read, if they say so."""
    if seen is not None and seen != (old.version if old else 0):
        now = f"is at version {old.version} by now" if old else "does not exist"
        detail = f"The {kind} {id_!r} {now}, you read version {seen}. Read it again, then repeat."
        raise Problem(409, "changed-meanwhile", detail, (FieldError("version", f"is {seen}, and the {kind} {now}"),))
    if old is None or not wiring().catalogue.same(old, body):
        wiring().record(caller(), f"{kind}.written", f"{kind}#{id_}", version=(old.version if old else 0) + 1)
    try:
        new = wiring().catalogue.put(kind, id_, body, old, now_ms(), mailing_list)
    except ChangedError:
        raise changed_meanwhile(f"the {kind} {id_!r}") from None
    return Saved(id=id_, version=new.version, changed=new is not old)


def same_id(given: str | None, id_: str) -> None:
    """A body that carries its id must be put where it belongs."""
    if given is not None and given != id_:
        raise field_error("id", f"must be {id_!r}, as in the path")
