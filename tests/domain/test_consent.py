from collections.abc import Mapping
from itertools import chain, combinations, count, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.consent import (
    Act,
    Ceiling,
    ConsentAnswer,
    ConsentRecord,
    Consents,
    EventKind,
    Links,
    MailSettings,
    Pixel,
    Purpose,
    Refusal,
    Selection,
    SuppressionReason,
    changes,
    fold,
    mail_settings,
    permits,
    refusal,
    too_young_below,
)

OPTIONAL = [p for p in Purpose if p is not Purpose.NEWSLETTER]
LISTS = ["national", "utrecht"]


def consents(*purposes: Purpose) -> Consents:
    return Consents(grants={p: f"grant-{p}" for p in purposes})


def subsets() -> list[tuple[Purpose, ...]]:
    return list(chain.from_iterable(combinations(OPTIONAL, n) for n in range(len(OPTIONAL) + 1)))


def a_record(id_: str, purpose: Purpose, act: Act, at: int = 1, list_: str | None = None) -> ConsentRecord:
    return ConsentRecord(id_, "support1", purpose, act, at, "choices-1", "0" * 64, "nl", "choices page", "supporter", list_)


def an_answer(purpose: Purpose, yes: bool, list_: str | None = None) -> ConsentAnswer:
    return ConsentAnswer(purpose, yes, "choices-1", "0" * 64, list_)


def answer(current: Consents, *answers: ConsentAnswer, at: int = 5, ids: str = "r") -> list[ConsentRecord]:
    numbers = count()
    return changes(
        current,
        answers,
        supporter="support1",
        at=at,
        language="nl",
        source="choices page",
        actor="supporter",
        new_id=lambda: f"{ids}{next(numbers)}",
    )


records = st.lists(
    st.builds(
        a_record,
        id_=st.text("abc", min_size=1, max_size=3),
        purpose=st.sampled_from(Purpose),
        act=st.sampled_from(Act),
        at=st.integers(0, 5),
        list_=st.sampled_from([None, *LISTS]),
    ),
    unique_by=lambda r: (r.at, r.id),
    max_size=12,
)


# --- the fold


@given(records.flatmap(lambda rs: st.tuples(st.just(rs), st.permutations(rs))))
def test_records_apply_by_time_whatever_order_they_come_in(orders: tuple[list[ConsentRecord], list[ConsentRecord]]) -> None:
    assert fold(orders[0]) == fold(orders[1])


@given(records, st.sampled_from(OPTIONAL), st.sampled_from([Act.WITHDRAWN, Act.REFUSED]))
def test_a_later_no_always_wins(before: list[ConsentRecord], purpose: Purpose, act: Act) -> None:
    assert not fold([a_record("last", purpose, act, at=99), *before]).granted(purpose)


@given(records)
def test_leaving_everything_leaves_no_list(before: list[ConsentRecord]) -> None:
    assert not fold([*before, a_record("last", Purpose.NEWSLETTER, Act.WITHDRAWN, at=99)]).newsletter


@given(records)
def test_only_a_grant_grants_and_its_id_is_kept(given_records: list[ConsentRecord]) -> None:
    by_id = {(r.purpose, r.list, r.id) for r in given_records if r.act is Act.GRANTED}
    state = fold(given_records)
    assert all(any((p, list_, id_) in by_id for list_ in [None, *LISTS]) for p, id_ in state.grants.items())
    assert all((Purpose.NEWSLETTER, list_, id_) in by_id for list_, id_ in state.newsletter.items())


@given(records, st.integers(0, 12))
def test_folding_on_is_folding_all(given_records: list[ConsentRecord], cut: int) -> None:
    ordered = sorted(given_records, key=lambda r: (r.at, r.id))
    assert fold(ordered[cut:], fold(ordered[:cut])) == fold(given_records)


@pytest.mark.parametrize("purpose", OPTIONAL)
def test_no_purpose_implies_another(purpose: Purpose) -> None:
    state = fold([a_record("a", purpose, Act.GRANTED)])
    assert set(state.grants) == {purpose}
    assert not state.newsletter
    assert [p for p in Purpose if state.granted(p, "national")] == [purpose]


