"""Segments: what may be asked, in which words a mistake is named, and what is unknown without consent."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.click import DAY_S, click_token
from functions.domain.consent import Ceiling, Consents, Purpose
from functions.domain.matching import Match, Outcome, Sieve, View, evaluate
from functions.domain.segment import (
    FIELDS,
    All,
    Expression,
    Not,
    NotASegmentError,
    Some,
    Test,
    asked,
    categories,
    parse,
    purposes,
    to_json,
)
from functions.domain.stage import Stage
from functions.domain.supporter import Attribute

NOW_S = 1_790_000_000
TOLD, SEEN, PIXEL = Purpose.DECLARED_TOPICS, Purpose.OBSERVED_INTEREST, Purpose.OPEN_PIXEL
BOTH = frozenset({TOLD, SEEN})
EVERY = BOTH | {PIXEL}
GRANTED = st.frozensets(st.sampled_from(sorted(EVERY)))

NL = {"field": "language", "is": "nl"}
UTRECHT = {"field": "region", "is": "Utrecht"}
CLIMATE = {"field": "topic_declared", "is": "climate"}
TAGGED = {"field": "interest_tag", "is": "climate"}


def consents(*purposes: Purpose) -> Consents:
    return Consents({}, dict.fromkeys(purposes, "grant001"))


def a_view(*purposes: Purpose, **fields: Any) -> View:
    plain = View(
        language="nl",
        joined=NOW_S * 1000,
        attributes={"region": Attribute("Utrecht", "import"), "branch": Attribute("Zuid", "staff")},
        stage=Attribute("volunteer", "import"),
        topics=frozenset({"climate"}),
        tags=frozenset({"climate"}),
        clicks=frozenset({click_token("sendsend", 0, "a", (NOW_S - 10 * DAY_S) * 1000)}),
        opened=(NOW_S - 10 * DAY_S) * 1000,
    )
    return replace(plain, consents=consents(*purposes), **fields)


def outcome(rule: object, view: View, ceiling: Ceiling = Ceiling.OBSERVED) -> Outcome:
    return evaluate(parse(rule), view, NOW_S, ceiling).outcome


_WORDS = st.sampled_from(["climate", "care", "housing"])
_STAGES = st.sampled_from([stage.value for stage in Stage])
_PLACES = st.sampled_from(["Utrecht", "utrecht", "Zwolle"])
_DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(str)


def _of(field: str, values: st.SearchStrategy[str], name: str = "") -> st.SearchStrategy[Expression]:
    one = st.builds(Test, st.just(field), st.just("is"), values, st.just(name))
    many = st.builds(Test, st.just(field), st.just("in"), st.lists(values, min_size=1, max_size=3).map(tuple), st.just(name))
    return one | many


FREE = _of("language", st.sampled_from(["nl", "en", "fr"])) | st.builds(
    Test, st.sampled_from(["joined_before", "joined_after"]), st.just("is"), _DAYS
)
PERSONAL = (
    _of("region", _PLACES)
    | _of("attribute", _PLACES, "branch")
    | _of("stage", _STAGES)
    | st.builds(Test, st.just("stage"), st.just("at_least"), _STAGES)
    | _of("topic_declared", _WORDS)
    | _of("interest_tag", _WORDS)
    | st.builds(Test, st.just("engagement"), st.just("at_least"), st.floats(0.01, 1000))
    | st.builds(Test, st.just("clicked_within_days"), st.just("is"), st.integers(1, 730))
    | st.builds(Test, st.just("opened_within_days"), st.just("is"), st.integers(1, 395))
)


def nested(leaves: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def around(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        some = st.lists(inner, min_size=1, max_size=3).map(tuple)
        return st.builds(All, some) | st.builds(Some, some) | st.builds(Not, inner)

    return st.recursive(leaves, around, max_leaves=8)


VIEWS = st.builds(
    a_view,
    language=st.sampled_from(["nl", "en", "fr"]),
    attributes=st.fixed_dictionaries({}, optional={"region": st.just(Attribute("Utrecht", "import"))}),
    stage=st.none() | st.builds(Attribute, _STAGES, st.sampled_from(["import", "staff"])),
    opened=st.none() | st.integers(0, 500).map(lambda d: (NOW_S - d * DAY_S) * 1000),
    topics=st.frozensets(_WORDS),
    tags=st.frozensets(_WORDS),
    clicks=st.frozensets(st.integers(0, 700).map(lambda d: click_token("sendsend", d % 9, "a", (NOW_S - d * DAY_S) * 1000))),
)
CEILINGS = st.sampled_from(Ceiling)


def match(rule: Expression, view: View, granted: frozenset[Purpose], ceiling: Ceiling = Ceiling.OBSERVED) -> Match:
    return evaluate(rule, replace(view, consents=consents(*granted)), NOW_S, ceiling)


@given(rule=nested(PERSONAL), view=VIEWS, nots=st.integers(0, 5))
def test_without_consent_nothing_personal_matches_however_it_is_negated(rule: Expression, view: View, nots: int) -> None:
    for _ in range(nots):
        rule = Not(rule)
    found = match(rule, view, frozenset())
    assert found.outcome is Outcome.UNKNOWN
    assert found.missing and found.missing <= set(purposes(rule))


@given(rule=nested(FREE | PERSONAL), view=VIEWS, granted=GRANTED, ceiling=CEILINGS)
def test_unknown_stays_unknown_under_not(rule: Expression, view: View, granted: frozenset[Purpose], ceiling: Ceiling) -> None:
    found, negated = match(rule, view, granted, ceiling), match(Not(rule), view, granted, ceiling)
    assert (found.outcome is Outcome.UNKNOWN) == (negated.outcome is Outcome.UNKNOWN)
    assert found.missing == negated.missing
    assert not found.outcome is negated.outcome is Outcome.YES


@given(rule=nested(FREE | PERSONAL), view=VIEWS, granted=GRANTED, ceiling=CEILINGS)
def test_more_consent_only_settles_what_was_unknown(
    rule: Expression, view: View, granted: frozenset[Purpose], ceiling: Ceiling
) -> None:
    before, after = match(rule, view, granted, ceiling), match(rule, view, EVERY, ceiling)
    if before.outcome is not Outcome.UNKNOWN:
        assert after == before


@given(rule=nested(FREE), view=VIEWS, granted=GRANTED, ceiling=CEILINGS)
def test_what_asks_nothing_personal_does_not_depend_on_consent(
    rule: Expression, view: View, granted: frozenset[Purpose], ceiling: Ceiling
) -> None:
    found = match(rule, view, granted, ceiling)
    assert found == match(rule, view, frozenset(), Ceiling.EDITORIAL)
    assert found.outcome is not Outcome.UNKNOWN


@given(
    parts=st.lists(nested(FREE | PERSONAL), min_size=1, max_size=4).map(tuple),
    view=VIEWS,
    granted=st.sampled_from([EVERY, BOTH, BOTH - {SEEN}]),
)
def test_de_morgan(parts: tuple[Expression, ...], view: View, granted: frozenset[Purpose]) -> None:
    negated = tuple(Not(part) for part in parts)
    assert match(Not(All(parts)), view, granted) == match(Some(negated), view, granted)
    assert match(Not(Some(parts)), view, granted) == match(All(negated), view, granted)


@given(rule=nested(FREE | PERSONAL), view=VIEWS)
def test_what_was_not_consented_to_is_not_looked_at(rule: Expression, view: View) -> None:
    other = replace(view, attributes={}, stage=None, topics=frozenset(), tags=frozenset(), clicks=frozenset(), opened=None)
    assert match(rule, view, frozenset()) == match(rule, other, frozenset())


@given(rule=nested(FREE | PERSONAL))
def test_what_is_written_reads_back_the_same(rule: Expression) -> None:
    try:
        read = parse(to_json(rule))
    except NotASegmentError as wrong:
        reasons = " ".join(problem.reason for problem in wrong.problems)
        assert len(categories(rule)) > 5 or "nested" in reasons
    else:
        assert read == rule


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.sampled_from([*FIELDS, "is"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["all", "any", "not", "field", "is", "in", "name", "at_least", "x"]), inner, max_size=3
            )
        ),
    )
)
def test_whatever_json_comes_it_is_a_segment_or_each_mistake_has_a_path(raw: object) -> None:
    try:
        assert list(asked(parse(raw)))
    except NotASegmentError as wrong:
        assert wrong.problems
        assert all(problem.field.startswith("segment") and problem.reason for problem in wrong.problems)


@pytest.mark.parametrize(
    ("rule", "at", "reason"),
    [
        (5, "segment", "must be"),
        ({}, "segment", "must be"),
        ({"all": [NL], "any": [NL]}, "segment", "must be"),
        ({"all": []}, "segment.all", "1 to 50"),
        ({"any": NL}, "segment.any", "1 to 50"),
        ({"all": [NL, NL, {"field": "shoe_size", "is": 44}]}, "segment.all[2].field", "must be one of language, region"),
        ({"not": {"any": [{"field": "language", "is": "de"}]}}, "segment.not.any[0].is", "nl, en or fr"),
        ({"field": "language", "in": ["nl", "de"]}, "segment.in[1]", "nl, en or fr"),
        ({"field": "language", "in": []}, "segment.in", "list"),
        ({"field": "language"}, "segment", "is or in"),
        ({"field": "language", "is": "nl", "in": ["nl"]}, "segment", "one of them"),
        ({"field": "language", "is": "nl", "at_least": 2}, "segment", "not known here"),
        ({"field": "attribute", "is": "x"}, "segment.name", "attribute's name"),
        ({"field": "attribute", "name": "Shoe size", "is": "x"}, "segment.name", "lower-case"),
        ({"field": "stage", "at_least": "Member"}, "segment.at_least", "sympathiser, member, volunteer or ambassador"),
        ({"field": "stage", "is": ["member"]}, "segment.is", "sympathiser, member"),
        ({"field": "region", "is": " Utrecht"}, "segment.is", "one line"),
        ({"field": "topic_declared", "is": "Climate"}, "segment.is", "id of a topic"),
        ({"field": "interest_tag", "is": "tax"}, "segment.is", "no topic 'tax'"),
        ({"field": "engagement", "at_least": True}, "segment.at_least", "number"),
        ({"field": "engagement", "at_least": float("nan")}, "segment.at_least", "number"),
        ({"field": "clicked_within_days", "is": 2.5}, "segment.is", "whole number from 1 to 730"),
        ({"field": "joined_after", "is": "2026-02-30"}, "segment.is", "day"),
        ({"field": "joined_after", "is": "1 October"}, "segment.is", "day"),
        ({"not": {"not": {"not": {"not": {"not": {"not": NL}}}}}}, "segment.not.not.not.not.not.not", "deeper than 6"),
        ({"all": [{"any": [NL] * 26}, {"any": [NL] * 25}]}, "segment", "more than 50 tests"),
    ],
)
def test_a_mistake_is_named_with_its_path_and_what_would_be_right(rule: object, at: str, reason: str) -> None:
    with pytest.raises(NotASegmentError) as wrong:
        parse(rule, topics={"climate"})
    assert [problem.field for problem in wrong.value.problems] == [at]
    assert reason in wrong.value.problems[0].reason


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(NotASegmentError) as wrong:
        parse({"all": [{"field": "x"}, NL, {"field": "region", "is": 5}]})
    assert [problem.field for problem in wrong.value.problems] == ["segment.all[0].field", "segment.all[2].is"]


def test_the_limits_themselves_are_allowed() -> None:
    assert parse({"not": {"not": {"not": {"not": {"not": NL}}}}})
    assert len(list(asked(parse({"any": [NL] * 50})))) == 50


def test_more_than_five_categories_of_personal_data_are_refused() -> None:
    engaged, clicked = {"field": "engagement", "at_least": 2.0}, {"field": "clicked_within_days", "is": 30}
    region_again = {"field": "attribute", "name": "region", "is": "Utrecht"}
    five = [NL, UTRECHT, region_again, CLIMATE, TAGGED, engaged]
    assert len(categories(parse({"all": five}))) == 5
    with pytest.raises(NotASegmentError, match=r"combines 6 categories .*recital 78"):
        parse({"all": [*five, clicked]})


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        (NL, ()),
        ({"field": "joined_before", "is": "2027-01-01"}, ()),
        (UTRECHT, (TOLD,)),
        ({"field": "attribute", "name": "region", "in": ["Zwolle", "utrecht"]}, (TOLD,)),
        ({"field": "stage", "at_least": "member"}, (TOLD,)),
        (CLIMATE, (TOLD,)),
        (TAGGED, (SEEN,)),
        ({"field": "engagement", "at_least": 0.9}, (SEEN,)),
        ({"field": "clicked_within_days", "is": 30}, (SEEN,)),
        ({"field": "opened_within_days", "is": 30}, (SEEN, PIXEL)),
    ],
)
def test_a_field_matches_under_its_own_purpose_and_no_other(rule: object, needs: tuple[Purpose, ...]) -> None:
    assert purposes(parse(rule)) == needs
    others = [purpose for purpose in Purpose if purpose not in needs]
    assert outcome(rule, a_view(*needs)) is Outcome.YES
    assert outcome(rule, a_view(*others)) is (Outcome.UNKNOWN if needs else Outcome.YES)


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ({"is": "member"}, ["member"]),
        ({"in": ["member", "ambassador"]}, ["member", "ambassador"]),
        ({"at_least": "sympathiser"}, list(Stage)),
        ({"at_least": "volunteer"}, ["volunteer", "ambassador"]),
    ],
)
def test_a_stage_is_one_of_four_in_order(rule: dict[str, object], who: list[str]) -> None:
    found = [s for s in Stage if outcome({"field": "stage", **rule}, a_view(TOLD, stage=Attribute(s, "import"))) is Outcome.YES]
    assert found == who


@pytest.mark.parametrize("stage", [None, Attribute("member", "staff"), Attribute("chairman", "import")])
def test_a_stage_that_is_not_told_or_not_known_is_not_even_the_first(stage: Attribute | None) -> None:
    assert outcome({"field": "stage", "at_least": "sympathiser"}, a_view(TOLD, stage=stage)) is Outcome.NO


def test_the_ceiling_of_the_deployment_stands_above_consent() -> None:
    view = a_view(TOLD, SEEN)
    assert [outcome(CLIMATE, view, c) for c in Ceiling] == [Outcome.UNKNOWN, Outcome.YES, Outcome.YES]
    assert [outcome(TAGGED, view, c) for c in Ceiling] == [Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.YES]
    assert [outcome(NL, view, c) for c in Ceiling] == [Outcome.YES] * 3


def test_what_staff_noted_about_somebody_is_not_there_for_a_segment() -> None:
    branch = {"field": "attribute", "name": "branch", "is": "Zuid"}
    assert outcome(branch, a_view(TOLD)) is Outcome.NO
    assert outcome(branch, a_view(TOLD, attributes={"branch": Attribute("zuid", "supporter")})) is Outcome.YES


@pytest.mark.parametrize("source", ["third-party", "bought", "enriched", ""])
def test_what_others_than_the_person_and_the_party_brought_never_matches(source: str) -> None:
    branch = {"field": "attribute", "name": "branch", "is": "Zuid"}
    view = a_view(TOLD, SEEN, attributes={"branch": Attribute("Zuid", source), "region": Attribute("Utrecht", source)})
    assert outcome(branch, view) is Outcome.NO
    assert outcome(UTRECHT, view) is Outcome.NO


def test_one_part_that_decides_makes_consent_for_the_others_needless() -> None:
    english = {"field": "language", "is": "en"}
    assert evaluate(parse({"any": [TAGGED, NL]}), a_view(), NOW_S, Ceiling.OBSERVED) == Match(Outcome.YES)
    assert evaluate(parse({"all": [TAGGED, english]}), a_view(), NOW_S, Ceiling.OBSERVED) == Match(Outcome.NO)
    both = evaluate(parse({"all": [TAGGED, NL, CLIMATE]}), a_view(), NOW_S, Ceiling.OBSERVED)
    assert both == Match(Outcome.UNKNOWN, BOTH)


def test_the_day_of_joining_is_after_and_not_before() -> None:
    view = a_view(joined=1_790_812_800_000)  # 2026-10-01 00:00 UTC
    assert outcome({"field": "joined_after", "is": "2026-10-01"}, view) is Outcome.YES
    assert outcome({"field": "joined_before", "is": "2026-10-01"}, view) is Outcome.NO
    assert outcome({"field": "joined_before", "is": "2026-10-02"}, view) is Outcome.YES


def test_clicks_are_of_people_and_of_the_days_asked() -> None:
    view = a_view(SEEN)  # one click, ten days ago
    assert outcome({"field": "clicked_within_days", "is": 9}, view) is Outcome.NO
    assert outcome({"field": "clicked_within_days", "is": 11}, view) is Outcome.YES
    scanner = frozenset(click_token("sendsend", n, "aababababa", (NOW_S - DAY_S) * 1000 + n) for n in range(5))
    assert outcome({"field": "clicked_within_days", "is": 30}, a_view(SEEN, clicks=scanner)) is Outcome.NO
    assert outcome({"field": "engagement", "at_least": 1.5}, view) is Outcome.NO


def test_an_open_is_asked_under_both_of_its_purposes_and_of_the_days_asked() -> None:
    for days, found in ((9, Outcome.NO), (11, Outcome.YES)):
        assert outcome({"field": "opened_within_days", "is": days}, a_view(SEEN, PIXEL)) is found
    unread = {"not": {"field": "opened_within_days", "is": 30}}
    for granted in ((), (SEEN,), (PIXEL,)):
        known = evaluate(parse(unread), a_view(*granted), NOW_S, Ceiling.OBSERVED)
        assert known == Match(Outcome.UNKNOWN, frozenset({SEEN, PIXEL} - set(granted)))
    for never in (None, (NOW_S - 400 * DAY_S) * 1000):
        known = evaluate(parse(unread), a_view(SEEN, PIXEL, opened=never), NOW_S, Ceiling.OBSERVED)
        assert known == Match(Outcome.UNKNOWN, frozenset({PIXEL})), "seen opening nothing is not the same as not opening"
    assert outcome(unread, a_view(SEEN, PIXEL), Ceiling.DECLARED) is Outcome.UNKNOWN


def test_sifting_counts_everybody_once_and_a_missing_purpose_for_each_who_lacks_it() -> None:
    sieve = Sieve(parse({"any": [CLIMATE, TAGGED]}), NOW_S, Ceiling.OBSERVED)
    nothing: dict[str, Any] = {"topics": frozenset(), "tags": frozenset()}
    people = [("yes", a_view(TOLD)), ("no", a_view(TOLD, SEEN, **nothing)), ("half", a_view(TOLD, **nothing)), ("none", a_view())]
    found = sieve.sift(people[:2]) + sieve.sift(people[2:])
    assert (found.matched, found.not_matched, found.left_out) == (("yes",), 1, 2)
    assert found.missing == {TOLD: 1, SEEN: 2}
    assert [sieve.may_ask(view) for _, view in people] == [True, True, False, False]
