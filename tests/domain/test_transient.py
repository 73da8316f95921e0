"""When an address whose mails keep coming back is left alone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.transient import PERIOD_MS, SENDS, Mailed, gives_up

NOW = 1_795_338_000_000
DAY = 86_400_000


def bounced(day: int, send: str = "") -> Mailed:
    return Mailed(send or f"send{day:04d}", NOW - day * DAY, delivered=False, soft=True)


def delivered(day: int) -> Mailed:
    return Mailed(f"send{day:04d}", NOW - day * DAY, delivered=True, soft=False)


def test_three_sends_that_came_back_are_enough_and_two_are_not() -> None:
    assert gives_up([bounced(20), bounced(10), bounced(0)], NOW)
    assert not gives_up([bounced(20), bounced(10)], NOW)


def test_one_send_counts_once() -> None:
    assert not gives_up([bounced(2, "a"), bounced(1, "a"), bounced(0, "b")], NOW)


def test_a_delivery_in_between_starts_it_anew() -> None:
    assert not gives_up([bounced(30), bounced(20), delivered(10), bounced(0)], NOW)
    assert gives_up([delivered(40), bounced(30), bounced(20), bounced(0)], NOW)


def test_what_is_longer_ago_is_forgotten() -> None:
    assert not gives_up([bounced(60), bounced(10), bounced(0)], NOW)
    assert gives_up([bounced(59), bounced(10), bounced(0)], NOW)


MAILS = st.lists(st.builds(Mailed, st.sampled_from("abcde"), st.integers(NOW - 2 * PERIOD_MS, NOW), st.booleans(), st.booleans()))


@given(MAILS.flatmap(lambda mails: st.tuples(st.just(mails), st.permutations(mails))))
def test_neither_order_nor_repetition_of_mails_matters(orders: tuple[list[Mailed], list[Mailed]]) -> None:
    one, other = orders
    assert gives_up(one, NOW) == gives_up(other, NOW) == gives_up(one + other, NOW)


@given(MAILS)
def test_nobody_is_left_alone_for_fewer_sends_or_after_a_delivery(mails: list[Mailed]) -> None:
    if gives_up(mails, NOW):
        assert len({mail.send for mail in mails if mail.soft}) >= SENDS
        assert not gives_up([replace(mail, delivered=True) for mail in mails], NOW)
