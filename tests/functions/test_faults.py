"""Answers that get lost and calls that never arrive, where the send path could mail twice, or never."""

from collections.abc import Iterator

import pytest

from local.faultlab.run import Lab, Result, lab
from local.faultlab.wire import Call, Fault
from local.platform import Platform


@pytest.fixture
def six(empty_platform: Platform) -> Iterator[Lab]:
    with lab(empty_platform, 6) as six:
        yield six


def with_fault(six: Lab, what: str, fault: Fault) -> Result:
    """One send in which the first such call of `deliver` fails."""
    first = Call("deliver", what, 0)
    result = six.run(lambda call: fault if call == first else None)
    assert [call for call, _ in result.faults] == [first]
    return result


def test_a_claim_whose_answer_got_lost_is_still_ours_and_mailed_once(six: Lab) -> None:
    result = with_fault(six, "PutItem messages", Fault.LOST)
    assert (result.mails, result.duplicates, result.unknown_after) == (6, 0, 0)


def test_a_mail_that_never_reached_ses_is_sent_later(six: Lab) -> None:
    result = with_fault(six, "SendEmail", Fault.BEFORE)
    assert (result.mails, result.duplicates, result.unknown_before) == (6, 0, 0)


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.LOST])
def test_a_claim_made_before_the_rate_was_known_is_given_back(six: Lab, fault: Fault) -> None:
    result = with_fault(six, "GetAccount", fault)
    assert (result.mails, result.duplicates, result.unknown_before) == (6, 0, 0)


def test_what_a_killed_visit_left_is_mailed_by_the_next_and_nobody_twice(six: Lab) -> None:
    result = with_fault(six, "UpdateItem messages", Fault.KILLED)
    assert not result.wrong
    assert result.mails + result.unmailed == 6
