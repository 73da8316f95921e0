"""What the party's election calendar says of a send at this moment."""

from functions.adapters import templates
from functions.adapters.sends import Send
from functions.domain.calendar import Hold, hold


def held(send: Send, now_ms: int) -> Hold | None:
    """Why nobody of this send may be mailed now, if so. ValueError when the calendar cannot be read: then nobody is mailed."""
    return hold(templates.calendar(), send.terms, send.personal, send.approved, now_ms)
