"""`/k/{token}`: the second step. GET shows what was filled in, POST makes it hold: once, however often it is pressed.

The token came to the address itself, so whoever presses the button reads its mail.
"""

from functions.adapters.forms import fields
from functions.adapters.gate import busy
from functions.adapters.markdown import to_html, to_text
from functions.adapters.notices import Notice
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.domain.asking import EVERY
from functions.domain.consent import Purpose
from functions.domain.edition import MailingList
from functions.domain.joining import SignUp, holding, left_open
from functions.domain.tokens import Power, read_short, sign_page
from functions.join.desk import Desk, list_name
from functions.join.settling import SOURCE, Stopped, settle


def confirm(desk: Desk, request: Request) -> Reply:
    """404 for what is no token of ours; 410 with a way on for one whose sign-up has ended."""
    ref = read_short(desk.keyring, Power.CONFIRM, request.path.get("token", ""))
    if ref is None:
        return desk.gone(request)
    now_s = request.at_ms / 1000
    sign_up = desk.sign_ups.read(ref.id, now_s)
    mailing_list = desk.lists.named(sign_up.list) if sign_up else None
    if sign_up is None or mailing_list is None or ref.ended(now_s):
        voice = Voice(sign_up.language, sign_up.form) if sign_up else desk.voice(request, None)
        return _told(desk, request, voice, mailing_list, "ended", 410)
    voice = Voice(sign_up.language, sign_up.form)
    if request.method == "POST" and not desk.gate.lets("confirm", request):
        return busy(desk, request, voice)
    if sign_up.confirmed:
        return _told(desk, request, voice, mailing_list, "already", 200)
    if request.method != "POST" or "confirm" not in fields(request):
        return _ask(desk, request, voice, mailing_list, sign_up)
    return _confirm(desk, request, voice, mailing_list, sign_up)


def _confirm(desk: Desk, request: Request, voice: Voice, mailing_list: MailingList, sign_up: SignUp) -> Reply:
    settled = settle(desk, sign_up, request.at_ms)
    if isinstance(settled, Stopped):
        return _told(desk, request, voice, mailing_list, settled.value, 410 if settled is Stopped.ENDED else 200)
    spoken = Voice(sign_up.speak, sign_up.address_as)
    choices = f"/s/{sign_page(desk.keyring, Power.CHOICES, settled.supporter, mailing_list.code)}"
    _count_left_open(desk, request, voice, sign_up)
    _welcome(desk, spoken, mailing_list, sign_up, settled.supporter, choices)
    return _told(desk, request, voice, mailing_list, "confirmed", 200, choices)


def _count_left_open(desk: Desk, request: Request, voice: Voice, sign_up: SignUp) -> None:
    """Once: only whoever settled the sign-up comes here. Counted now, for a form alone may be anybody's, or a machine's."""
    try:
        for group in desk.left_open(left_open(sign_up), voice, sign_up.wording, SOURCE):
            desk.totals.count_left_open(group, request.id, request.at_ms // 1000)
    except Exception as error:  # whatever went wrong, they are on the list
        desk.failed("left open", type(error).__name__)


def _welcome(desk: Desk, voice: Voice, mailing_list: MailingList, sign_up: SignUp, supporter: str, choices: str) -> None:
    """At most once: only whoever settled the sign-up comes here, and a mail that fails is not tried again."""
    welcome = desk.welcomes.of(mailing_list.id, voice.language)
    if welcome is None:
        return
    leave = f"{desk.public_url}/u/{sign_page(desk.keyring, Power.UNSUBSCRIBE, supporter, mailing_list.code)}"
    values = {"subject": welcome.subject, "list": list_name(mailing_list, voice), "leave": leave}
    notice = Notice("welcome", desk.public_url + choices, values, to_html(welcome.text), to_text(welcome.text))
    desk.notices.send(notice, voice, sign_up.address, desk.sender(mailing_list))


def _ask(desk: Desk, request: Request, voice: Voice, mailing_list: MailingList, sign_up: SignUp) -> Reply:
    """In the words of the form, so that what is confirmed is what was read."""
    texts = {"list": list_name(mailing_list, voice), "age": desk.too_young}
    questions = desk.wordings.questions(sign_up.wording, voice)
    given = {answer.purpose: answer.yes for answer in holding(sign_up)}
    shown = [(questions[p], questions[p].yes if given[p] else questions[p].no) for p in EVERY if p in given]
    names = desk.names(voice)
    html = desk.pages.render(
        "confirm",
        voice,
        texts=texts,
        newsletter=desk.wordings.button(sign_up.answers[0].wording.split(".")[0], "newsletter", voice, list=texts["list"]),
        answers=shown,
        topics=[name for topic, name in names.items() if topic in sign_up.topics and given.get(Purpose.DECLARED_TOPICS)],
        called=sign_up.name,
        young=sign_up.young,
    )
    return desk.reply(request, 200, html)


def _told(
    desk: Desk, request: Request, voice: Voice, mailing_list: MailingList | None, state: str, status: int, choices: str = ""
) -> Reply:
    texts = {"list": list_name(mailing_list, voice) if mailing_list else ""}
    form_at = f"/join/{mailing_list.id}" if mailing_list and state == "ended" else ""
    html = desk.pages.render("joining", voice, texts=texts, state=state, form_at=form_at, choices=choices)
    return desk.reply(request, status, html)
