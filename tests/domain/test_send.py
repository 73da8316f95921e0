from enum import StrEnum
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.ids import is_id
from functions.domain.send import (
    CHUNK_NEXT,
    FINAL,
    FINAL_SEND,
    NEXT,
    SEND_NEXT,
    ChunkFact,
    ChunkState,
    MessageFact,
    MessageState,
    SendFact,
    SendState,
    arm,
    chunk_id,
    chunk_key,
    seed,
    send_id,
)

TABLES: list[tuple[Any, type[StrEnum], type[StrEnum]]] = [
    (NEXT, MessageState, MessageFact),
    (SEND_NEXT, SendState, SendFact),
    (CHUNK_NEXT, ChunkState, ChunkFact),
]
REPORTS = [fact for fact in MessageFact if fact.startswith("ses_")]


def after(state: MessageState, *facts: MessageFact) -> MessageState:
    for fact in facts:
        state = NEXT[state, fact]
    return state


@pytest.mark.parametrize(("table", "states", "facts"), TABLES)
def test_every_pair_of_state_and_fact_is_listed(table: Any, states: type[StrEnum], facts: type[StrEnum]) -> None:
    assert set(table) == set(product(states, facts))
    assert all(type(state) is states for state in table.values())


@pytest.mark.parametrize(("table", "states", "facts"), TABLES)
def test_a_fact_applied_twice_is_applied_once(table: Any, states: type[StrEnum], facts: type[StrEnum]) -> None:
    for state, fact in product(states, facts):
        once = table[state, fact]
        assert table[once, fact] == once, (state, fact)


def test_a_complaint_is_never_undone() -> None:
    assert {NEXT[MessageState.COMPLAINED, fact] for fact in MessageFact} == {MessageState.COMPLAINED}


def test_a_bounce_gives_way_to_a_complaint_only() -> None:
    left = {fact: NEXT[MessageState.BOUNCED, fact] for fact in MessageFact}
    assert left.pop(MessageFact.SES_COMPLAINT) is MessageState.COMPLAINED
    assert set(left.values()) == {MessageState.BOUNCED}


@given(st.lists(st.sampled_from(MessageFact), max_size=12).flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_whatever_the_order_a_complaint_or_permanent_bounce_is_how_it_ends(
    orders: tuple[list[MessageFact], list[MessageFact]],
) -> None:
    for facts in orders:
        ends = after(MessageState.SENT, *facts)
        if MessageFact.SES_COMPLAINT in facts:
            assert ends is MessageState.COMPLAINED
        elif MessageFact.SES_BOUNCE_PERMANENT in facts:
            assert ends is MessageState.BOUNCED


def test_what_ses_reports_gives_the_same_state_in_any_order() -> None:
    # But for an out-of-office reply or a rendering failure, which the table explains.
    steady = [f for f in REPORTS if f not in (MessageFact.SES_BOUNCE_TRANSIENT, MessageFact.SES_RENDERING_FAILURE)]
    for start in (MessageState.CLAIMED, MessageState.SENT, MessageState.UNKNOWN):
        for n in range(1, len(steady) + 1):
            ends = {after(start, *order) for order in permutations(steady[:n])}
            assert len(ends) == 1, (start, steady[:n], ends)


def test_an_out_of_office_reply_leaves_a_delivered_mail_delivered() -> None:
    assert after(MessageState.DELIVERED, MessageFact.SES_BOUNCE_TRANSIENT) is MessageState.DELIVERED


def test_a_full_mailbox_is_a_bounce() -> None:
    assert after(MessageState.SENT, MessageFact.SES_DELAY, MessageFact.SES_BOUNCE_TRANSIENT) is MessageState.BOUNCED


def test_a_claim_left_open_is_settled_by_what_ses_says_of_it() -> None:
    unknown = after(MessageState.CLAIMED, MessageFact.LEASE_EXPIRED)
    assert unknown is MessageState.UNKNOWN
    assert after(unknown, MessageFact.SES_SEND) is MessageState.SENT
    assert after(unknown, MessageFact.SES_DELIVERY) is MessageState.DELIVERED


def test_no_fact_makes_a_claim_again_of_anything_or_ends_a_skip() -> None:
    for (state, fact), reached in NEXT.items():
        assert reached is not MessageState.CLAIMED or state is MessageState.CLAIMED, (state, fact)
        assert (state is MessageState.SKIPPED) == (reached is MessageState.SKIPPED), (state, fact)


def test_what_went_out_never_counts_as_unknown_or_waiting_again() -> None:
    out = {
        MessageState.SENT,
        MessageState.DELIVERED,
        MessageState.DELAYED,
        MessageState.BOUNCED,
        MessageState.COMPLAINED,
        MessageState.REJECTED,
    }
    for (state, fact), reached in NEXT.items():
        if state in out:
            assert reached not in {MessageState.UNKNOWN, MessageState.WAITING}, (state, fact)


def test_from_a_final_state_only_staffs_word_leads_back() -> None:
    back = {(state, fact) for (state, fact), reached in NEXT.items() if state in FINAL and reached not in FINAL}
    assert back == {(MessageState.UNKNOWN, MessageFact.STAFF_RESEND)}
    back_to_sending = {(end, fact) for end in FINAL_SEND for fact in SendFact if SEND_NEXT[end, fact] is not end}
    assert back_to_sending == {(SendState.ENDED, SendFact.REOPENED)}


def test_a_send_is_planned_sent_paused_resumed_and_ended() -> None:
    state = SendState.REQUESTED
    facts = (SendFact.PLAN_STARTED, SendFact.PLANNED, SendFact.PAUSED, SendFact.RESUMED, SendFact.FINISHED)
    walked = [state := SEND_NEXT[state, fact] for fact in facts]
    assert walked == [SendState.PLANNING, SendState.SENDING, SendState.PAUSED, SendState.SENDING, SendState.ENDED]


def test_a_send_that_is_not_planned_yet_cannot_be_finished() -> None:
    assert SEND_NEXT[SendState.REQUESTED, SendFact.FINISHED] is SendState.REQUESTED
    assert SEND_NEXT[SendState.PLANNING, SendFact.FINISHED] is SendState.PLANNING


def test_a_chunk_has_one_name() -> None:
    assert (chunk_id(12), chunk_key("send0001", 12)) == ("00012", "send0001#00012")


def test_the_same_request_finds_the_same_send() -> None:
    assert send_id("edition1", "key") == send_id("edition1", "key") != send_id("edition2", "key")
    assert is_id(send_id("edition1", "key"))


def test_a_comparison_splits_by_its_share_and_always_the_same() -> None:
    arms = [arm(f"suppor{n:02d}", "send0001", 0.3) for n in range(1000)]
    assert arms == [arm(f"suppor{n:02d}", "send0001", 0.3) for n in range(1000)]
    assert 250 < arms.count("editorial") < 350
    assert set(arms) == {"editorial", "selected"}


def test_a_share_of_nothing_is_no_comparison_and_of_all_is_editorial_for_everybody() -> None:
    assert {arm(f"suppor{n:02d}", "send0001", 0.0) for n in range(50)} == {""}
    assert {arm(f"suppor{n:02d}", "send0001", 1.0) for n in range(50)} == {"editorial"}


def test_chance_is_drawn_from_supporter_and_send() -> None:
    assert seed("support1", "send0001") == "support1|send0001"
