"""What may follow a leaving, on the very page that says it worked: undo, for half an hour, and saying why, which nobody must.

The token for it is made on that page and stands in no mail. It names the leaving by an id that the form carried, so that only
whoever saw the form can undo what it did: somebody to whom the mail was forwarded cannot, also not by leaving once more.
"""

from dataclasses import dataclass, replace

from functions.adapters.asking import ACTOR
from functions.adapters.consents import Change, Standing
from functions.adapters.forms import Fields, one
from functions.adapters.gate import opaque
from functions.adapters.lifting import Suppressed
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.adapters.wordings import Button
from functions.domain.consent import ConsentAnswer, ConsentRecord, Purpose, SuppressionReason, changes
from functions.domain.edition import MailingList
from functions.domain.leaving import UNDO_MINUTES, UNDOES, Reason, leaving_of, returnable, taken, until
from functions.domain.tokens import NO_SEND, PageRef, Power, ShortRef, read_short, sign_page, sign_short
from functions.pages.desk import Desk

SOURCE = "undo"


@dataclass(frozen=True)
class Follow:
    """What the page offers: undo, and to say why. `token`: "" when nothing was left with the form of this page, or too long ago."""

    token: str = ""
    undo: Button | None = None
    ask: bool = True  # why


def offer(desk: Desk, request: Request, ref: PageRef, voice: Voice, id_: str, after: Standing | None) -> Follow:
    """After a leaving by the page's form with this id ("": by a mail program, which shows nobody a page). Never in its way."""
    if not id_ or after is None:
        return Follow()
    try:
        return _offer(desk, request, ref, voice, id_, after)
    except Exception as error:  # whatever went wrong, they have left
        desk.failed("undo", error)
        return Follow()


def _offer(desk: Desk, request: Request, ref: PageRef, voice: Voice, id_: str, after: Standing) -> Follow:
    records = desk.book.records(ref.supporter)
    left = leaving_of(records, id_)
    if left is None or request.at_ms // 1000 >= until(left):
        return Follow()
    may = returnable(records, left) and not _barred(desk.suppressions.suppressed(after.address_hash), left)
    version = desk.wordings.newest("unsubscribe")
    undo = _button(desk, voice, version, left, desk.lists.by_code(ref.list_code)) if may else None
    return Follow(sign_short(desk.keyring, Power.LEFT, id_, until(left)), undo)


def follow(desk: Desk, request: Request, ref: PageRef, voice: Voice, form: Fields) -> Reply:
    """What was posted from that page. 404 for a token that is none, 410 for one that has ended."""
    left = read_short(desk.keyring, Power.LEFT, one(form, "left"))
    if left is None:
        return desk.gone(request)
    if left.ended(request.at_ms / 1000):
        return _told(desk, request, ref, voice, "late", 410)
    if one(form, "why") or one(form, "tell"):
        return _thank(desk, request, ref, voice, left, form)
    version = one(form, "wording")
    if desk.wordings.has(version, "undo_list"):
        return _undo(desk, request, ref, voice, left, version)
    offered = offer(desk, request, ref, voice, left.id, desk.book.standing(ref.supporter))  # a yes needs words that were shown
    return left_page(desk, request, ref, voice, offered, desk.pages.words(voice)["errors"]["renewed"], status=422)


def _thank(desk: Desk, request: Request, ref: PageRef, voice: Voice, left: ShortRef, form: Fields) -> Reply:
    """The page again, with thanks; nothing is asked a second time. A form sent in without a choice is as good."""
    said = next((reason for reason in Reason if reason == one(form, "why")), None)
    mailing_list = desk.lists.by_code(ref.list_code)
    if said and mailing_list:
        _count_reason(desk, request, mailing_list.id, said, one(form, "left"), left.until)
    offered = offer(desk, request, ref, voice, left.id, desk.book.standing(ref.supporter))
    everything = one(form, "of") == "list"
    words: str = desk.pages.words(voice)["unsubscribe"]["why"]["thanks" if said else "nothing"]
    return left_page(desk, request, ref, voice, replace(offered, ask=False), words, everything=everything)


def _count_reason(desk: Desk, request: Request, list_: str, said: Reason, token: str, until_s: int) -> None:
    """Once for each leaving: a hash of the token of its page is kept as long as the token works."""
    now_s = request.at_ms // 1000
    try:
        if desk.firsts.first("why", opaque(token), now_s, until_s):
            desk.totals.count_reason(list_, said, request.id, now_s)
    except Exception as error:  # whatever went wrong, they owe us no reason
        desk.failed("why", error)


