"""Whom a correction is for."""

import pytest

from functions.domain.correction import may_have_got
from functions.domain.send import LEFT_BY_STAFF, MessageState

REACHED = {"claimed", "sent", "unknown", "delivered", "delayed", "complained"}


@pytest.mark.parametrize("state", MessageState)
def test_a_correction_is_for_whoever_may_have_the_faulty_mail(state: MessageState) -> None:
    assert may_have_got(state) is (state in REACHED)


def test_what_staff_left_at_unknown_may_have_gone_out_and_what_ses_refused_did_not() -> None:
    assert may_have_got(MessageState.FAILED, LEFT_BY_STAFF)
    assert not may_have_got(MessageState.FAILED, "MessageRejected")


def test_a_bounce_reached_nobody_unless_the_server_had_taken_the_mail() -> None:
    assert not may_have_got(MessageState.BOUNCED, "Transient/MailboxFull")
    assert may_have_got(MessageState.BOUNCED, "Transient/General", delivered=True)
