"""The page for a mail of which nothing is kept (any more)."""

from functions.adapters.consents import Standing
from functions.adapters.replies import Reply, Request
from functions.pages.desk import Desk


def no_more(desk: Desk, request: Request, standing: Standing) -> Reply:
    """410, with the way to what still works: the page of choices."""
    html = desk.pages.render("no-more", desk.voice(request, standing), token=request.path["token"])
    return desk.reply(request, 410, html)
