"""Having oneself erased: a page that says what goes and what stays, a second button, and a receipt by page and by mail."""

from functions.adapters.mailer import Outcome
from functions.adapters.notices import Notice
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.domain.erasure import Erased
from functions.my.desk import Desk, Opened
from functions.my.fresh import CLOSED, sender_of
from functions.my.mine import day_in_words

SOURCE = "supporter"
RECEIPT_AGAIN_S = 86_400  # who presses twice gets one receipt by mail


def confirm_erase(desk: Desk, request: Request, door: Opened, voice: Voice) -> Reply:
    """What goes and what stays, and the button that does it. Changes nothing."""
    html = desk.pages.render("erase", voice, texts={"minutes": str(door.minutes)}, token=request.path["token"])
    return desk.reply(request, 200, html)


def erase(desk: Desk, request: Request, door: Opened, voice: Voice) -> Reply:
    """Mail the receipt while there still is an address, then erase. When it breaks off, the same post goes on."""
    supporter = door.standing.supporter
    mailed = _mail_receipt(desk, request, voice, supporter)
    gone = desk.erasing.erase(supporter, SOURCE, request.at_ms)
    return erased_page(desk, request, voice, gone, mailed) if gone else desk.gone(request)


def erased_page(desk: Desk, request: Request, voice: Voice, gone: Erased, mailed: bool = False) -> Reply:
    texts = {"day": day_in_words(desk, voice, gone.at), "receipt": gone.receipt}
    return desk.reply(request, 200, desk.pages.render("erased", voice, texts=texts, mailed=mailed))


def _mail_receipt(desk: Desk, request: Request, voice: Voice, supporter: str) -> bool:
    """Whether it was mailed. To an address that must not be mailed nothing goes: the page is the receipt."""
    addressee = desk.people.of(supporter)
    sender = sender_of(desk, addressee, "") if addressee else None
    if addressee is None or sender is None or desk.people.suppressed(addressee.address_hash) in CLOSED:
        return False
    if not desk.limits.allow("erase-receipt", supporter, 1, RECEIPT_AGAIN_S, request.at_ms // 1000):
        return True
    values = {"day": day_in_words(desk, voice, request.at_ms), "receipt": desk.erasing.receipt(supporter)}
    answer = desk.notices.send(Notice("erased", "", values), voice, addressee.address, sender)
    return answer.outcome in (Outcome.ACCEPTED, Outcome.LOST)
