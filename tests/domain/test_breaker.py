"""When a send stops by itself."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.domain.breaker import BOUNCES, COMPLAINT_RATE, COMPLAINTS, ENOUGH, Outcomes, at_least, why_stop
from functions.domain.quota import WARM_UP


@pytest.mark.parametrize(
    ("known", "bounced", "complained", "stops"),
    [
        (24, 24, 24, False),  # too little is known
        (25, 9, 2, False),
        (25, 10, 0, True),
        (25, 0, 3, True),
        (100, 5, 0, False),
        (100, 11, 0, True),
        (100, 9, 0, False),
        (1_000, 60, 0, False),  # over 5 %, and it may be chance
        (1_000, 63, 0, True),
        (10_000, 540, 0, True),
        (100_000, 5_200, 0, True),
        (100_000, 4_999, 0, False),
        (1_000, 0, 2, False),
        (1_000, 0, 3, True),
        (2_000, 0, 3, False),
        (100_000, 0, 120, True),
        (100_000, 0, 99, False),
    ],
)
def test_it_stops_when_enough_is_known_and_it_is_bad(known: int, bounced: int, complained: int, stops: bool) -> None:
    assert (why_stop(Outcomes(known, bounced, complained)) is not None) is stops


def test_the_first_day_of_the_warm_up_that_is_offered_can_stop_it() -> None:
    assert WARM_UP[0] >= 2 * ENOUGH, "some are skipped, and of some nobody knows by then"
    assert why_stop(Outcomes(WARM_UP[0] // 2, BOUNCES)) is not None


def test_it_says_why_in_numbers() -> None:
    bounces, complaints = why_stop(Outcomes(1204, 85, 0)), why_stop(Outcomes(1204, 0, 4))
    assert bounces == "85 of the 1204 mails whose outcome is known (7.1 %) came back for good; SES reviews an account at 5 %"
    assert (
        complaints == "4 of the 1204 mails whose outcome is known (0.33 %) were reported as spam; SES reviews an account at 0.1 %"
    )


def test_what_ses_counts_as_a_bounce_is_counted() -> None:
    counts = {
        "delivered": 900,
        "sent": 5_000,
        "skipped": 7,
        "skipped:suppressed": 7,
        "bounced": 100,
        "bounced:Permanent/General": 40,
        "bounced:Permanent/Suppressed": 10,
        "bounced:Permanent/OnAccountSuppressionList": 20,
        "bounced:Complaint/OnAccountSuppressionList": 5,
        "bounced:Transient/MailboxFull": 25,
        "complained": 3,
        "complained:abuse": 3,
    }
    assert Outcomes.of(counts) == Outcomes(known=900 + 100 - 25 + 3, bounced=50, complained=3)


KNOWN = st.integers(1, 2_000_000)


@given(KNOWN, st.integers(0, 2_000_000))
def test_the_lower_bound_is_between_nothing_and_the_bare_rate(known: int, bad: int) -> None:
    assume(bad <= known)
    assert 0 <= at_least(bad, known) <= bad / known


@given(KNOWN, st.data())
def test_a_send_within_sess_limits_is_never_stopped(known: int, data: st.DataObject) -> None:
    bounced, complained = data.draw(st.integers(0, known // 20)), data.draw(st.integers(0, int(known * COMPLAINT_RATE)))
    assert why_stop(Outcomes(known, bounced, complained)) is None


@given(st.integers(200, 2_000_000), st.data())
def test_a_send_that_ses_would_pause_is_stopped(known: int, data: st.DataObject) -> None:
    bounced = data.draw(st.integers(max(BOUNCES, -(-known // 10)), known))
    assert why_stop(Outcomes(known, bounced)) is not None
    complained = data.draw(st.integers(max(COMPLAINTS, -(-known // 200)), known))
    assert why_stop(Outcomes(known, 0, complained)) is not None


@given(st.integers(ENOUGH, 100_000), st.data())
def test_more_bad_news_never_lets_a_send_go_on(known: int, data: st.DataObject) -> None:
    bounced, complained = data.draw(st.integers(0, known)), data.draw(st.integers(0, known))
    if why_stop(Outcomes(known, bounced, complained)):
        assert why_stop(Outcomes(known, min(known, bounced + 1), complained))
        assert why_stop(Outcomes(known, bounced, min(known, complained + 1)))
