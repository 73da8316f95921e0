"""How many a send would reach on its terms, and why not the others; and when it would be through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.adapters.census import Census
from functions.adapters.frequency import Frequency, how_many_capped
from functions.adapters.requesting import Requesting
from functions.domain.asking import Request
from functions.domain.cap import cap_of
from functions.domain.consent import Refusal
from functions.domain.course import course_of
from functions.domain.forecast import ends_at
from functions.domain.hours import may_mail_at, timetable_of
from functions.domain.report import SHOWN_FROM
from functions.staff_api.models import AskedBody
from functions.staff_api.report_results import Group
from functions.staff_api.reporting import at_least_ten
from functions.staff_api.request import caller
from functions.staff_api.routes.fitting import Fit, census_of
from functions.staff_api.routes.segments import COUNTED, expression_of, look
from functions.staff_api.things import read
from functions.staff_api.wiring import now_ms, wiring


@dataclass(frozen=True)
class Expected:
    """A census, and of a segment how many are left out because consent is missing ("people", and by purpose).

    A small segment can tell of a person: then all that is reckoned from its size is as if it had ten.
    """

    census: Census
    segment: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def reckoned(self) -> int:
        return max(self.census.mailed, SHOWN_FROM) if self.segment else self.census.mailed

    def shown(self, people: int) -> Group:
        return at_least_ten(people) if self.segment else people


def expect(asked: AskedBody, mailing_list: str, terms: Mapping[str, Any]) -> Expected:
    """Counted now, as a delivery would decide. Of a large table a part stands for all."""
    found = _of_segment(asked.audience.segment, mailing_list) if asked.audience.segment else None
    census = found.census if found else census_of(asked.audience, mailing_list)
    census = _not_asked(_capped(census, terms), mailing_list, terms)
    return Expected(census, found is not None, found.left_out if found else {})


def _of_segment(segment: str, mailing_list: str) -> Expected:
    entry = read("segment", segment)
    wiring().record(caller(), "segment.counted", f"segment#{segment}", version=entry.version, list=mailing_list)
    seen = look(mailing_list, expression_of(entry), COUNTED)
    census = wiring().counting.named(seen.found.matched, mailing_list)
    left_out = {"people": seen.found.left_out, **{need.value: n for need, n in sorted(seen.found.missing.items())}}
    if seen.whole:
        return Expected(census, left_out=left_out)
    looked_at = len(seen.found.matched) + seen.found.not_matched + seen.found.left_out
    factor = max(1.0, _on_list(mailing_list) / max(looked_at, 1))
    return Expected(census.times(factor), left_out={name: round(n * factor) for name, n in left_out.items()})


def _on_list(mailing_list: str) -> int:
    """How many gave consent for it, suppressed or not."""
    everyone = wiring().counting.everyone(mailing_list)
    kept_off = everyone.skipped.get(Refusal.SUPPRESSED.value, 0) + everyone.skipped.get("bounced", 0)
    return everyone.mailed + kept_off


def _capped(census: Census, terms: Mapping[str, Any]) -> Census:
    """Without those who had as many mails as the send's cap, or their own, allows. Beyond the sample, reckoned from it."""
    w, sample = wiring(), census.sample
    if not sample:
        return census
    capped = how_many_capped(w.audience, Frequency(w.messages, w.sends), sample, cap_of(terms.get("cap")), now_ms())
    return census.without(Refusal.FREQUENCY_CAP.value, capped)


def _not_asked(census: Census, mailing_list: str, terms: Mapping[str, Any]) -> Census:
    """Of a mail that asks for consent: without those who answered, or were asked often enough. Reckoned in the same way."""
    w, sample = wiring(), census.sample
    if not sample or not terms.get("request"):
        return census
    asking = Requesting(w.proof, Frequency(w.messages, w.sends), Request(terms["request"]), mailing_list)
    return census.without(Refusal.NOT_TO_BE_ASKED.value, asking.how_many_not(w.audience, sample, now_ms()))


def through_at(asked: AskedBody, fit: Fit, mails: int, terms: Mapping[str, Any]) -> int | None:
    """Epoch ms. None when nobody can say: SES does not tell its rate, staff look at a seed batch in between, or it takes months."""
    if fit.quota is None or terms.get("seed"):
        return None
    rate = max(fit.quota.rate, 0.1)
    begins = max(asked.starts() or 0, now_ms()) // 1000 + round(fit.others_open / rate)
    course, timetable = course_of(terms), timetable_of(terms)

    def may_mail(at_s: int) -> bool:
        return timetable is None or may_mail_at(timetable.window, timetable.quiet, timetable.zone, at_s)

    def cap(day: int) -> int | None:
        return course.cap(day, mails) if course else None

    found = ends_at(mails, min(rate, asked.pace or rate), begins, may_mail, cap)
    return found * 1000 if found is not None else None
