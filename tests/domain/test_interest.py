from itertools import pairwise
from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.interest import (
    DAY_S,
    HALF_LIFE_S,
    KEPT_CLICKS,
    TOLD_LIFT,
    Click,
    InterestTag,
    click_token,
    counts,
    encode_shown,
    engagement,
    evidence,
    human_clicks,
    lifts,
    parse,
    prune,
    tags,
    taste,
    worth_telling,
)

NOW = 1_795_338_000.0
EIGHT = "abcdefgh"


def a_mail(topics: str = EIGHT) -> str:
    return encode_shown((topic, 1.0) for topic in topics)


def a_token(send: int = 1, slot: int = 0, days_ago: float = 1.0, shown: str | None = None, plus_s: float = 0) -> str:
    at = int((NOW - days_ago * DAY_S + plus_s) * 1000)
    return click_token(f"send{send:04d}", slot, a_mail() if shown is None else shown, at)


def clicked(topic: str, times: int, mail: str = EIGHT, first_send: int = 0, days_ago: float = 1.0) -> set[str]:
    slot = mail.index(topic)
    return {a_token(first_send + n, slot, days_ago + n, a_mail(mail)) for n in range(times)}


def lifts_of(tokens: set[str], declared: str = "", now: float = NOW, **more: Any) -> dict[str, float]:
    return lifts(human_clicks(tokens, now), declared, now, **more)


tokens = st.sets(
    st.builds(
        a_token,
        send=st.integers(1, 12),
        slot=st.integers(0, 7),
        days_ago=st.floats(-2, 800),
        shown=st.sampled_from([a_mail("aabbccdd"), a_mail("abcdefgh"), a_mail("hgfedcba")]),
    ),
    max_size=60,
)
topics = st.text("abcdefgh", min_size=1, max_size=12)


# --- the token


