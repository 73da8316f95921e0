"""What a mail's blocks rested on, told from the clicks that are kept; and what was left out."""

from dataclasses import replace

import pytest

from functions.domain.click import DAY_S, KEPT_CLICKS, KEPT_S, click_token
from functions.domain.consent import Act, Ceiling, ConsentRecord, Consents, Purpose
from functions.domain.evidence import Kept, LeftOut, Profile, Rested, allowed_since, left_out, rested
from functions.domain.interest import evidence, human_clicks
from functions.domain.letter import Rules, rules_of, write_recipe
from functions.domain.selection import Pick, Reason
from functions.domain.supporter import Supporter
from tests.builders import a_block, a_compiled_edition, a_taxonomy

NOW = 1_795_000_000
MAIL = "bibiaicibibi"  # care and care first, then climate and housing
CLICKS = frozenset(click_token(f"mail{n:04d}", 2, MAIL, (NOW - n * DAY_S) * 1000) for n in range(1, 6))
PROFILE = Profile(CLICKS, NOW - 90 * DAY_S, NOW + DAY_S)


@pytest.fixture(scope="module")
def rules() -> Rules:
    edition = a_compiled_edition([a_block(f"{t}-{n}", topics=(t,)) for n in range(2) for t in ("care", "climate", "housing")])
    return rules_of(replace(edition, show=2), a_taxonomy(), Ceiling.OBSERVED, "sendsend", NOW)


def reader(**more: object) -> Supporter:
    known = {"clicks": CLICKS, "consents": Consents(grants={Purpose.OBSERVED_INTEREST: "g1", Purpose.DECLARED_TOPICS: "g2"})}
    return Supporter("AAAAAAAB", "a@example.org", "nl", **{**known, **more})  # type: ignore[arg-type]


def told(rules: Rules, profile: Profile = PROFILE, moment: float = NOW) -> Rested:
    found = rested(rules.edition, write_recipe(rules, reader()), profile, moment)
    return next(each for each in found if each.reason is Reason.OBSERVED)


def test_an_observed_block_has_the_very_clicks_that_counted(rules: Rules) -> None:
    block = told(rules)
    [clicked] = block.clicked
    expected = evidence("a", human_clicks(CLICKS, NOW), (), NOW)
    assert (block.topics, block.kept) == (("a",), Kept.WHOLE)
    assert (clicked.clicks, clicked.since_s, clicked.mails, clicked.shown) == (5, NOW - 5 * DAY_S, 5, 5)
    assert clicked.times == expected.lift > 1.2


def test_what_was_clicked_after_that_moment_is_no_evidence(rules: Rules) -> None:
    later = click_token("mail9999", 2, MAIL, (NOW + 60) * 1000)
    assert told(rules, replace(PROFILE, tokens=CLICKS | {later})) == told(rules)


@pytest.mark.parametrize(
    "profile",
    [
        replace(PROFILE, tokens=frozenset()),  # forgotten
        replace(PROFILE, tokens=frozenset({click_token("mail9999", 2, MAIL, (NOW + 60) * 1000)})),  # and learned anew
        replace(PROFILE, now_s=NOW + KEPT_S + DAY_S),  # grown old, though still stored
    ],
)
def test_clicks_that_went_since_are_said_to_be_gone(rules: Rules, profile: Profile) -> None:
    block = told(rules, profile)
    assert (block.clicked, block.kept) == ((), Kept.GONE)


@pytest.mark.parametrize(
    "profile",
    [
        replace(PROFILE, learning_s=None),
        replace(PROFILE, learning_s=NOW - KEPT_S - 1),  # what was clicked first is too old by now
        replace(PROFILE, tokens=CLICKS | {click_token(f"late{n:04d}", 0, MAIL, (NOW + n) * 1000) for n in range(1, KEPT_CLICKS)}),
    ],
)
def test_where_older_clicks_may_have_gone_it_is_not_said_to_be_whole(rules: Rules, profile: Profile) -> None:
    assert told(rules, profile).kept is Kept.PART


def test_a_mail_that_is_not_known_tells_of_no_comparison(rules: Rules) -> None:
    unknown = frozenset(click_token(f"mail{n:04d}", 0, "a", (NOW - n * DAY_S) * 1000) for n in range(1, 6))
    block = told(rules, replace(PROFILE, tokens=unknown))
    assert (block.clicked[0].times, block.kept) == (None, Kept.PART)


def test_other_blocks_have_their_topics_and_no_clicks(rules: Rules) -> None:
    found = rested(rules.edition, write_recipe(rules, reader(topics=frozenset({"climate"}))), PROFILE, NOW)
    [declared] = [each for each in found if each.reason is Reason.DECLARED and each.index == 1]
    assert (declared.topics, declared.clicked, declared.kept) == (("a",), (), None)


@pytest.mark.parametrize(("who", "kind"), [({"consents": Consents()}, LeftOut.ORDER), ({"clicks": frozenset()}, LeftOut.POPULAR)])
def test_where_nothing_was_chosen_for_its_reader_the_order_or_popularity_left_the_others_out(
    rules: Rules, who: dict[str, object], kind: LeftOut
) -> None:
    recipe = write_recipe(rules, reader(**who))
    assert left_out(rules.edition, recipe, {"a"} if kind is LeftOut.ORDER else set()) == tuple((n, kind) for n in range(2, 6))


def test_every_block_that_is_not_in_a_chosen_mail_has_the_kind_of_reason(rules: Rules) -> None:
    recipe = replace(write_recipe(rules, reader()), picks=(Pick(1, Reason.DECLARED), Pick(0, Reason.POPULAR)))
    kinds = [LeftOut.LESS, LeftOut.MUTED, LeftOut.PLACE, LeftOut.LESS]
    assert left_out(rules.edition, recipe, {"b"}) == tuple(zip(range(2, 6), kinds, strict=True))


def test_the_proof_tells_since_when_it_was_allowed() -> None:
    def said(at: int, act: Act, purpose: Purpose = Purpose.DECLARED_TOPICS) -> ConsentRecord:
        return ConsentRecord(f"r{at}", "AAAAAAAB", purpose, act, at, "w", "h", "nl", "my-mail", "supporter")

    records = [said(30, Act.GRANTED), said(10, Act.GRANTED), said(20, Act.WITHDRAWN), said(5, Act.GRANTED, Purpose.OPEN_PIXEL)]
    since = [allowed_since(records, Purpose.DECLARED_TOPICS, at) for at in (9, 10, 19, 20, 29, 30, 99)]
    assert since == [None, 10, 10, None, None, 30, 30]
