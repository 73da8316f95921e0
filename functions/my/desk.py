"""What the pages behind a fresh link stand on, and the door to them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from functions.adapters.addressees import Addressee
from functions.adapters.asking import Asking
from functions.adapters.consents import Standing
from functions.adapters.held import Holding
from functions.adapters.mailer import Answer, Sender
from functions.adapters.notices import Notice
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.adapters.sent_mails import SentMail
from functions.adapters.tastes import Tastes
from functions.domain.consent import SuppressionReason
from functions.domain.edition import MailingList
from functions.domain.erasure import Erased
from functions.domain.tokens import FRESH_MINUTES, PageRef, Power, read_short

PER_HOUR, PER_DAY = 3, 6  # links to one supporter, and forms with one address
LINKS = ((PER_HOUR, 3600), (PER_DAY, 86_400))
POSTS = ((200, 3600),)  # forms on one's own pages: more than anybody has something to change


class Lists(Protocol):
    def by_code(self, code: str) -> MailingList | None: ...
    def by_id(self, *needed: str) -> dict[str, MailingList]: ...


class People(Protocol):
    def hash(self, address: str) -> str: ...
    def of(self, supporter: str) -> Addressee | None: ...
    def at(self, hashed: str) -> Addressee | None: ...
    def suppressed(self, hashed: str) -> SuppressionReason | None: ...


class Tasting(Protocol):
    def found(self) -> Tastes: ...


class Limits(Protocol):
    def allow(self, what: str, who: str, most: int, within_s: int, now_s: int) -> bool: ...


class Notices(Protocol):
    def send(self, notice: Notice, voice: Voice, to: str, sender: Sender) -> Answer: ...


class Erasing(Protocol):
    def receipt(self, supporter: str) -> str: ...
    def erased(self, supporter: str) -> Erased | None: ...
    def erase(self, supporter: str, source: str, now_ms: int) -> Erased | None: ...
    def clean(self, supporter: str) -> None: ...


class Held(Protocol):
    def of(self, supporter: str, hashes: Sequence[str], now_s: int) -> Holding: ...


class Mailed(Protocol):
    def blocks(self, send: str, version: str) -> tuple[str, ...]: ...


class Sent(Protocol):
    def find(self, ref: PageRef, now_s: int) -> SentMail | None: ...


@dataclass(frozen=True)
class Desk(Asking):
    lists: Lists
    people: People
    limits: Limits
    notices: Notices
    tasting: Tasting
    erasing: Erasing
    held: Held
    mailed: Mailed
    sent: Sent
    public_url: str
    configuration_set: str
    paths: Collection[str]  # of the pages behind a fresh link that there are
    failed: Callable[[str, Exception], None]  # notes an error that the supporter must not notice


@dataclass(frozen=True)
class Opened:
    """Whose page a fresh link opened, and for how many more minutes."""

    standing: Standing
    minutes: int


def opened(desk: Desk, request: Request) -> Opened | Reply:
    """Every page behind a fresh link begins here. The reply is what whoever may not see the page gets: 404, or 410 when the
    link has ended, with a button for a new one."""
    token = request.path.get("token", "")
    ref = read_short(desk.keyring, Power.FRESH, token)
    standing = desk.book.standing(ref.id) if ref else None
    if ref is None or standing is None:
        return desk.gone(request)
    left_s = ref.until - request.at_ms / 1000
    if left_s <= 0:
        return desk.reply(request, 410, fresh_page(desk, desk.voice(request, standing), "ended", token))
    return Opened(standing, -int(-left_s // 60))


def allowed(desk: Desk, what: str, who: str, windows: tuple[tuple[int, int], ...], request: Request) -> bool:
    """Count this one. False when it is one too many in any of the windows (how many, within how many seconds)."""
    return all(desk.limits.allow(what, who, most, within_s, request.at_ms // 1000) for most, within_s in windows)


def fresh_page(desk: Desk, voice: Voice, state: str, token: str = "", typed: str = "", error: bool = False) -> str:
    """The page about fresh links, in one of its states."""
    return desk.pages.render(
        "fresh",
        voice,
        texts={"minutes": str(FRESH_MINUTES), "most": str(PER_HOUR)},
        state=state,
        token=token,
        kept=f"t={token}&" if token else "",  # what the links to other languages keep
        typed=typed,
        error=error,
    )