def test_being_mailed_by_one_list_grants_nothing_else() -> None:
    state = fold([a_record("a", Purpose.NEWSLETTER, Act.GRANTED, list_="utrecht")])
    assert state == Consents({"utrecht": "a"}, {})
    assert not state.granted(Purpose.NEWSLETTER, "national")
    assert not state.granted(Purpose.NEWSLETTER)


def test_a_newsletter_grant_that_names_no_list_grants_nothing() -> None:
    assert fold([a_record("a", Purpose.NEWSLETTER, Act.GRANTED)]) == Consents()


def test_a_new_yes_is_a_new_grant() -> None:
    acts = [Act.GRANTED, Act.WITHDRAWN, Act.GRANTED]
    state = fold([a_record(f"r{i}", Purpose.OPEN_PIXEL, act, at=i) for i, act in enumerate(acts)])
    assert state.grants == {Purpose.OPEN_PIXEL: "r2"}


# --- what a mail may do


@pytest.mark.parametrize(
    ("granted", "ceiling", "expected"),
    [
        ((), Ceiling.OBSERVED, MailSettings(Selection.EDITORIAL, Links.SHARED, Pixel.NONE)),
        ((Purpose.DECLARED_TOPICS,), Ceiling.OBSERVED, MailSettings(Selection.DECLARED, Links.SHARED, Pixel.NONE)),
        ((Purpose.OBSERVED_INTEREST,), Ceiling.OBSERVED, MailSettings(Selection.OBSERVED, Links.PERSONAL, Pixel.NONE)),
        ((Purpose.CLICK_MEASUREMENT,), Ceiling.OBSERVED, MailSettings(Selection.EDITORIAL, Links.PERSONAL, Pixel.NONE)),
        ((Purpose.OPEN_PIXEL,), Ceiling.OBSERVED, MailSettings(Selection.EDITORIAL, Links.SHARED, Pixel.PERSONAL)),
        (tuple(OPTIONAL), Ceiling.OBSERVED, MailSettings(Selection.OBSERVED, Links.PERSONAL, Pixel.PERSONAL)),
        ((Purpose.OBSERVED_INTEREST,), Ceiling.DECLARED, MailSettings(Selection.EDITORIAL, Links.SHARED, Pixel.NONE)),
        ((Purpose.CLICK_MEASUREMENT,), Ceiling.DECLARED, MailSettings(Selection.EDITORIAL, Links.PERSONAL, Pixel.NONE)),
        (tuple(OPTIONAL), Ceiling.DECLARED, MailSettings(Selection.DECLARED, Links.PERSONAL, Pixel.PERSONAL)),
        (tuple(OPTIONAL), Ceiling.EDITORIAL, MailSettings(Selection.EDITORIAL, Links.SHARED, Pixel.NONE)),
    ],
)
def test_each_setting_follows_its_own_purposes(granted: tuple[Purpose, ...], ceiling: Ceiling, expected: MailSettings) -> None:
    assert mail_settings(consents(*granted), ceiling) == expected


def test_a_lower_ceiling_never_does_more() -> None:
    selections, links, pixels = list(Selection), list(Links), list(Pixel)
    for granted in subsets():
        strict, middle, free = (mail_settings(consents(*granted), ceiling) for ceiling in Ceiling)
        for less, more in ((strict, middle), (middle, free)):
            assert selections.index(less.selection) <= selections.index(more.selection)
            assert links.index(less.links) <= links.index(more.links)
            assert pixels.index(less.pixel) <= pixels.index(more.pixel)


