"""A correction: a send to exactly those who got, or may have got, what another send mailed."""

from functions.adapters.sends import Send
from functions.staff_api.problems import FieldError, Problem, field_error
from functions.staff_api.wiring import wiring

FIELD = "audience.got"


def corrected(send: str, mailing_list: str) -> Send:
    """The faulty send, come to rest. Problem 422 when it cannot be corrected on this list, 409 while it is on its way."""
    faulty = wiring().sends.get(send)
    if faulty is None:
        raise field_error(FIELD, f"there is no send {send!r}")
    if faulty.list != mailing_list:
        raise field_error(FIELD, f"send {send} was for the list {faulty.list!r}, this edition is for {mailing_list!r}")
    if faulty.ended_at is None:
        reason = f"send {send} is {faulty.state}: cancel it, or wait until it has ended; then it is known whom it reached"
        raise Problem(409, "not-now", f"This send cannot be corrected yet: {reason}.", (FieldError(FIELD, reason),))
    return faulty
