"""`/m/{token}`: one's own mail, as it stands and as one wants it."""

from functions.adapters.replies import Reply, Request
from functions.my.desk import Desk, Opened, opened


def my_mail(desk: Desk, request: Request) -> Reply:
    """GET shows, POST changes; for whoever holds a fresh link."""
    door = opened(desk, request)
    if not isinstance(door, Opened):
        return door
    html = desk.pages.render("my-mail", desk.voice(request, door.standing), opened=door)
    return desk.reply(request, 200, html)
