"""`/a/{token}/{n}`: an answer to a poll, given in one click and confirmed with a button. A GET answers nothing.

The page is the same whoever looks: whether anything was answered or kept before is not to be seen from a forwarded mail.
Somebody too young is not asked to let an answer be kept; theirs are numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from functions.adapters.answers import Poll
from functions.adapters.asking import ACTOR
from functions.adapters.consents import Change, Standing
from functions.adapters.forms import Fields, fields, one
from functions.adapters.gate import busy
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.adapters.sent_mails import SentMail
from functions.adapters.wordings import Button
from functions.domain.assembly import answers, titles
from functions.domain.consent import Ceiling, ConsentAnswer, EventKind, Purpose, changes, permits
from functions.domain.event import Event, Verdict
from functions.domain.send import chunk_number
from functions.domain.tokens import Power, read_page
from functions.pages.desk import Desk
from functions.pages.kept import no_more

NUMBER = re.compile(r"0|[1-9][0-9]{0,3}")
SOURCE = "poll-page"


@dataclass(frozen=True)
class Asked:
    """One poll of one mail, with the answer in the link. `answers` by number, in the mail's words."""

    mail: SentMail
    poll: Poll
    question: str
    answers: dict[int, str]
    n: int


def answer(desk: Desk, request: Request) -> Reply:
    """GET shows the answer and a button, POST gives it, or takes back what was kept."""
    ref = read_page(desk.keyring, Power.CHOICES, request.path.get("token", ""))
    standing = desk.book.standing(ref.supporter) if ref else None
    if ref is None or standing is None or not NUMBER.fullmatch(request.path.get("n", "")):
        return desk.gone(request)
    if standing.consents.young:
        desk = replace(desk, ceiling=Ceiling.EDITORIAL)
    mail = desk.sent.find(ref, request.at_ms // 1000)
    if mail is None:
        return no_more(desk, request, standing)
    asked = _asked(mail, ref.supporter, int(request.path["n"]))
    if asked is None:
        return desk.gone(request)
    form = fields(request) if request.method == "POST" else {}
    voice = desk.voice(request, standing, form)
    if request.method == "POST" and not one(form, "forget") and not desk.gate.lets("answers", request):
        return busy(desk, request, voice)
    if one(form, "forget"):
        return _forget(desk, request, standing, voice, asked)
    given = one(form, "answer")
    if not NUMBER.fullmatch(given) or int(given) not in asked.answers:
        return _show(desk, request, voice, asked)
    return _give(desk, request, standing, voice, asked, int(given), form)


def _asked(mail: SentMail, supporter: str, n: int) -> Asked | None:
    for pick in mail.recipe.picks:
        first, after = mail.edition.entries[pick.index].answer_range
        if first <= n < after:
            language, form = mail.edition.languages[mail.recipe.language], mail.recipe.form
            words = dict(zip(range(first, after), answers(language, form)[first:after], strict=True))
            return Asked(mail, Poll(supporter, mail.send.id, pick.index), titles(language, form)[pick.index], words, n)
    return None


def _button(desk: Desk, name: str, voice: Voice, version: str = "") -> Button:
    known = version if desk.wordings.known(version, "answers") else desk.wordings.newest("answers")
    return desk.wordings.button(known, name, voice)


def _give(desk: Desk, request: Request, standing: Standing, voice: Voice, asked: Asked, n: int, form: Fields) -> Reply:
    now_s = request.at_ms // 1000
    version = one(form, "wording")
    if one(form, "keep") == "yes" and desk.wordings.known(version, "answers"):
        said = _button(desk, "keep", voice, version)
        after = _say(desk, request, standing, voice, said, yes=True)
        grants = permits(EventKind.ANSWERED, after.consents, desk.ceiling) if after else {}
        if grants:
            desk.polls.keep(asked.poll, _event(request, asked, n, grants))
            return _done(desk, request, voice, asked, n, "kept")
    new = desk.polls.count(asked.poll, n, request.id, now_s)
    return _done(desk, request, voice, asked, n, "counted" if new else "before")


def _event(request: Request, asked: Asked, n: int, grants: Mapping[Purpose, str]) -> Event:
    mail = asked.mail
    return Event(
        supporter=asked.poll.supporter,
        id=request.id,
        kind=EventKind.ANSWERED,
        send=mail.send.id,
        chunk=chunk_number(mail.row["chunk"]),
        edition=mail.edition.edition,
        at=request.at_ms,
        verdict=Verdict.HUMAN,  # somebody pressed the button; scanners do not post
        grants=grants,
        n=n,
        entry=asked.poll.entry,
        extra={"question": asked.question, "answer": asked.answers[n]},
    )


def _forget(desk: Desk, request: Request, standing: Standing, voice: Voice, asked: Asked) -> Reply:
    """Take back the consent, and with it every answer that was kept under it; this poll's also from the count."""
    desk.polls.take_back(asked.poll, request.id, request.at_ms // 1000)
    desk.forget(_say(desk, request, standing, voice, _button(desk, "forget", voice), yes=False))
    return _done(desk, request, voice, asked, None, "forgotten")


def _say(desk: Desk, request: Request, standing: Standing, voice: Voice, said: Button, *, yes: bool) -> Standing | None:
    answered = ConsentAnswer(Purpose.ANSWERS, yes, said.wording, said.sha256)

    def decide(now: Standing, at: int) -> Change:
        return Change(
            changes(
                now.consents,
                [answered],
                supporter=now.supporter,
                at=at,
                language=voice.language,
                source=SOURCE,
                actor=ACTOR,
                new_id=desk.new_id,
            )
        )

    return desk.book.change(standing.supporter, decide, request.at_ms)


def _show(desk: Desk, request: Request, voice: Voice, asked: Asked) -> Reply:
    html = desk.pages.render(
        "answer",
        voice,
        asked=asked,
        mail_language=asked.mail.recipe.language,
        wording=desk.wordings.newest("answers"),
        keep=_button(desk, "keep", voice) if _may_ask(desk) else None,
        forget=_button(desk, "forget", voice) if _may_ask(desk) else None,
    )
    return desk.reply(request, 200, html)


def _may_ask(desk: Desk) -> bool:
    """A deployment that keeps nothing personal does not ask for it."""
    return desk.ceiling is not Ceiling.EDITORIAL


def _done(desk: Desk, request: Request, voice: Voice, asked: Asked, n: int | None, what: str) -> Reply:
    html = desk.pages.render(
        "answered",
        voice,
        asked=asked,
        given=None if n is None else asked.answers[n],
        what=what,
        mail_language=asked.mail.recipe.language,
    )
    return desk.reply(request, 200, html)