def left_page(
    desk: Desk,
    request: Request,
    ref: PageRef,
    voice: Voice,
    offered: Follow,
    lead: str,
    *,
    everything: bool = False,
    status: int = 200,
) -> Reply:
    """The page after leaving. `everything`: offer to stop all the rest as well."""
    version, mailing_list = desk.wordings.newest("unsubscribe"), desk.lists.by_code(ref.list_code)
    html = desk.pages.render(
        "unsubscribed",
        voice,
        texts={"minutes": str(UNDO_MINUTES)},
        wording=version,
        done=lead,
        form_at=f"/join/{mailing_list.id}" if mailing_list else "",
        everything=desk.wordings.button(version, "everything", voice) if everything else None,
        next=desk.new_id(),
        of="list" if everything else "everything",
        reasons=list(Reason) if mailing_list and offered.token and offered.ask else [],
        offered=offered,
    )
    return desk.reply(request, status, html)


def _undo(desk: Desk, request: Request, ref: PageRef, voice: Voice, left: ShortRef, version: str) -> Reply:
    """Twice is as once: what is back is not put back again, and the page says that it is back."""
    before: list[Standing] = []

    def decide(now: Standing, at: int) -> Change:
        before.append(now)
        return _back(desk, voice, left.id, version, desk.lists.by_code(ref.list_code), now, at)

    after = desk.book.change(ref.supporter, decide, request.at_ms)
    records = desk.book.records(ref.supporter) if after else []
    leaving = leaving_of(records, left.id)
    if after is None or leaving is None or not taken(records, leaving) & after.consents.newsletter.keys():
        return _told(desk, request, ref, voice, "over", 410)
    mailing_list = desk.lists.by_code(ref.list_code)
    if on_it(after, mailing_list) and not on_it(before[-1], mailing_list):
        count(desk, request, ref, -1)
    return _told(desk, request, ref, voice, "undone", 200)


def _back(desk: Desk, voice: Voice, id_: str, version: str, mailing_list: MailingList | None, now: Standing, at: int) -> Change:
    """The newsletters that this leaving took, each as a new yes; and an end to the suppression that it made, if it made one."""
    records = desk.book.records(now.supporter)
    leaving = leaving_of(records, id_)
    held = desk.suppressions.suppressed(now.address_hash)
    if leaving is None or _barred(held, leaving):
        return Change()
    said = _button(desk, voice, version, leaving, mailing_list)
    lists = sorted(returnable(records, leaving))
    back = changes(
        now.consents,
        [ConsentAnswer(Purpose.NEWSLETTER, True, said.wording, said.sha256, list_) for list_ in lists],
        supporter=now.supporter,
        at=at,
        language=voice.language,
        source=SOURCE,
        actor=ACTOR,
        new_id=desk.new_id,
        proof={UNDOES: id_},
    )
    return Change(back, also=[desk.suppressions.lifting(now.address_hash, held)] if held and back else [])


def _barred(held: Suppressed | None, leaving: ConsentRecord) -> bool:
    """Whether the address must not be mailed for any other reason than this leaving."""
    return held is not None and (held.reason, held.at) != (SuppressionReason.UNSUBSCRIBED, leaving.at)


def _button(desk: Desk, voice: Voice, version: str, leaving: ConsentRecord, mailing_list: MailingList | None) -> Button:
    name = "undo_everything" if leaving.list is None else "undo_list"
    return desk.wordings.button(version, name, voice, list=list_name(desk, voice, mailing_list))


def _told(desk: Desk, request: Request, ref: PageRef, voice: Voice, state: str, status: int) -> Reply:
    mailing_list = desk.lists.by_code(ref.list_code)
    choices = f"/s/{sign_page(desk.keyring, Power.CHOICES, ref.supporter, ref.list_code, ref.send)}"
    html = desk.pages.render(
        "undone",
        voice,
        texts={"minutes": str(UNDO_MINUTES)},
        state=state,
        choices=choices if state == "undone" else "",
        form_at=f"/join/{mailing_list.id}" if mailing_list and state != "undone" else "",
    )
    return desk.reply(request, status, html)


def on_it(standing: Standing, mailing_list: MailingList | None) -> bool:
    """On the list that the mail was of; on any, when staff have it no more."""
    newsletter = standing.consents.newsletter
    return mailing_list.id in newsletter if mailing_list else bool(newsletter)


def count(desk: Desk, request: Request, ref: PageRef, by: int = 1) -> None:
    """One more left by a mail of this send, or one fewer: a number for its report. Leaving and undoing work without it."""
    if ref.send == NO_SEND:
        return
    try:
        desk.totals.count_left(ref.send, request.id, request.at_ms // 1000, by)
    except Exception as error:  # whatever went wrong, they have left
        desk.failed("left", error)


def list_name(desk: Desk, voice: Voice, mailing_list: MailingList | None) -> str:
    """What the list is called in this language."""
    if mailing_list is None:
        this: str = desk.pages.words(voice)["unsubscribe"]["this_list"]
        return this
    return mailing_list.names.get(voice.language) or next(iter(mailing_list.names.values()), mailing_list.id)
