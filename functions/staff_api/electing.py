"""The election calendar at the moment a send is asked for: refused in a silence, a second person in the last month."""

from functions.adapters import templates
from functions.domain.calendar import Calendar, is_personal, is_vote_reminder, needs_approval
from functions.domain.consent import Ceiling
from functions.staff_api.expecting import through_at
from functions.staff_api.models import AskedBody, SendBody
from functions.staff_api.problems import FieldError, Problem, field_error
from functions.staff_api.routes.fitting import fit_of
from functions.staff_api.routes.signing import topics_signed
from functions.staff_api.terms import settled_terms
from functions.staff_api.wiring import now_ms, wiring


def the_calendar() -> Calendar:
    """Problem 409 when the party's file is wrong."""
    try:
        return templates.calendar()
    except ValueError as wrong:
        raise Problem(409, "party", f"Nothing is sent before templates/calendar.json is right: {wrong}.") from None


def personal(asked: SendBody) -> bool:
    """Whether this send may select. The deployment's own ceiling counts: a switch that is off may be on when it mails."""
    ceiling = Ceiling(wiring().settings.ceiling)
    return is_personal(asked.audience.stored(), asked.comparison, asked.terms(), ceiling)


def approval_needed(asked: SendBody, expected: int | None) -> str | None:
    """Why a second person must approve it, if so. Problem 409 when it would mail in a silence.

    `expected`: mails, when that is known; else only its start is looked at, and the send pauses by itself.
    """
    if wiring().settings.taxonomy_signed == "needed" and personal(asked) and not topics_signed():
        detail = "Nobody has signed yet that the topics, as they are now, are neutral: POST /v1/topics/sign-off."
        raise Problem(409, "not-signed", detail)
    calendar = the_calendar()
    if not calendar.elections or is_vote_reminder(asked.terms()):
        return None
    starts = max(asked.starts() or 0, now_ms())
    through = _through(asked, expected) or starts
    if silence := calendar.silence(starts, through):
        when = "starts" if silence.period.touches(starts, starts) else "would still be mailing"
        reason = f"{when} in {silence}"
        detail = f"This send {reason}. Only a vote reminder, the same for everyone on a list, goes out then."
        raise Problem(409, "silence", detail, (FieldError("start_at", reason),))
    election = calendar.last_month(starts, through)
    return needs_approval(election) if election and personal(asked) else None


def _through(asked: SendBody, expected: int | None) -> int | None:
    return None if expected is None else through_at(asked, fit_of(asked), expected, settled_terms(asked))


def check_vote_reminder(asked: AskedBody) -> None:
    """Problem 422 when a vote reminder is not the same for everyone on a list."""
    if not asked.vote_reminder:
        return
    if not asked.audience.everyone:
        raise field_error("vote_reminder", 'goes to everyone on a list, or to nobody: {"audience": {"everyone": true}}')
    if asked.comparison:
        raise field_error("comparison", "a vote reminder is the same for everybody: there is nothing to compare")
