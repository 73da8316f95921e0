"""Trigger: HTTP GET, HEAD and POST on /s/{token} (choices), /a/{token}/{n} (an answer to a poll) and
/u/{token} (unsubscribe), GET and HEAD on /s/{token}/why,
/s/{token}/view (the mail as it was sent), /pictures/{name} and what anybody may read, /transparency and /policy.

Promise: a GET changes nothing; a POST is recorded with the words that were on the page, holds at once, and twice is as once;
a withdrawal takes along what was learned under it. The pages need no JavaScript, set no cookie and call no third party.
Writes: consent records with the supporter's current state, suppressions (and the end of one that a leaving made, when it is
undone), answers that somebody let us keep, counts for the report of a send (answers, and how many left by it) and of a list
(why people leave it, of those who say), how often a form was posted; deletes events that no consent covers.
On failure: the supporter is asked to try again in a minute, a mail program gets a 5xx and tries again by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, keys
from functions.adapters.answers import Answers
from functions.adapters.ceilings import Ceilings
from functions.adapters.consents import ConsentBook
from functions.adapters.editions import Content
from functions.adapters.events import Events
from functions.adapters.gate import Gate
from functions.adapters.ids import new_id
from functions.adapters.lifting import Lifting
from functions.adapters.limits import Limits
from functions.adapters.lists import Lists
from functions.adapters.messages import Messages
from functions.adapters.observability import logger
from functions.adapters.pages import Pages
from functions.adapters.picture_files import PictureFiles
from functions.adapters.records import Records
from functions.adapters.replies import Reply, Request, later, read_request
from functions.adapters.sends import Sends
from functions.adapters.sent_mails import SentMails
from functions.adapters.settings import load
from functions.adapters.site import Site
from functions.adapters.topics import Topics
from functions.adapters.totals import Totals
from functions.adapters.wordings import Wordings
from functions.domain.tokens import TRIAL
from functions.pages.answers import answer
from functions.pages.choices import READ, choices
from functions.pages.desk import Desk
from functions.pages.pictures import picture
from functions.pages.public import policy, transparency
from functions.pages.unsubscribe import unsubscribe
from functions.pages.view import view
from functions.pages.why import explain

PAGES: Mapping[str, Callable[[Desk, Request], Reply]] = {
    "/s/{token}": choices,
    "/s/{token}/why": explain,
    "/s/{token}/view": view,
    "/a/{token}/{n}": answer,
    "/u/{token}": unsubscribe,
}


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    consents_table: str
    suppressions_table: str
    catalogue_table: str
    sends_table: str
    messages_table: str
    events_table: str
    totals_table: str
    limits_table: str
    content_bucket: str
    keys_secret: str
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
def _files() -> PictureFiles:
    return PictureFiles(aws.s3(), _settings().content_bucket)


@cache
def _catalogue() -> tuple[Topics, Lists]:
    return Topics(aws.dynamodb(), _settings().catalogue_table), Lists(aws.dynamodb(), _settings().catalogue_table)


@cache
def _records() -> Records:
    s = _settings()
    return Records(aws.dynamodb(), s.catalogue_table, aws.s3(), s.content_bucket)


def _site() -> Site:
    return Site(_pages(), keys.load(_settings().keys_secret).keyring)


@cache
def _sent() -> SentMails:
    s = _settings()
    messages, sends = Messages(aws.dynamodb(), s.messages_table), Sends(aws.dynamodb(), s.sends_table, chunks_table="")
    return SentMails(messages, sends, Content(aws.s3(), s.content_bucket))


@cache
def _ceilings() -> Ceilings:
    s = _settings()
    return Ceilings(aws.dynamodb(), s.catalogue_table, s.ceiling)


def wiring() -> Desk:
    s = _settings()
    topics, lists = _catalogue()
    held, totals = keys.load(s.keys_secret), Totals(aws.hasty_dynamodb(), s.totals_table)
    limits = Limits(aws.dynamodb(), s.limits_table)
    return Desk(
        pages=_pages(),
        wordings=_wordings(),
        book=ConsentBook(aws.dynamodb(), s.supporters_table, s.consents_table, s.suppressions_table, READ),
        events=Events(aws.dynamodb(), s.events_table),
        topics=topics,
        lists=lists,
        sent=_sent(),
        records=_records(),
        polls=Answers(Events(aws.dynamodb(), s.events_table), totals, limits, held.address_key),
        gate=Gate(limits, "pages"),
        firsts=limits,
        suppressions=Lifting(aws.dynamodb(), s.suppressions_table),
        public_url=s.public_url,
        keyring=held.keyring,
        ceiling=_ceilings().now(),
        new_id=new_id,
        totals=totals,
        failed=_failed,
    )


PUBLIC: Mapping[str, Callable[[Site, Records, Request], Reply]] = {"transparency": transparency, "policy": policy}


def handle(event: dict[str, Any], context: Any) -> Reply:
    request = read_request(event)
    route = event["routeKey"].partition(" ")[2]
    try:
        return _answer(route, request)
    except Exception as error:
        logger("pages").error("no page", extra={"what": route, "error": type(error).__name__}, exc_info=error)
        return later(request)


def _failed(what: str, error: Exception) -> None:
    logger("pages").error("not counted", extra={"what": what, "error": type(error).__name__}, exc_info=error)


def _answer(route: str, request: Request) -> Reply:
    if route == "/pictures/{name}":
        return picture(_files(), request)
    if public := PUBLIC.get(route.split("/")[1]):
        return public(_site(), _records(), request)
    if request.path.get("token") == TRIAL:
        return _site().trial(request)
    return PAGES[route](wiring(), request)
