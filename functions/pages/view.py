"""`/s/{token}/view`: the mail in a browser, exactly as it was sent.

It is made again from the ledger's recipe, byte for byte, also with its pixel: what keeps the pixel from being fetched, and so
from telling of an open, is the page's policy, which lets pictures come from `/pictures/` alone.
"""

from functions.adapters.replies import Reply, Request, page
from functions.adapters.sent_mails import as_sent
from functions.domain.tokens import Power, read_page, ring_then
from functions.pages.desk import Desk
from functions.pages.kept import no_more


def view(desk: Desk, request: Request) -> Reply:
    """The mail, for whoever holds its token. GET and HEAD alone reach this; nothing is recorded."""
    token = request.path.get("token", "")
    ref = read_page(desk.keyring, Power.CHOICES, token)
    standing = desk.book.standing(ref.supporter) if ref else None
    if ref is None or standing is None:
        return desk.gone(request)
    mail = desk.sent.find(ref, request.at_ms // 1000)
    if mail is None:
        return no_more(desk, request, standing)
    letter = as_sent(mail, ref, ring_then(desk.keyring, token), desk.public_url)
    return page(request, 200, letter.html.decode(), desk.pages.headers | {"content-security-policy": _policy(desk.public_url)})


def _policy(public_url: str) -> str:
    """A mail has its styles in it, and no script. Its pictures are ours; `/o/` is not among them."""
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src {public_url}/pictures/; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
