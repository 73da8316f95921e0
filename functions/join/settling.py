"""What a confirmation changes, in one transaction: the supporter and how they are found, a record per answer, an end to
their own earlier leaving, and the sign-up itself, which is confirmed once.
"""

from dataclasses import replace
from enum import StrEnum

from functions.adapters.asking import ACTOR
from functions.adapters.consents import Change, ConflictError, Standing
from functions.adapters.pages import Voice
from functions.domain.consent import Consents, Purpose
from functions.domain.joining import SignUp, holding, moments, undone_by
from functions.join.desk import Desk

SOURCE = "sign-up"
# Of the supporter's item, for `Standing.more`.
READ = ("name", "language", "form", "sources", "clicks", "tags", "muted", "opened_at")
_TRIES = 3


class Stopped(StrEnum):
    """Why nothing changed; each is a state of the page."""

    ALREADY = "already"
    ENDED = "ended"
    CLOSED = "closed"  # the address must not be mailed


class _StoppedError(Exception):
    def __init__(self, why: Stopped) -> None:
        self.why = why


def settle(desk: Desk, sign_up: SignUp, now_ms: int) -> Standing | Stopped:
    """The supporter as they stand after it. ConflictError when others kept changing the same."""
    try:
        after = _settle(desk, sign_up, now_ms)
    except _StoppedError as stopped:
        return stopped.why
    if sign_up.young:
        desk.events.forget(after.supporter, frozenset())
    elif not all(answer.yes for answer in sign_up.answers):
        desk.forget(after)
    return after


def _settle(desk: Desk, sign_up: SignUp, now_ms: int) -> Standing:
    gone: str | None = None
    for _ in range(_TRIES):
        supporter = desk.sign_ups.known(sign_up.address_hash)
        if supporter and supporter != gone:
            after = desk.book.change(supporter, lambda now, at: _change(desk, sign_up, now, at), now_ms)
            if after:
                return after
            gone = supporter  # erased, and still named
            continue
        new = _new(desk, sign_up, now_ms)
        change = _change(desk, sign_up, new, now_ms)
        named = desk.sign_ups.naming(sign_up.address_hash, new.supporter, gone)
        if made := desk.book.create(new, replace(change, also=(*change.also, named)), sign_up.address):
            return made
    raise ConflictError(f"sign-up {sign_up.id}: changed {_TRIES} times meanwhile")


def _new(desk: Desk, sign_up: SignUp, now_ms: int) -> Standing:
    who = desk.new_id()
    return Standing(who, sign_up.speak, sign_up.address_as, Consents(), frozenset(), sign_up.address_hash, 0, now_ms)


def _change(desk: Desk, sign_up: SignUp, now: Standing, at: int) -> Change:
    """From what the tables say at this moment: it may be asked again. _StoppedError when there is nothing to settle any more."""
    waiting = desk.sign_ups.read(sign_up.id, at / 1000)
    if waiting is None or waiting.confirmed:
        raise _StoppedError(Stopped.ALREADY if waiting else Stopped.ENDED)
    held = desk.sign_ups.suppressed(sign_up.address_hash)
    if held and not undone_by(held.reason, held.at, sign_up.at):
        raise _StoppedError(Stopped.CLOSED)
    also = [desk.sign_ups.confirming(sign_up), *([desk.sign_ups.lifting(sign_up.address_hash, held)] if held else [])]
    said, kept = holding(sign_up), dict(moments(sign_up, at))
    voice = Voice(sign_up.language, sign_up.form)
    young = replace(now, consents=replace(now.consents, young=sign_up.young or now.consents.young))
    declared = any(answer.purpose is Purpose.DECLARED_TOPICS and answer.yes for answer in said)
    put = _told(sign_up, now)
    if declared and sign_up.topics:
        put["muted"] = now.more.get("muted", frozenset()) - sign_up.topics
    topics = sign_up.topics if declared else None
    if sign_up.young:  # what was learned or told before goes
        put |= {"too_young": True, "clicks": None, "tags": None, "opened_at": None}
        topics = frozenset()
    refused = desk.refused(now, voice, at) if sign_up.silent else []
    return Change([*desk.proof(young, said, voice, SOURCE, at, kept), *refused], topics, put=put, also=also)


def _told(sign_up: SignUp, now: Standing) -> dict[str, object]:
    """What they filled in of themselves, as their own word: an import leaves it alone."""
    told = {"language": sign_up.speak, "form": sign_up.address_as.value, **({"name": sign_up.name} if sign_up.name else {})}
    return {**told, "sources": {**now.more.get("sources", {}), **dict.fromkeys((*told, "address"), ACTOR)}}
