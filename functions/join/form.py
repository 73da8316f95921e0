"""`/join/{list}`: the form to sign up with, here or on any other site. It only ever mails a link to the address itself.

What it answers says nothing of whether an address is known, on the list, or must not be mailed, and takes the same time.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.adapters.asking import silent
from functions.adapters.forms import Fields, fields, one
from functions.adapters.mailer import Outcome
from functions.adapters.notices import Notice
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.domain.asking import NOTHING, Answers, contradiction
from functions.domain.consent import ConsentAnswer, Purpose
from functions.domain.edition import MailingList
from functions.domain.joining import DAYS, UNDONE, SignUp
from functions.domain.supporter import LANGUAGES, FormOfAddress, clean_name, normalise_address
from functions.domain.tokens import Power, sign_short
from functions.join.desk import Desk, list_name

PER_HOUR, PER_DAY = 3, 6  # confirmations to one address
LIST_PER_HOUR = 3000  # of one list: far above any campaign's rush, far below what harms a sender's name
HOUR_S, DAY_S = 3600, 86_400
# Every post takes this long: longer than SES usually needs for the mail that only some get.
EVEN_S = 1.0
LONGEST = 320  # characters of an address that are looked at


@dataclass(frozen=True)
class Filled:
    """What was typed, to show again where something is wrong: field -> key of the words that say what."""

    version: str = ""  # of the questions that stood there; "": none did
    address: str = ""
    name: str = ""
    speak: str = ""
    address_as: str = ""
    young: bool = False
    answers: Answers = NOTHING
    wrong: Mapping[str, str] = field(default_factory=dict)


def join(desk: Desk, request: Request) -> Reply:
    """GET asks, POST mails the link that confirms. 404 for a list that is none."""
    mailing_list = desk.lists.named(request.path.get("list", ""))
    if mailing_list is None:
        return desk.gone(request)
    form = fields(request) if request.method == "POST" else {}
    voice = desk.voice(request, None, form)
    if request.method != "POST":
        return _ask(desk, request, mailing_list, voice, Filled())
    until = time.monotonic() + EVEN_S
    filled = _filled(desk, request, form)
    if filled.wrong:
        return _ask(desk, request, mailing_list, voice, filled, 422)
    if not desk.limits.allow("join-list", mailing_list.id, LIST_PER_HOUR, HOUR_S, request.at_ms // 1000):
        return _told(desk, request, mailing_list, voice, "busy", 429)
    if not one(form, "website"):  # a field that people do not see and machines fill in
        _begin(desk, request, mailing_list, voice, filled)
    time.sleep(max(0.0, until - time.monotonic()))
    return _told(desk, request, mailing_list, voice, "sent", 200)


def _filled(desk: Desk, request: Request, form: Fields) -> Filled:
    """Answers count where the questions stood beside them: with the version of their wording. A simple form has none."""
    wrong: dict[str, str] = {}
    typed, name, version = one(form, "address")[:LONGEST], one(form, "name")[:400], one(form, "wording")
    try:
        normalise_address(typed)
    except ValueError:
        wrong["address"] = "wrong_address"
    if name.strip() and not clean_name(name):
        wrong["name"] = "wrong_name"
    answers = desk.answers(request, form) if version else NOTHING
    if version and not desk.wordings.known(version, "choices"):
        wrong["page"] = "renewed"
        answers = NOTHING
    elif reason := contradiction(answers, desk.open_now(request)):
        wrong[Purpose.DECLARED_TOPICS] = reason
    return Filled(version, typed, name, one(form, "speak"), one(form, "address_as"), one(form, "young") == "yes", answers, wrong)


def _begin(desk: Desk, request: Request, mailing_list: MailingList, voice: Voice, filled: Filled) -> None:
    """Keep the sign-up and mail the link, unless limits or the address's own past forbid. The page is the same either way, also
    when something broke: what fails here fails for some addresses alone, so an error page would tell which.
    """
    try:
        _mail_to(desk, request, mailing_list, voice, filled)
    except Exception as error:
        desk.failed("sign-up", type(error).__name__)


def _mail_to(desk: Desk, request: Request, mailing_list: MailingList, voice: Voice, filled: Filled) -> None:
    address, now_s = normalise_address(filled.address), request.at_ms // 1000
    hashed = desk.sign_ups.hash(address)
    windows: tuple[tuple[int, int], ...] = ((PER_HOUR, HOUR_S), (PER_DAY, DAY_S))
    if not all(desk.limits.allow("join-address", hashed, most, within_s, now_s) for most, within_s in windows):
        return
    held = desk.sign_ups.suppressed(hashed)
    if held and held.reason not in UNDONE:
        return
    sign_up = _sign_up(desk, request, mailing_list, voice, filled, address)
    desk.sign_ups.keep(sign_up)
    token = sign_short(desk.keyring, Power.CONFIRM, sign_up.id, now_s + DAYS * DAY_S)
    # Nothing that was typed is in this mail: anybody may have typed it.
    values = {"list": list_name(mailing_list, voice), "days": str(DAYS)}
    notice = Notice("confirm", f"{desk.public_url}/k/{token}", values)
    answer = desk.notices.send(notice, voice, address, desk.sender(mailing_list))
    if answer.outcome is not Outcome.ACCEPTED:  # a lost answer may be a mail that went out; the others did not
        desk.failed("mail to confirm", answer.reason)


def _sign_up(desk: Desk, request: Request, mailing_list: MailingList, voice: Voice, filled: Filled, address: str) -> SignUp:
    questions = filled.version or desk.wordings.newest("choices")
    newsletter = desk.wordings.button(desk.wordings.newest("sign-up"), "newsletter", voice, list=list_name(mailing_list, voice))
    mailed = ConsentAnswer(Purpose.NEWSLETTER, True, newsletter.wording, newsletter.sha256, mailing_list.id)
    address_as = filled.address_as
    return SignUp(
        id=desk.new_id(),
        list=mailing_list.id,
        at=request.at_ms,
        address=address,
        address_hash=desk.sign_ups.hash(address),
        name=clean_name(filled.name),
        language=voice.language,
        form=voice.form,
        speak=filled.speak if filled.speak in LANGUAGES else voice.language,
        address_as=FormOfAddress(address_as) if address_as in set(FormOfAddress) else voice.form,
        wording=questions,
        answers=(mailed, *desk.said(filled.answers, voice, questions)),
        stood=desk.open_now(request) if filled.version else frozenset(),
        topics=filled.answers.ticked if filled.answers.given.get(Purpose.DECLARED_TOPICS) == "yes" else frozenset(),
        young=filled.young,
        silent=silent(request),
    )


def _ask(desk: Desk, request: Request, mailing_list: MailingList, voice: Voice, filled: Filled, status: int = 200) -> Reply:
    version, name = desk.wordings.newest("choices"), list_name(mailing_list, voice)
    texts = {"list": name, "age": desk.too_young}
    words = desk.pages.words(voice, **texts)
    html = desk.pages.render(
        "join",
        voice,
        texts=texts,
        filled=filled,
        wrong={where: words["errors"].get(why) or words["join"][why] for where, why in filled.wrong.items()},
        newsletter=desk.wordings.button(desk.wordings.newest("sign-up"), "newsletter", voice, list=name),
        wording=version,
        parts=desk.parts(request, voice, version),
        topics=list(desk.names(voice).items()),
    )
    return desk.reply(request, status, html)


def _told(desk: Desk, request: Request, mailing_list: MailingList, voice: Voice, state: str, status: int) -> Reply:
    texts = {"list": list_name(mailing_list, voice), "days": str(DAYS)}
    return desk.reply(request, status, desk.pages.render("joining", voice, texts=texts, state=state, form_at="", choices=""))
