"""`/s/{token}/why`: why somebody got a mail, and each block in it. The kind of reason alone: a mail can be forwarded."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from functions.adapters.consents import Standing
from functions.adapters.pages import Voice, in_figures
from functions.adapters.replies import Reply, Request
from functions.adapters.sends import Send
from functions.adapters.sent_mails import SentMail
from functions.domain.consent import Selection
from functions.domain.edition import MailingList
from functions.domain.hours import zone_of
from functions.domain.tokens import FRESH_MINUTES, Power, read_page
from functions.domain.why import Group, Why, about, why
from functions.pages.desk import Desk
from functions.pages.kept import no_more

Words = Mapping[str, Any]


def explain(desk: Desk, request: Request) -> Reply:
    """The page, for whoever holds the mail's token. GET and HEAD alone reach this; nothing is recorded."""
    ref = read_page(desk.keyring, Power.CHOICES, request.path.get("token", ""))
    standing = desk.book.standing(ref.supporter) if ref else None
    if ref is None or standing is None:
        return desk.gone(request)
    mail = desk.sent.find(ref, request.at_ms // 1000)
    if mail is None:
        return no_more(desk, request, standing)
    return desk.reply(request, 200, _page(desk, request, standing, mail, desk.lists.by_code(ref.list_code)))


def _page(desk: Desk, request: Request, standing: Standing, mail: SentMail, mailing_list: MailingList | None) -> str:
    voice = desk.voice(request, standing)
    told = why(mail.edition, mail.recipe, mail.send.audience)
    record = desk.records.get(mail.send.id)
    texts = _texts(desk, voice, told, mail, mailing_list) | {"people": _number(_people(mail.send, record), voice)}
    words: Words = desk.pages.words(voice, **texts)["why"]
    return desk.pages.render(
        "why",
        voice,
        texts=texts | {"minutes": str(FRESH_MINUTES)},
        lead=words["lead"][_lead(told)],
        told=told,
        about=_about(told),
        data=[words["categories"].get(name, name) for name in told.data],
        goals=[words["goals"][name] for name in _goals(told)],
        period=words[_period(mail.send)],
        people=words["some" if texts["people"] else "few"],
        mail_language=mail.recipe.language,
        token=request.path["token"],
        send=mail.send.id if record else "",
        policy=f"/policy/{record['policy']}" if record else "/policy",
    )


def _about(told: Why) -> str:
    """That nothing kept of somebody had to do with it is said only of a mail that went to all: of staff's own choice of people,
    and of whom an earlier mail went to, this does not know it.
    """
    if told.chosen:
        return "chosen"
    return "same" if told.group is Group.EVERYONE else "part"


def _lead(told: Why) -> str:
    part = told.selection is Selection.EDITORIAL and told.group is not Group.EVERYONE
    return "editorial_part" if part else told.selection


def _goals(told: Why) -> list[str]:
    blocks = ["blocks"] if told.selection is not Selection.EDITORIAL else []
    return [*blocks, *(["readers"] if told.group is Group.SEGMENT else [])]


def _texts(desk: Desk, voice: Voice, told: Why, mail: SentMail, mailing_list: MailingList | None) -> dict[str, str]:
    """What fills the words of this page."""
    plain: Words = desk.pages.words(voice)
    names = mailing_list.names if mailing_list else {}
    zone = zone_of(desk.pages.party.get("timezone", "UTC"))
    first, last = (datetime.fromtimestamp(at / 1000, zone).date() for at in _began_and_ended(mail.send))
    return {
        "list": names.get(voice.language) or next(iter(names.values()), plain["unsubscribe"]["this_list"]),
        "parameters": ", ".join(plain["why"]["categories"].get(name, name) for name in told.parameters),
        "offered": str(told.offered),
        "shown": str(len(told.blocks)),
        "ruleset": told.ruleset,
        "from": _day(plain["why"], first),
        "until": _day(plain["why"], last),
    }


def _began_and_ended(send: Send) -> tuple[int, int]:
    began = max(send.requested_at, send.start_at)
    return began, max(send.ended_at or began, began)


def _period(send: Send) -> str:
    if send.ended_at is None:
        return "since"
    began, ended = _began_and_ended(send)
    return "day" if ended - began < 86_400_000 else "days"


def _day(words: Words, day: date) -> str:
    said: str = words["date"].format(day=day.day, month=words["months"][str(day.month)], year=day.year)
    return said


def _people(send: Send, record: Mapping[str, Any] | None) -> int:
    """How many were mailed, as the public record says; before there is one, how many are to be. 0 for fewer than ten."""
    if record is None:
        return send.planned
    mailed = record["people"]["mailed"]
    return mailed if isinstance(mailed, int) else 0


def _number(people: int, voice: Voice) -> str:
    """Rounded, as one writes it in this language; nothing for fewer than ten."""
    shown = about(people)
    return "" if shown is None else in_figures(shown, voice)
