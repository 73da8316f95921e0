"""Trigger: HTTP GET, HEAD and POST on /join/{list} (sign up) and /k/{token} (confirm it).

Promise: nobody is on a list before a button was pressed on a page that only the address's own mail leads to; a GET changes
nothing; a POST twice is as once; no answer tells whether an address is known. The pages need no JavaScript, set no cookie
and call no third party.
Writes: sign-ups that wait, counts of how often a form was posted; on confirmation the supporter, their consent records, the
end of their own earlier leaving, how many questions were left open (a number of nobody); mails the link to confirm, and a
welcome where staff wrote one.
On failure: whoever signs up reads the same as always, and may fill in the form again; what went wrong is in the log. Where it
cannot tell of an address (the list, the confirmation) the page asks to try again in a minute.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, keys
from functions.adapters.ceilings import Ceilings
from functions.adapters.consents import ConsentBook
from functions.adapters.events import Events
from functions.adapters.gate import Gate
from functions.adapters.ids import new_id
from functions.adapters.limits import Limits
from functions.adapters.lists import Lists
from functions.adapters.notices import Notices
from functions.adapters.observability import logger
from functions.adapters.pages import Pages
from functions.adapters.replies import Reply, Request, later, read_request
from functions.adapters.settings import load
from functions.adapters.signups import SignUps
from functions.adapters.topics import Topics
from functions.adapters.totals import Totals
from functions.adapters.welcomes import Welcomes
from functions.adapters.wordings import Wordings
from functions.join.confirm import confirm
from functions.join.desk import Desk
from functions.join.form import join
from functions.join.settling import READ

PAGES: Mapping[str, Callable[[Desk, Request], Reply]] = {
    "/join/{list}": join,
    "/k/{token}": confirm,
}


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    identities_table: str
    consents_table: str
    suppressions_table: str
    catalogue_table: str
    events_table: str
    signups_table: str
    limits_table: str
    totals_table: str
    keys_secret: str
    configuration_set: str
    public_url: str
    ceiling: str


@cache
def _settings() -> Settings:
    return load(Settings)


@cache
def _pages() -> Pages:
    return Pages()


@cache
def _wordings() -> Wordings:
    return Wordings(_pages().party["name"])


@cache
def _notices() -> Notices:
    return Notices(aws.ses(), _settings().public_url)


@cache
def _catalogue() -> tuple[Topics, Lists, Welcomes, Ceilings]:
    dynamodb, s = aws.dynamodb(), _settings()
    table = s.catalogue_table
    return Topics(dynamodb, table), Lists(dynamodb, table), Welcomes(dynamodb, table), Ceilings(dynamodb, table, s.ceiling)


def wiring() -> Desk:
    s, dynamodb = _settings(), aws.dynamodb()
    topics, lists, welcomes, ceilings = _catalogue()
    held, limits = keys.load(s.keys_secret), Limits(dynamodb, s.limits_table)
    return Desk(
        pages=_pages(),
        wordings=_wordings(),
        book=ConsentBook(dynamodb, s.supporters_table, s.consents_table, s.suppressions_table, READ),
        events=Events(dynamodb, s.events_table),
        topics=topics,
        lists=lists,
        keyring=held.keyring,
        ceiling=ceilings.now(),
        new_id=new_id,
        sign_ups=SignUps(dynamodb, s.signups_table, s.identities_table, s.suppressions_table, held.address_key),
        limits=limits,
        gate=Gate(limits, "join"),
        notices=_notices(),
        welcomes=welcomes,
        totals=Totals(aws.hasty_dynamodb(), s.totals_table),
        public_url=s.public_url,
        configuration_set=s.configuration_set,
        failed=_failed,
    )


def _failed(what: str, error: str) -> None:
    logger("join").error("not mailed", extra={"what": what, "error": error})


def handle(event: dict[str, Any], context: Any) -> Reply:
    request = read_request(event)
    route = event["routeKey"].partition(" ")[2]
    try:
        return PAGES[route](wiring(), request)
    except Exception as error:
        logger("join").error("no page", extra={"what": route, "error": type(error).__name__}, exc_info=error)
        return later(request)