def test_withdrawing_one_purpose_changes_no_setting_that_does_not_need_it() -> None:
    needed_by: Mapping[Purpose, set[str]] = {
        Purpose.DECLARED_TOPICS: {"selection"},
        Purpose.OBSERVED_INTEREST: {"selection", "links"},
        Purpose.CLICK_MEASUREMENT: {"links"},
        Purpose.OPEN_PIXEL: {"pixel"},
        Purpose.ANSWERS: set(),
    }
    for granted, ceiling in product(subsets(), Ceiling):
        for purpose in granted:
            kept = mail_settings(consents(*granted), ceiling)
            left = mail_settings(consents(*(p for p in granted if p is not purpose)), ceiling)
            changed = {name for name in ("selection", "links", "pixel") if getattr(kept, name) != getattr(left, name)}
            assert changed <= needed_by[purpose]


def test_a_ceiling_nobody_knows_is_the_lowest() -> None:
    assert Ceiling("everything") is Ceiling.EDITORIAL


# --- what may be recorded


def test_a_click_is_recorded_under_the_purposes_that_cover_it() -> None:
    everything = consents(*OPTIONAL)
    both = {Purpose.CLICK_MEASUREMENT: "grant-click_measurement", Purpose.OBSERVED_INTEREST: "grant-observed_interest"}
    assert permits(EventKind.CLICKED, everything, Ceiling.OBSERVED) == both
    assert set(permits(EventKind.CLICKED, everything, Ceiling.DECLARED)) == {Purpose.CLICK_MEASUREMENT}
    assert permits(EventKind.CLICKED, everything, Ceiling.EDITORIAL) == {}
    assert permits(EventKind.OPENED, everything, Ceiling.OBSERVED) == {Purpose.OPEN_PIXEL: "grant-open_pixel"}
    assert permits(EventKind.ANSWERED, everything, Ceiling.DECLARED) == {Purpose.ANSWERS: "grant-answers"}
    assert permits(EventKind.ANSWERED, everything, Ceiling.EDITORIAL) == {}


@pytest.mark.parametrize("kind", [EventKind.SHARED, EventKind.READ])
def test_what_no_question_covers_is_never_recorded(kind: EventKind) -> None:
    assert permits(kind, consents(*OPTIONAL), Ceiling.OBSERVED) == {}


def test_nothing_is_recorded_that_the_mail_could_not_show() -> None:
    for granted, ceiling in product(subsets(), Ceiling):
        settings = mail_settings(consents(*granted), ceiling)
        assert bool(permits(EventKind.CLICKED, consents(*granted), ceiling)) == (settings.links is Links.PERSONAL)
        assert bool(permits(EventKind.OPENED, consents(*granted), ceiling)) == (settings.pixel is Pixel.PERSONAL)


# --- who may be mailed


def test_without_newsletter_consent_for_this_list_nobody_is_mailed() -> None:
    assert refusal(consents(*OPTIONAL), "national", None) is Refusal.NO_NEWSLETTER_CONSENT
    assert refusal(Consents({"utrecht": "a"}), "national", None) is Refusal.NO_NEWSLETTER_CONSENT
    assert refusal(Consents({"national": "a"}), "national", None) is None


@pytest.mark.parametrize("reason", [*SuppressionReason, True, "a reason of tomorrow"])
def test_a_suppression_wins_over_consent(reason: str | bool) -> None:
    expected = Refusal.ERASED if reason == "erased" else Refusal.SUPPRESSED
    assert refusal(Consents({"national": "a"}), "national", reason) is expected


# --- answers


def test_only_what_changes_is_recorded_with_the_words_that_were_shown() -> None:
    current = consents(Purpose.DECLARED_TOPICS)
    new = answer(current, an_answer(Purpose.DECLARED_TOPICS, True), an_answer(Purpose.OPEN_PIXEL, True))
    assert [(r.id, r.purpose, r.act, r.at) for r in new] == [("r0", Purpose.OPEN_PIXEL, Act.GRANTED, 5)]
    assert (new[0].wording, new[0].wording_sha256, new[0].language, new[0].source) == ("choices-1", "0" * 64, "nl", "choices page")


