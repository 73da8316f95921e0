"""`/u/{token}`: leaving, by a button on a page or by the mail program's own (RFC 8058). A GET changes nothing."""

from dataclasses import dataclass

from functions.adapters.asking import ACTOR
from functions.adapters.consents import Change, Standing
from functions.adapters.forms import Fields, fields, one
from functions.adapters.gate import busy
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.adapters.wordings import Button
from functions.domain.consent import ConsentAnswer, Purpose, SuppressionReason, changes
from functions.domain.edition import MailingList
from functions.domain.ids import is_id
from functions.domain.leaving import LEAVING
from functions.domain.supporter import FormOfAddress
from functions.domain.tokens import PageRef, Power, read_page
from functions.pages.desk import Desk
from functions.pages.left import count, follow, left_page, list_name, offer, on_it

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # the only body RFC 8058 knows


@dataclass(frozen=True)
class Leaving:
    """What was asked: `everything`, or one list (None when staff have it no more: then all lists), and in which words."""

    everything: bool
    mailing_list: MailingList | None
    button: Button
    language: str
    source: str
    id: str = ""  # of the form, for whoever undoes it; "": the mail program's own button


def unsubscribe(desk: Desk, request: Request) -> Reply:
    """GET shows the buttons. POST leaves: 200, no redirect, no cookie, no question asked; again and for the unknown too."""
    ref = read_page(desk.keyring, Power.UNSUBSCRIBE, request.path.get("token", ""))
    if ref is None:
        return desk.gone(request)
    standing = desk.book.standing(ref.supporter)
    if request.method != "POST":
        return _ask(desk, request, ref, desk.voice(request, standing))
    form = fields(request)
    voice = desk.voice(request, standing, form)
    leaving = _leaving(desk, ref, voice, form)
    if leaving is None:  # only what takes something away is never held up
        if not desk.gate.lets("unsubscribe", request):
            return busy(desk, request, voice)
        if one(form, "left"):
            return follow(desk, request, ref, voice, form)
        return _ask(desk, request, ref, voice, status=422)
    after = _leave(desk, request, ref, leaving)
    offered = offer(desk, request, ref, voice, leaving.id, after)
    words = desk.pages.words(voice, list=list_name(desk, voice, leaving.mailing_list))["unsubscribe"]
    done: str = words["done_everything" if leaving.everything else "done_list"]
    return left_page(desk, request, ref, voice, offered, done, everything=not leaving.everything)


def _leave(desk: Desk, request: Request, ref: PageRef, leaving: Leaving) -> Standing | None:
    """The state after it. None for somebody who is gone."""
    before: list[Standing] = []  # as it was read for the change: more than once when somebody else wrote in between

    def decide(now: Standing, at: int) -> Change:
        before.append(now)
        return _decide(desk, leaving, now, at)

    after = desk.book.change(ref.supporter, decide, request.at_ms)
    if after and on_it(before[-1], leaving.mailing_list) and not on_it(after, leaving.mailing_list):
        count(desk, request, ref)
    if leaving.everything:
        desk.forget(after)
    return after


def _leaving(desk: Desk, ref: PageRef, voice: Voice, form: Fields) -> Leaving | None:
    """What the form asks for. None when it asks for nothing we know."""
    mailing_list = desk.lists.by_code(ref.list_code)
    name, value = ONE_CLICK
    if one(form, name) == value:
        version = desk.wordings.newest("unsubscribe")
        button = desk.wordings.button(version, "one_click", Voice("en", FormOfAddress.INFORMAL))
        return Leaving(False, mailing_list, button, "en", "one-click")
    scope, version = one(form, "scope"), one(form, "wording")
    if scope not in ("list", "everything"):
        return None
    if not desk.wordings.known(version, "unsubscribe"):
        version = desk.wordings.newest("unsubscribe")  # a no needs no exact words
    button = desk.wordings.button(version, scope, voice, list=list_name(desk, voice, mailing_list))
    id_ = one(form, "leaving")
    return Leaving(
        scope == "everything", mailing_list, button, voice.language, "unsubscribe-page", id_ if is_id(id_) else desk.new_id()
    )


def _decide(desk: Desk, leaving: Leaving, now: Standing, at: int) -> Change:
    purposes = list(Purpose) if leaving.everything else [Purpose.NEWSLETTER]
    scope = None if leaving.everything or leaving.mailing_list is None else leaving.mailing_list.id
    records = changes(
        now.consents,
        [
            ConsentAnswer(p, False, leaving.button.wording, leaving.button.sha256, scope if p is Purpose.NEWSLETTER else None)
            for p in purposes
        ],
        supporter=now.supporter,
        at=at,
        language=leaving.language,
        source=leaving.source,
        actor=ACTOR,
        new_id=desk.new_id,
        proof={LEAVING: leaving.id} if leaving.id else {},
    )
    return Change(records, suppress=SuppressionReason.UNSUBSCRIBED if leaving.everything else None)


def _ask(desk: Desk, request: Request, ref: PageRef, voice: Voice, status: int = 200) -> Reply:
    version = desk.wordings.newest("unsubscribe")
    mailing_list = desk.lists.by_code(ref.list_code)
    name = list_name(desk, voice, mailing_list)
    html = desk.pages.render(
        "unsubscribe",
        voice,
        wording=version,
        list=desk.wordings.button(version, "list", voice, list=name) if mailing_list else None,
        everything=desk.wordings.button(version, "everything", voice),
        new_id=desk.new_id,
    )
    return desk.reply(request, status, html)
