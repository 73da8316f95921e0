"""`/fresh`: mails a link that works for half an hour to the supporter's own address, and never shows that address.

Two ways in: with a token that is theirs (from a mail, or a fresh link that ended), or by typing an address. What is answered
to a typed address says nothing of whether it is known, and takes the same time.
"""

import time
from enum import StrEnum

from functions.adapters.addressees import Addressee
from functions.adapters.forms import Fields, fields, one
from functions.adapters.mailer import Outcome, Sender
from functions.adapters.notices import Notice
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request, later
from functions.domain.consent import SuppressionReason
from functions.domain.supporter import LANGUAGES, normalise_address
from functions.domain.tokens import FRESH_MINUTES, NO_SEND, Power, read_page, read_short, sign_short
from functions.my.desk import LINKS, Desk, allowed, fresh_page

# A form with an address takes this long for everybody: longer than SES usually needs for the mail that only some get.
EVEN_S = 1.0
# Somebody who left may still see and settle what we hold: the mail answers their own request. Where mails bounce or were
# called spam, or staff say "never", nothing goes.
CLOSED = frozenset(SuppressionReason) - {SuppressionReason.UNSUBSCRIBED}


class Sent(StrEnum):
    """What came of it; each is a state of the page."""

    SENT = "sent"
    LIMITED = "limited"
    CLOSED = "closed"
    LATER = "later"


def fresh(desk: Desk, request: Request) -> Reply:
    """GET shows a button or a form; POST mails the link. 404 for a token that is none."""
    form = fields(request) if request.method == "POST" else {}
    token = one(form, "t") or request.query.get("t", "")
    if not token:
        return _typed(desk, request, form)
    whose = _whose(desk, token)
    if whose is None:
        return desk.gone(request)
    addressee, list_code, send = whose
    page = f"/mails/{send}" if send and one(form, "to") == "mail" else ""
    voice = desk.voice(request, addressee, form)
    if request.method != "POST":
        return _show(desk, request, voice, "ask", token=token)
    sent = _mail(desk, request, addressee, list_code, voice, page)
    if sent is Sent.LATER:
        return later(request)
    return _show(desk, request, voice, sent, status=429 if sent is Sent.LIMITED else 200, token=token)


def _whose(desk: Desk, token: str) -> tuple[Addressee, str, str] | None:
    """The supporter of a mail's page token, or of a fresh link, ended or not; the list whose sender they know; the mail's send."""
    if page := read_page(desk.keyring, Power.CHOICES, token):
        addressee = desk.people.of(page.supporter)
        return (addressee, page.list_code, "" if page.send == NO_SEND else page.send) if addressee else None
    short = read_short(desk.keyring, Power.FRESH, token)
    addressee = desk.people.of(short.id) if short else None
    return (addressee, "", "") if addressee else None


def _typed(desk: Desk, request: Request, form: Fields) -> Reply:
    voice = desk.voice(request, None, form)
    if request.method != "POST":
        return _show(desk, request, voice, "form")
    until = time.monotonic() + EVEN_S
    typed = one(form, "address")
    try:
        address = normalise_address(typed[:320])
    except ValueError:
        return desk.reply(request, 422, fresh_page(desk, voice, "form", typed=typed[:320], error=True))
    if not one(form, "website"):  # a field that people do not see and machines fill in
        try:
            _mail_to(desk, request, desk.people.hash(address), voice)
        except Exception as error:  # an error page for known addresses alone would tell which they are
            desk.failed("fresh link", error)
    time.sleep(max(0.0, until - time.monotonic()))
    return _show(desk, request, voice, "typed")


def _mail_to(desk: Desk, request: Request, hashed: str, voice: Voice) -> None:
    """Whatever comes of it, the page is the same. Counted apart: whoever types somebody's address all day must not use up what
    that person's own mails may ask for.
    """
    may = allowed(desk, "fresh-address", hashed, LINKS, request)
    addressee = desk.people.at(hashed)
    if may and addressee and (sender := _sender(desk, addressee, "")):
        _post(desk, request, addressee, sender, Voice(_language(addressee, voice), addressee.form))


def _language(addressee: Addressee, voice: Voice) -> str:
    return addressee.language if addressee.language in LANGUAGES else voice.language


def _mail(desk: Desk, request: Request, addressee: Addressee, list_code: str, voice: Voice, page: str) -> Sent:
    """`page`: which of their own pages the link leads to, behind the token; "" is My mail."""
    sender = _sender(desk, addressee, list_code)
    if sender is None:
        return Sent.CLOSED
    if not allowed(desk, "fresh", addressee.supporter, LINKS, request):
        return Sent.LIMITED
    return _post(desk, request, addressee, sender, voice, page)


def _sender(desk: Desk, addressee: Addressee, list_code: str) -> Sender | None:
    """Who mails the link. None where nothing goes."""
    return None if desk.people.suppressed(addressee.address_hash) in CLOSED else sender_of(desk, addressee, list_code)


def _post(desk: Desk, request: Request, addressee: Addressee, sender: Sender, voice: Voice, page: str = "") -> Sent:
    token = sign_short(desk.keyring, Power.FRESH, addressee.supporter, request.at_ms // 1000 + FRESH_MINUTES * 60)
    notice = Notice("fresh-link", f"{desk.public_url}/m/{token}{page}", {"minutes": str(FRESH_MINUTES)})
    outcome = desk.notices.send(notice, voice, addressee.address, sender).outcome
    # A lost answer may be a mail that went out.
    return Sent.SENT if outcome in (Outcome.ACCEPTED, Outcome.LOST) else Sent.LATER


def sender_of(desk: Desk, addressee: Addressee, list_code: str) -> Sender | None:
    """Of the list the mail came from; else of one they are on; else of any."""
    lists = desk.lists.by_id(*addressee.lists)
    known = [lists[name] for name in sorted(addressee.lists) if name in lists]
    chosen = (desk.lists.by_code(list_code) if list_code else None) or next(iter([*known, *lists.values()]), None)
    if chosen is None:
        return None
    return Sender(chosen.sender_name, chosen.sender_address, chosen.reply_to, desk.configuration_set)


def _show(desk: Desk, request: Request, voice: Voice, state: str, status: int = 200, token: str = "") -> Reply:
    return desk.reply(request, status, fresh_page(desk, voice, state, token))
