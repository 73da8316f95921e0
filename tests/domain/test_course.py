"""How many of a send may be mailed by now: a seed batch, and caps for each day."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.course import DAY_MS, Course, Progress, advance, course_of, mailable, seed_is_out
from functions.domain.quota import HEADROOM, WARM_UP, Quota, offers

HOUR = 3_600_000
START = 1_000 * DAY_MS
rising = st.lists(st.integers(1, 300), min_size=1, max_size=6).map(lambda caps: tuple(sorted(caps)))
courses = st.builds(
    Course,
    share=st.sampled_from([0.0, 0.01, 0.1, 0.5]),
    caps=st.one_of(st.just(()), rising),
)


def test_terms_say_what_the_course_is() -> None:
    assert course_of({}) is None
    assert course_of({"goal": {"metric": "clicks"}}) is None
    assert course_of({"seed": {"share": 0.01}}) == Course(share=0.01)
    assert course_of({"seed": {"people": 200}, "spread": {"per_day": 5000}}) == Course(people=200, caps=(5000,))
    assert course_of({"spread": {"warm_up": [50, 100]}}) == Course(caps=(50, 100))


@pytest.mark.parametrize(
    ("course", "planned", "seed"),
    [
        (Course(share=0.01), 1_000, 10),
        (Course(share=0.01), 1_001, 11),
        (Course(share=0.07), 100, 7),  # 7.000000000000001 is not eight
        (Course(share=0.01), 7, 1),
        (Course(people=200), 150, 150),
        (Course(), 150, 150),
    ],
)
def test_a_seed_batch_is_somebody_and_never_more_than_there_are(course: Course, planned: int, seed: int) -> None:
    assert course.seed(planned) == seed


def test_after_the_seed_nobody_follows_until_staff_say_so() -> None:
    course = Course(share=0.1)
    at = advance(course, 100, 0, Progress(), START)
    assert at.released == 10
    assert not seed_is_out(course, 100, 9, at)
    assert seed_is_out(course, 100, 10, at)
    held = replace(at, seed_out=START + HOUR)
    assert not seed_is_out(course, 100, 10, held)
    assert advance(course, 100, 10, held, START + 90 * HOUR).released == 10
    assert advance(course, 100, 10, replace(held, resumed_at=START + 91 * HOUR), START + 91 * HOUR).released == 100


def test_a_pause_before_the_seed_is_out_is_not_staffs_yes() -> None:
    course = Course(people=10)
    at = replace(advance(course, 100, 0, Progress(), START), resumed_at=START + HOUR)
    assert advance(course, 100, 4, at, START + HOUR).released == 10


def test_a_seed_of_everybody_is_no_seed() -> None:
    at = advance(Course(people=10), 10, 0, Progress(), START)
    assert not seed_is_out(Course(people=10), 10, 10, at)


def test_a_new_day_adds_its_cap_24_hours_after_the_one_before() -> None:
    course, at = Course(caps=(50, 100)), Progress()
    seen = []
    for hour in (0, 23, 24, 47, 48, 72):
        at = advance(course, 300, at.released, at, START + hour * HOUR)
        seen.append(at.released)
    assert seen == [50, 50, 150, 150, 250, 300]


def test_what_a_pause_held_back_is_not_made_good_in_one_day() -> None:
    course = Course(caps=(100,))
    at = advance(course, 1_000, 0, Progress(), START)
    assert advance(course, 1_000, 30, at, START + 100 * HOUR).released == 130  # 70 of them were released before


def test_a_send_that_goes_on_in_mid_day_starts_that_day_again() -> None:
    course = Course(caps=(100,))
    at = replace(advance(course, 1_000, 0, Progress(), START), resumed_at=START + 20 * HOUR)
    at = advance(course, 1_000, 30, at, START + 20 * HOUR)
    assert (at.released, at.day_at) == (100, START + 20 * HOUR)
    assert advance(course, 1_000, 100, at, START + 43 * HOUR).released == 100
    assert advance(course, 1_000, 100, at, START + 44 * HOUR).released == 200


def test_a_pause_after_a_days_mails_are_out_costs_no_time() -> None:
    course = Course(caps=(100,))
    at = replace(advance(course, 1_000, 0, Progress(), START), resumed_at=START + 20 * HOUR)
    assert advance(course, 1_000, 100, at, START + 24 * HOUR).released == 200


@given(courses, st.integers(1, 2_000), st.data())
def test_no_day_mails_more_than_its_cap_whatever_is_paused_and_however_slow(
    course: Course, planned: int, data: st.DataObject
) -> None:
    """A send as it lives: mails go out in any number, staff pause and let go on at any time, rounds come late or twice."""
    at, now, mailed, paused = Progress(), START, 0, False
    in_day: dict[int, int] = {}
    for _ in range(data.draw(st.integers(1, 40))):
        now += data.draw(st.sampled_from([0, 60_000, HOUR, 5 * HOUR, DAY_MS, 3 * DAY_MS]))
        if data.draw(st.booleans()):
            paused = not paused
            at = at if paused else replace(at, resumed_at=now)
        if paused:
            continue
        before = at
        at = advance(course, planned, mailed, at, now)
        assert at == advance(course, planned, mailed, at, now)
        assert before.released <= at.released <= planned
        assert before.day <= at.day <= before.day + 1
        out = data.draw(st.integers(0, at.released - mailed))
        mailed += out
        in_day[at.day] = in_day.get(at.day, 0) + out
        if seed_is_out(course, planned, mailed, at):
            at, paused = replace(at, seed_out=now), True
    assert all(mails <= course.cap(day, planned) for day, mails in in_day.items())
    assert at.released <= sum(course.cap(day, planned) for day in range(at.day + 1))


@given(courses, st.integers(1, 2_000))
def test_left_alone_everybody_is_released_in_as_many_days_as_foretold(course: Course, planned: int) -> None:
    at, now, days = Progress(), START, 0
    while at.released < planned:
        at = advance(course, planned, at.released, at, now)
        if seed_is_out(course, planned, at.released, at):
            at = replace(at, seed_out=now, resumed_at=now)
        elif at.released < planned:
            now += DAY_MS
            days += 1
        assert days <= planned
    assert at.day + 1 == max(1, course.days(planned))


@given(st.integers(0, 500), st.lists(st.integers(1, 100), max_size=8))
def test_the_chunks_share_what_is_released_in_their_order(released: int, sizes: list[int]) -> None:
    firsts = [sum(sizes[:n]) for n in range(len(sizes))]
    shares = [mailable(released, first, size) for first, size in zip(firsts, sizes, strict=True)]
    assert sum(shares) == min(released, sum(sizes))
    assert [mailable(None, first, size) for first, size in zip(firsts, sizes, strict=True)] == sizes


quotas = st.builds(Quota, rate=st.just(14.0), per_day=st.integers(2, 200_000).map(float), sent=st.integers(0, 200_000).map(float))


@given(st.integers(1, 3_000_000), quotas, st.integers(0, 50_000), st.integers(0, 100_000))
def test_what_is_offered_fits_today_and_every_day_and_reaches_everybody(
    recipients: int, quota: Quota, others: int, known: int
) -> None:
    made = offers(recipients, quota, others, known)
    assert bool(made) is not quota.fits(recipients, others)
    for offer in made:
        course = Course(caps=offer.caps)
        assert list(offer.caps) == sorted(offer.caps)
        assert offer.wait_h or offer.caps[0] <= (quota.room(others) or 0)
        assert max(offer.caps) <= quota.per_day
        assert sum(course.cap(day, recipients) for day in range(offer.days)) >= recipients
        assert course.days(recipients) == offer.days


def test_an_account_that_is_known_need_not_warm_up() -> None:
    quota = Quota(14.0, 50_000, 0)
    even, warm = offers(120_000, quota)
    assert even.spread == {"per_day": int(50_000 * HEADROOM)}
    assert even.days == 3
    assert warm.spread["warm_up"][:3] == list(WARM_UP[:3])  # type: ignore[index]
    assert [offer.spread for offer in offers(120_000, quota, known=45_000)] == [even.spread]


def test_where_little_is_left_today_the_next_days_take_more() -> None:
    first, *_ = offers(100_000, Quota(14.0, 50_000, 48_000), 1_000)
    assert (first.spread, first.days) == ({"warm_up": [1_000, 45_000]}, 4)


def test_where_nothing_is_left_today_it_starts_tomorrow() -> None:
    first, *_ = offers(60_000, Quota(14.0, 50_000, 50_000))
    assert (first.spread, first.days, first.wait_h) == ({"per_day": 45_000}, 2, 24)


def test_an_account_without_a_limit_is_offered_nothing() -> None:
    assert offers(10_000_000, Quota(14.0, -1, 9e9)) == ()
