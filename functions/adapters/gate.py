"""How often the forms behind one token may be posted: far more often than anybody needs, and not without end.

Open when in doubt: while the table `limits` does not answer, every post is taken, and the log says so. These forms mail
nothing and change the state of one supporter once, however often they are posted; a form that mails somebody (`/join`,
`/fresh`) counts by address or supporter and stays shut then. Leaving passes by no gate at all.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from functions.adapters.observability import logger
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.adapters.site import Site
from functions.domain.ids import encode

POSTS, WITHIN_S = 60, 3600  # forms by one token


class Limits(Protocol):
    def allow(self, what: str, who: str, most: int, within_s: int, now_s: int) -> bool: ...


@dataclass(frozen=True)
class Gate:
    """`log`: the name of the Lambda."""

    limits: Limits
    log: str

    def lets(self, what: str, request: Request) -> bool:
        """Whether one more post by the token in the path may pass. Ask when the token was read: what is forged counts nowhere.

        Counted under a hash of the token, which only its bearer could tell: the table says of nobody that they posted.
        """
        try:
            return self.limits.allow(what, opaque(request.path["token"]), POSTS, WITHIN_S, request.at_ms // 1000)
        except Exception as error:  # whatever it was: it is not the supporter's doing
            logger(self.log).error("not limited", extra={"what": what, "error": type(error).__name__}, exc_info=error)
            return True


def opaque(token: str) -> str:
    """What stands for a token where something is counted once, or so often. Nobody finds the token by it, nor whose it was."""
    return encode(blake2b(token.encode(), digest_size=12).digest())


def busy(site: Site, request: Request, voice: Voice) -> Reply:
    """429, in the language of the form."""
    reply = site.reply(request, 429, site.pages.render("busy", voice))
    seconds = WITHIN_S - request.at_ms // 1000 % WITHIN_S
    return {**reply, "headers": {**reply["headers"], "retry-after": str(seconds)}}