@given(
    st.lists(st.tuples(st.sampled_from(EIGHT), st.floats(1e-6, 1e6)), min_size=1, max_size=12),
    st.integers(0, 2**41),
    st.data(),
)
def test_a_token_says_what_was_clicked_in_which_mail(slots: list[tuple[str, float]], at: int, data: st.DataObject) -> None:
    slot = data.draw(st.integers(0, len(slots) - 1))
    click = parse(click_token("send0001", slot, encode_shown(slots), at))
    assert click == Click(at // 1000, "send0001", slot, slots[slot][0], encode_shown(slots))


def test_a_token_of_eight_slots_is_small() -> None:
    assert len(a_token()) == 8 + 1 + 1 + 1 + 16 + 1 + 6


@given(st.floats(0.001, 1000))
def test_only_the_ratios_of_priors_are_kept(scale: float) -> None:
    priors = [("a", 0.02), ("b", 0.05), ("c", 0.08)]
    assert encode_shown((t, p * scale) for t, p in priors) == encode_shown(priors)


def test_priors_far_apart_or_missing_stay_in_the_alphabet() -> None:
    assert encode_shown([("a", 0.0), ("b", 1e9), ("c", 1.0)]) == "a0bzci"


@given(st.text() | st.from_regex(r"[a-z0-9]{1,8}\.-?\d{1,2}\.[a-z0-9.]{0,6}\.[a-z0-9]{1,7}", fullmatch=True))
def test_what_is_no_token_is_no_click(text: str) -> None:
    click = parse(text)
    if click is not None:
        assert click.topic in click.shown
        assert lifts([click], (), click.at_s)


@pytest.mark.parametrize("token", ["", "a.b.c.d", "send0001.9.a0b0.t9x4kd", "send0001.-1.a0b0.t9x4kd", "send0001.0.a!.t9x4kd", "x"])
def test_a_broken_token_is_no_click(token: str) -> None:
    assert parse(token) is None
    assert human_clicks([token], NOW) == []


# --- whose clicks count


def test_a_scanner_that_clicks_every_link_counts_for_nothing() -> None:
    burst = {a_token(slot=slot, plus_s=2.0 * slot) for slot in range(8)}
    assert human_clicks(burst, NOW) == []


def test_what_a_person_clicks_after_the_scanner_counts() -> None:
    burst = {a_token(slot=slot, plus_s=slot) for slot in range(8)}
    later = a_token(slot=3, plus_s=3600)
    assert human_clicks(burst | {later}, NOW) == [parse(later)]


@pytest.mark.parametrize(
    ("slots", "seconds", "counted"),
    [
        (5, 15, 0),  # 5 of 8 within a minute
        (5, 20, 5),  # 5 of 8 in 80 s: a quick reader
        (4, 1, 4),  # half of the links
    ],
)
def test_a_burst_is_many_links_of_a_mail_within_a_minute(slots: int, seconds: int, counted: int) -> None:
    assert len(human_clicks({a_token(slot=n, plus_s=n * seconds) for n in range(slots)}, NOW)) == counted


def test_three_links_are_no_burst_even_when_they_are_all() -> None:
    shown = a_mail("abc")
    assert len(human_clicks({a_token(slot=n, shown=shown, plus_s=n) for n in range(3)}, NOW)) == 3


def test_the_same_link_many_times_is_one_click() -> None:
    assert human_clicks({a_token(slot=2, plus_s=60 * n) for n in range(20)}, NOW) == [parse(a_token(slot=2))]


def test_only_the_newest_clicks_are_kept() -> None:
    many = {a_token(send=n, days_ago=n) for n in range(1, 60)}
    assert human_clicks(many, NOW) == [parse(a_token(send=n, days_ago=n)) for n in range(KEPT_CLICKS, 0, -1)]


def test_what_is_older_than_two_years_or_yet_to_come_does_not_count() -> None:
    assert human_clicks({a_token(days_ago=731), a_token(send=2, days_ago=-1)}, NOW) == []


@given(tokens)
def test_clicks_come_oldest_first_and_once_per_link(given_tokens: set[str]) -> None:
    clicks = human_clicks(given_tokens, NOW)
    assert len(clicks) <= KEPT_CLICKS
    assert all(a.at_s <= b.at_s for a, b in pairwise(clicks))
    assert len({(c.send, c.slot) for c in clicks}) == len(clicks)


@given(tokens.flatmap(lambda ts: st.tuples(st.permutations(sorted(ts)), st.permutations(sorted(ts)))))
def test_disorder_and_repeats_change_nothing(orders: tuple[list[str], list[str]]) -> None:
    one, other = (human_clicks(order + order[:5], NOW) for order in orders)
    assert one == other
    assert lifts(one, "a", NOW) == lifts(other, "a", NOW)


@given(tokens, tokens)
def test_a_retry_finds_the_same_whatever_came_since(before: set[str], since: set[str]) -> None:
    later = {t for t in since if (c := parse(t)) and c.at_s > NOW}
    assert human_clicks(before | later, NOW) == human_clicks(before, NOW)


# --- pruning


@given(tokens)
def test_pruning_changes_no_click_that_counts(given_tokens: set[str]) -> None:
    kept = given_tokens - prune(given_tokens, NOW)
    assert human_clicks(kept, NOW) == human_clicks(given_tokens, NOW)


@given(tokens)
def test_pruning_twice_is_pruning_once(given_tokens: set[str]) -> None:
    kept = given_tokens - prune(given_tokens, NOW)
    assert prune(kept, NOW) == set()


def test_a_profile_stays_small_however_many_scanners_come() -> None:
    held: set[str] = set()
    for week in range(60):
        day = 420 - 7 * week
        for slot in range(8):
            held.add(a_token(week, slot, day, plus_s=slot))
            held -= prune(held, NOW - day * DAY_S + slot)
    assert len(held) <= KEPT_CLICKS + 8 + 8


def test_what_is_too_old_goes_at_once() -> None:
    assert prune({a_token(days_ago=731), "nonsense", a_token()}, NOW) == {a_token(days_ago=731), "nonsense"}


def test_a_burst_is_kept_as_long_as_its_last_click_may_come() -> None:
    burst = {a_token(slot=slot, days_ago=1, plus_s=slot) for slot in range(5)}
    held = burst | clicked("a", 40, first_send=10, days_ago=30)
    assert not prune(held, NOW) & burst
    assert burst <= prune(held, NOW + 3 * DAY_S)


# --- lifts


def test_somebody_of_whom_nothing_is_known_has_no_lifts() -> None:
    assert lifts([], (), NOW) == {}


def test_clicks_raise_their_topic_and_lower_what_was_passed_over() -> None:
    lift = lifts_of(clicked("c", 4))
    assert lift["c"] > 2
    assert all(lift[t] < 1 for t in "abdefgh")


@given(st.integers(1, 12))
def test_more_clicks_are_more_lift(n: int) -> None:
    assert lifts_of(clicked("c", n + 1))["c"] > lifts_of(clicked("c", n))["c"] > 1


def test_one_click_is_shrunk_towards_average() -> None:
    # 1 click where an average reader gives .2 of one: unshrunk 5 times, shrunk below 2.
    assert 1.3 < lifts_of(clicked("a", 1))["a"] < 2


def test_a_click_where_nothing_else_was_shown_says_nothing() -> None:
    assert lifts_of({a_token(n, 0, n, a_mail("aaaa")) for n in range(1, 9)}) == {"a": pytest.approx(1.0)}


def test_a_click_in_a_low_slot_says_more_than_one_in_the_lead() -> None:
    assert lifts_of(clicked("h", 3))["h"] > lifts_of(clicked("a", 3))["a"]


def test_a_click_on_an_unpopular_block_says_more() -> None:
    popular, unpopular = (encode_shown([("a", prior), ("b", 1.0), ("c", 1.0)]) for prior in (4.0, 0.25))
    more, less = (lifts_of({a_token(n, 0, n, shown) for n in range(1, 4)})["a"] for shown in (unpopular, popular))
    assert more > less


def test_a_favourite_stays_one_when_the_mails_are_full_of_it() -> None:
    full = clicked("a", 8, "aaaabcde")
    assert lifts_of(full)["a"] > 1.5 * lifts_of(full)["b"]


def test_an_interest_fades_when_others_take_its_place() -> None:
    before = clicked("a", 12, days_ago=400)
    after = before | clicked("b", 12, first_send=100)
    assert lifts_of(before)["a"] > 1.5 > lifts_of(after)["a"]
    assert lifts_of(after)["b"] > 2


def test_a_click_halves_in_half_a_year() -> None:
    [click] = human_clicks({a_token(days_ago=180)}, NOW)
    assert counts([click], (), NOW) == {"a": pytest.approx(0.5)}
    assert HALF_LIFE_S == 180 * DAY_S


def test_a_declared_topic_weighs_two_clicks_and_does_not_fade() -> None:
    assert lifts([], "a", NOW) == lifts([], "a", NOW + 900 * DAY_S) == {"a": 3.0}
    assert counts([], "a", NOW) == {"a": 2.0}
    assert lifts_of(clicked("b", 3), declared="a")["a"] > lifts_of(clicked("b", 3))["a"]


@given(tokens, topics)
def test_lifts_are_positive_and_of_what_was_seen_or_declared(given_tokens: set[str], declared: str) -> None:
    lift = lifts_of(given_tokens, declared)
    assert all(0 < r < 30 for r in lift.values())
    assert set(declared) <= set(lift) <= set(declared) | set("abcdefgh")


def naive(clicks: list[Click], now: float) -> dict[str, float]:
    """The formula as it is written: shares of an average reader, then r = (c + 1) / (e + 1) three times."""
    pos = [1.0, 0.78, 0.62, 0.52, 0.45, 0.40, 0.36, 0.33]
    prior: dict[str, float] = {c: exp((i - 18) / 8) for i, c in enumerate("0123456789abcdefghijklmnopqrstuvwxyz")}
    weight: list[float] = [0.5 ** ((now - c.at_s) / (180 * 86400)) for c in clicks]
    seen = sorted({t for c in clicks for t in c.shown[::2]})

    def share(c: Click, topic: str) -> float:
        looks = [pos[i] * prior[c.shown[2 * i + 1]] for i in range(len(c.shown) // 2)]
        return sum(look for i, look in enumerate(looks) if c.shown[2 * i] == topic) / sum(looks)

    r = dict.fromkeys(seen, 1.0)
    for _ in range(3):
        mails = [sum(share(c, u) * r[u] for u in seen) for c in clicks]
        e = {t: sum(w * share(c, t) / m for w, c, m in zip(weight, clicks, mails, strict=True)) for t in seen}
        r = {t: (sum(w for w, c in zip(weight, clicks, strict=True) if c.topic == t) + 1) / (e[t] + 1) for t in seen}
    return r


@given(tokens)
def test_lifts_are_the_formula_as_it_is_written(given_tokens: set[str]) -> None:
    clicks = human_clicks(given_tokens, NOW)
    assert lifts(clicks, (), NOW) == pytest.approx(naive(clicks, NOW))


def test_a_click_in_a_mail_that_is_not_known_is_held_against_everybodys_clicks() -> None:
    unknown = {click_token(f"send{n:04d}", 700 + n, "a", int((NOW - n * DAY_S) * 1000)) for n in range(1, 7)}
    common, rare = (lifts_of(unknown, pi={"a": p, "b": 1 - p})["a"] for p in (0.5, 0.05))
    assert rare > lifts_of(unknown)["a"] > common > 1
    assert "" not in lifts_of(unknown)


# --- tags


def test_a_tag_goes_on_from_two_recent_clicks_and_off_later_than_on() -> None:
    on = tags({"a": 1.5, "b": 1.49, "c": 3.0}, {"a": 1.8, "b": 9.0, "c": 1.79}, (), NOW)
    assert on == (InterestTag("a", int(NOW * 1000)),)
    kept = tags({"a": 1.2}, {"a": 0.6}, on, NOW + 99)
    assert kept == on
    assert tags({"a": 1.19}, {"a": 5.0}, on, NOW) == tags({"a": 2.0}, {"a": 0.59}, on, NOW) == ()


@given(tokens, st.sets(st.sampled_from(EIGHT)))
def test_deriving_tags_again_changes_nothing(given_tokens: set[str], before: set[str]) -> None:
    clicks = human_clicks(given_tokens, NOW)
    lift, counted = lifts(clicks, (), NOW), counts(clicks, (), NOW)
    once = tags(lift, counted, [InterestTag(t, 1) for t in before], NOW)
    assert tags(lift, counted, once, NOW + 5) == once


def test_a_scanner_leaves_no_tag() -> None:
    bursts = {a_token(send, slot, send, plus_s=slot) for send in range(1, 5) for slot in range(8)}
    clicks = human_clicks(bursts, NOW)
    assert tags(lifts(clicks, (), NOW), counts(clicks, (), NOW), (), NOW) == ()


# --- what people are told


def test_the_evidence_is_the_very_clicks() -> None:
    held = clicked("a", 3) | clicked("b", 2, "bbbbcccc", first_send=50, days_ago=90)
    clicks = human_clicks(held, NOW)
    about = evidence("a", clicks, "b", NOW)
    assert about.clicked_s == tuple(int(NOW - d * DAY_S) for d in (3, 2, 1))
    assert (about.last_30_days, about.mails, about.declared) == (3, 3, False)
    assert about.lift == lifts(clicks, "b", NOW)["a"]
    other = evidence("b", clicks, "b", NOW)
    assert (len(other.clicked_s), other.last_30_days, other.mails, other.declared) == (2, 0, 5, True)


def test_the_evidence_says_how_many_blocks_on_the_topic_were_in_the_clicked_mails() -> None:
    clicks = human_clicks({a_token(1, 0, 1, "aiaibibi"), a_token(1, 1, 1, "aiaibibi"), a_token(2, 3, 2, "bibibiai")}, NOW)
    assert (evidence("a", clicks, (), NOW).shown, evidence("b", clicks, (), NOW).shown) == (3, 5)


def test_somebody_is_told_only_of_what_their_clicks_say_clearly() -> None:
    clicks = human_clicks(clicked("a", 6) | clicked("b", 1, first_send=50), NOW)
    (told,) = worth_telling(clicks, (), NOW)
    assert (told.topic, len(told.clicked_s)) == ("a", 6)
    assert told.lift >= TOLD_LIFT
    assert worth_telling(clicks, {"a"}, NOW) == ()
    assert worth_telling((), (), NOW) == ()


def test_engagement_is_clicks_by_recency() -> None:
    recent = engagement(human_clicks(clicked("a", 3), NOW), NOW)
    old = engagement(human_clicks(clicked("a", 3, days_ago=360), NOW), NOW)
    assert 2.9 < recent.score < 3
    assert old.score == pytest.approx(recent.score / 4, rel=0.02)
    assert (recent.last_30_days, old.last_30_days) == (3, 0)
    assert recent.last_s == int(NOW - DAY_S)
    assert engagement([], NOW).last_s is None


# --- the guard


def people(favourites: bool) -> list[list[Click]]:
    """Readers with one favourite each, or who each time click another topic than the time before."""
    return [
        human_clicks({a_token(n, (person if favourites else person + n) % 8, 40 - n, plus_s=person) for n in range(1, 8)}, NOW)
        for person in range(80)
    ]


def test_taste_shows_where_people_have_favourites() -> None:
    assert taste(people(favourites=True)) > 5


def test_taste_does_not_show_where_nobody_has_any() -> None:
    assert taste(people(favourites=False)) < -2


def test_of_a_handful_of_people_nothing_is_concluded() -> None:
    assert taste(people(favourites=False)[:20]) == 0.0
    assert taste([[]]) == 0.0
