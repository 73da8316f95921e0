"""Trigger: HTTP GET, HEAD and POST on /fresh (mail me a link), /m/{token} (My mail),
/m/{token}/data (My data); GET and HEAD on /m/{token}/mails/{send} (one mail, with its evidence), GET on /m/{token}/export.json.

Promise: nothing about a person is shown without a link that was mailed to their address in the last half hour; a GET changes
nothing; a POST holds at once, and twice is as once. The pages need no JavaScript, set no cookie and call no third party.
Writes: consent records with the supporter's current state, suppressions, counts of how often a form was posted; mails the
link; deletes events that no consent covers; erases (adapters/erasing.py).
On failure: the supporter is asked to try again in a minute; an erasure that broke off is finished then, or by tend_sends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, keys
from functions.adapters import held as holding
from functions.adapters.addressees import Addressees
from functions.adapters.ceilings import Ceilings
from functions.adapters.consents import ConsentBook
from functions.adapters.editions import Content
from functions.adapters.erasing import Erasing, Tables
from functions.adapters.events import Events
from functions.adapters.ids import new_id
from functions.adapters.limits import Limits
from functions.adapters.lists import Lists
from functions.adapters.mailed_blocks import MailedBlocks
from functions.adapters.messages import Messages
from functions.adapters.notices import Notices
from functions.adapters.observability import logger
from functions.adapters.pages import Pages
from functions.adapters.replies import Reply, Request, later, read_request
from functions.adapters.sends import Sends
from functions.adapters.sent_mails import SentMails
from functions.adapters.settings import load
from functions.adapters.tastes import Judge
from functions.adapters.topics import Topics
from functions.adapters.wordings import Wordings
from functions.my.desk import Desk
from functions.my.export import export
from functions.my.fresh import fresh
from functions.my.mine import READ
from functions.my.my_data import my_data
from functions.my.my_mail import my_mail
from functions.my.one_mail import one_mail

PAGES: Mapping[str, Callable[[Desk, Request], Reply]] = {
    "/fresh": fresh,
    "/m/{token}": my_mail,
    "/m/{token}/data": my_data,
    "/m/{token}/mails/{send}": one_mail,
    "/m/{token}/export.json": export,
}


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    identities_table: str
    consents_table: str
    suppressions_table: str
    catalogue_table: str
    sends_table: str
    messages_table: str
    events_table: str
    limits_table: str
    audit_table: str
    content_bucket: str
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
def _catalogue() -> tuple[Topics, Lists]:
    return Topics(aws.dynamodb(), _settings().catalogue_table), Lists(aws.dynamodb(), _settings().catalogue_table)


@cache
def _ceilings() -> Ceilings:
    s = _settings()
    return Ceilings(aws.dynamodb(), s.catalogue_table, s.ceiling)


@cache
def _judge() -> Judge:
    return Judge(aws.dynamodb(), _settings().catalogue_table)


@cache
def _held() -> holding.Held:
    s = _settings()
    tables = holding.Tables(
        s.supporters_table,
        s.identities_table,
        s.consents_table,
        s.suppressions_table,
        s.messages_table,
        s.events_table,
        s.audit_table,
    )
    return holding.Held(aws.dynamodb(), tables)


@cache
def _mailed() -> MailedBlocks:
    s = _settings()
    return MailedBlocks(aws.dynamodb(), s.sends_table, Content(aws.s3(), s.content_bucket))


@cache
def _sent() -> SentMails:
    s = _settings()
    messages, sends = Messages(aws.dynamodb(), s.messages_table), Sends(aws.dynamodb(), s.sends_table, chunks_table="")
    return SentMails(messages, sends, Content(aws.s3(), s.content_bucket))


def wiring() -> Desk:
    s = _settings()
    topics, lists = _catalogue()
    held = keys.load(s.keys_secret)
    return Desk(
        pages=_pages(),
        wordings=_wordings(),
        book=ConsentBook(aws.dynamodb(), s.supporters_table, s.consents_table, s.suppressions_table, READ),
        events=Events(aws.dynamodb(), s.events_table),
        topics=topics,
        lists=lists,
        keyring=held.keyring,
        ceiling=_ceilings().now(),
        new_id=new_id,
        people=Addressees(aws.dynamodb(), s.supporters_table, s.identities_table, s.suppressions_table, held.address_key),
        limits=Limits(aws.dynamodb(), s.limits_table),
        notices=_notices(),
        tasting=_judge(),
        erasing=Erasing(aws.dynamodb(), _tables(s), held.address_key),
        held=_held(),
        mailed=_mailed(),
        sent=_sent(),
        public_url=s.public_url,
        configuration_set=s.configuration_set,
        paths=PAGES.keys(),
        failed=_failed,
    )


def _failed(what: str, error: Exception) -> None:
    logger("my").error("not mailed", extra={"what": what, "error": type(error).__name__}, exc_info=error)


def _tables(s: Settings) -> Tables:
    return Tables(
        s.supporters_table,
        s.identities_table,
        s.suppressions_table,
        s.catalogue_table,
        s.events_table,
        s.messages_table,
    )


def handle(event: dict[str, Any], context: Any) -> Reply:
    request = read_request(event)
    route = event["routeKey"].partition(" ")[2]
    try:
        return PAGES[route](wiring(), request)
    except Exception as error:
        logger("my").error("no page", extra={"what": route, "error": type(error).__name__}, exc_info=error)
        return later(request)
