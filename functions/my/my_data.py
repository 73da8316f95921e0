"""`/m/{token}/data`: what is kept of one, to see, take along, have put right, or have erased. Opens with a fresh link alone."""

from collections.abc import Callable, Mapping

from functions.adapters.forms import fields, one
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.domain.erasure import Erased
from functions.domain.tokens import Power, read_short
from functions.my.desk import Desk, Opened, opened
from functions.my.erase import confirm_erase, erase, erased_page
from functions.my.mine import mine_of

ACTS: Mapping[str, Callable[[Desk, Request, Opened, Voice], Reply]] = {
    "erase": confirm_erase,
    "erase-now": erase,
}


def my_data(desk: Desk, request: Request) -> Reply:
    """GET shows, POST does; for whoever holds a fresh link. Who was erased sees their receipt while the link works."""
    form = fields(request) if request.method == "POST" else {}
    if gone := _erased(desk, request):
        return erased_page(desk, request, desk.voice(request, None, form), gone)
    door = opened(desk, request)
    if not isinstance(door, Opened):
        return door
    voice = desk.voice(request, door.standing, form)
    act = ACTS.get(one(form, "do"))
    return act(desk, request, door, voice) if act else _show(desk, request, door, voice)


def _erased(desk: Desk, request: Request) -> Erased | None:
    ref = read_short(desk.keyring, Power.FRESH, request.path.get("token", ""))
    if ref is None or ref.ended(request.at_ms / 1000):
        return None
    gone = desk.erasing.erased(ref.id)
    if gone and request.method == "POST":  # an attempt that broke off is finished by the same post
        desk.erasing.clean(ref.id)
    return gone


def _show(desk: Desk, request: Request, door: Opened, voice: Voice) -> Reply:
    html = desk.pages.render(
        "my-data",
        voice,
        texts={"minutes": str(door.minutes), "address": mine_of(door.standing).address},
        token=request.path["token"],
    )
    return desk.reply(request, 200, html)
