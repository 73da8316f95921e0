"""Whether SES lets a send go out, and where not: how it could go out over days."""

from dataclasses import dataclass, replace
from typing import Any

from functions.adapters.census import Census
from functions.adapters.courses import elsewhere
from functions.domain.course import Course, course_of
from functions.domain.quota import Quota, offers
from functions.domain.report import SHOWN_FROM
from functions.staff_api.correcting import corrected
from functions.staff_api.models import AskedBody, AudienceBody
from functions.staff_api.problems import FieldError, Problem, field_error
from functions.staff_api.routes.segments import COUNTED, expression_of, look
from functions.staff_api.things import read
from functions.staff_api.wiring import now_ms, wiring


@dataclass(frozen=True)
class Fit:
    """What SES takes on the day the send begins. Of another day than today nothing is known but how much it takes in a day."""

    quota: Quota | None  # None: SES does not say at this moment
    course: Course
    start_at: int | None = None
    others_open: int = 0
    known: int = 0

    @property
    def left(self) -> int | None:
        """Mails there is room for; None without a limit, or when it is not known."""
        return self.quota.room(self.others_open) if self.quota else None

    def fits(self, recipients: int) -> bool | None:
        """The first day, and every day after it. None: not known."""
        if self.quota is None:
            return None
        fits_first = self.quota.fits(self.course.cap(0, recipients), self.others_open)
        return fits_first and (self.quota.per_day < 0 or self.course.peak(recipients) <= self.quota.per_day)

    def offers(self, recipients: int) -> list[dict[str, Any]]:
        """As problem documents and dry runs carry them: `spread` (and `start_at`) to ask for, and the `days` it takes."""
        if self.quota is None:
            return []
        begins = self.start_at or now_ms()
        return [
            {"spread": o.spread, "days": o.days, "why": o.why} | ({"start_at": begins + o.wait_h * 3_600_000} if o.wait_h else {})
            for o in offers(recipients, self.quota, self.others_open, self.known)
        ]


def fit_of(asked: AskedBody) -> Fit:
    """Against what is left today; of a later start, against a whole day."""
    course = course_of(asked.terms()) or Course()
    quota = wiring().quotas.now()
    if quota is None or quota.left is None:
        return Fit(quota, course)
    others = elsewhere(wiring().sends, now_ms())
    starts = asked.starts()
    if starts is not None and starts > now_ms():
        return Fit(replace(quota, sent=0), course, starts, known=others.known)
    return Fit(quota, course, None, others.open, others.known)


def must_fit(asked: AskedBody, mailing_list: str) -> int | None:
    """Problem 409 with offers when SES would not take it, 422 when nobody would be mailed; else how many are expected.

    When SES does not say, the send may try.
    """
    fit = fit_of(asked)
    if fit.quota is None or fit.left is None:
        return None
    census = _counted(asked.audience, mailing_list)
    if not fit.fits(census.mailed):
        raise _over_quota(asked, fit, census)
    if census.exact and not census.mailed and fit.start_at is None:  # by a later start somebody may be there
        raise field_error("audience", f"nobody: {_why_nobody(asked.audience, census)}")
    return census.mailed


def _why_nobody(audience: AudienceBody, census: Census) -> str:
    if audience.got and not census.skipped:
        return f"send {audience.got} reached nobody"
    reasons = ", ".join(f"{n:,} {why}" for why, n in census.skipped.items())
    return f"all are left out ({reasons})" if reasons else "there is nobody in it"


def _over_quota(asked: AskedBody, fit: Fit, census: Census) -> Problem:
    reason = f"{_many(asked, fit, census)} mails are more than the {_room(fit, census)}"
    detail = f"Not all would go out: {reason}. Ask SES for a higher quota, or spread the send over days."
    hidden = asked.audience.segment is not None and census.mailed < SHOWN_FROM
    ways = [] if hidden else fit.offers(census.mailed)
    field = "spread" if fit.course.caps else "audience"
    return Problem(409, "over-quota", detail, (FieldError(field, reason),), {"offers": ways})


def _room(fit: Fit, census: Census) -> str:
    quota = fit.quota or Quota(0, 0, 0)
    if fit.start_at or quota.fits(fit.course.cap(0, census.mailed), fit.others_open):
        return f"{quota.per_day:,.0f} that SES takes in a day"
    others = f", and {fit.others_open:,} that other sends are mailing" if fit.others_open else ""
    gone = f"{quota.sent:,.0f} of {quota.per_day:,.0f} in the last 24 hours{others}"
    return f"{fit.left or 0:,} that SES still takes today ({gone})"


def _many(asked: AskedBody, fit: Fit, census: Census) -> str:
    if fit.course.caps:
        return "a day's"
    if asked.audience.segment:  # its size can tell of a person
        return "this segment's"
    return f"{'' if census.exact else 'about '}{census.mailed:,}"


def _counted(audience: AudienceBody, mailing_list: str) -> Census:
    if audience.segment:  # at least so many: nothing is reckoned from a part
        seen = look(mailing_list, expression_of(read("segment", audience.segment)), COUNTED)
        return Census(len(seen.found.matched), {}, seen.whole)
    return census_of(audience, mailing_list)


def census_of(audience: AudienceBody, mailing_list: str) -> Census:
    """Everyone, these supporters, or who got that send."""
    if audience.supporters is not None:
        return wiring().counting.named(audience.supporters, mailing_list)
    if audience.got is not None:
        return wiring().counting.got(corrected(audience.got, mailing_list), mailing_list)
    return wiring().counting.everyone(mailing_list)