def test_a_no_to_what_was_granted_withdraws_it_and_to_anything_else_is_nothing() -> None:
    new = answer(consents(Purpose.OPEN_PIXEL), *(an_answer(p, False) for p in OPTIONAL))
    assert [(r.purpose, r.act) for r in new] == [(Purpose.OPEN_PIXEL, Act.WITHDRAWN)]


answers = st.lists(
    st.builds(an_answer, purpose=st.sampled_from(Purpose), yes=st.booleans(), list_=st.sampled_from([None, *LISTS])), max_size=8
)


@given(records, answers)
def test_posting_the_same_answers_twice_adds_nothing(before: list[ConsentRecord], given_answers: list[ConsentAnswer]) -> None:
    # A page asks each question once; of contradicting answers only the last is one.
    once = list({(a.purpose, a.list if a.purpose is Purpose.NEWSLETTER else None): a for a in given_answers}.values())
    everything = [a for a in once if a.purpose is Purpose.NEWSLETTER and a.list is None]
    once = [a for a in once if a.purpose is not Purpose.NEWSLETTER or not everything] + everything
    current = fold(before)
    after = fold(answer(current, *once), current)
    assert answer(after, *once, ids="again") == []


@given(records, answers)
def test_the_records_of_an_answer_say_exactly_what_changed(before: list[ConsentRecord], given_answers: list[ConsentAnswer]) -> None:
    current = fold(before)
    for a in given_answers:
        new = answer(current, a)
        assert len(new) <= 1
        assert (fold(new, current) != current) == bool(new)
        current = fold(new, current)


def test_no_to_every_list_withdraws_them_all_in_one_record() -> None:
    current = Consents({"national": "a", "utrecht": "b"}, {Purpose.OPEN_PIXEL: "c"})
    new = answer(current, an_answer(Purpose.NEWSLETTER, False))
    assert [(r.act, r.list) for r in new] == [(Act.WITHDRAWN, None)]
    assert fold(new, current) == Consents({}, {Purpose.OPEN_PIXEL: "c"})


def test_yes_to_no_list_in_particular_grants_nothing() -> None:
    assert answer(Consents(), an_answer(Purpose.NEWSLETTER, True)) == []


def test_an_import_keeps_its_proof() -> None:
    [record] = changes(
        Consents(),
        [an_answer(Purpose.NEWSLETTER, True, "national")],
        supporter="support1",
        at=5,
        language="nl",
        source="import",
        actor="staff#1",
        new_id=lambda: "r0",
        proof={"consent_at": "2024-05-01", "consent_source": "website"},
    )
    assert record.proof == {"consent_at": "2024-05-01", "consent_source": "website"}
    assert record.list == "national"


@pytest.mark.parametrize("ceiling", Ceiling)
def test_somebody_too_young_gets_what_everybody_gets_whatever_they_allow(ceiling: Ceiling) -> None:
    everything = Consents({"national": "n"}, {p: f"grant-{p}" for p in Purpose if p is not Purpose.NEWSLETTER}, young=True)
    assert mail_settings(everything, ceiling) == MailSettings()
    assert not any(permits(kind, everything, ceiling) for kind in EventKind)
    assert refusal(everything, "national", None) is None


def test_a_yes_of_somebody_too_young_is_no_record_but_to_be_mailed() -> None:
    young = Consents(young=True)
    assert [answer(young, an_answer(p, True)) for p in Purpose if p is not Purpose.NEWSLETTER] == [[]] * (len(Purpose) - 1)
    (grant,) = answer(young, an_answer(Purpose.NEWSLETTER, True, "national"))
    assert fold([grant], young) == Consents({"national": grant.id}, {}, young=True)


def test_somebody_too_young_can_still_take_back_what_they_allowed_before() -> None:
    held = Consents({}, {Purpose.OPEN_PIXEL: "g"}, young=True)
    (taken,) = answer(held, an_answer(Purpose.OPEN_PIXEL, False))
    assert taken.act is Act.WITHDRAWN


def test_too_young_is_a_year_under_the_voting_age() -> None:
    assert (too_young_below(18), too_young_below(16)) == (17, 15)
