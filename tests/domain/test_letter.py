"""What goes into one supporter's letter, and what they keep out of it."""

from dataclasses import replace

import pytest

from functions.domain.consent import Ceiling, Consents, Purpose
from functions.domain.interest import click_token
from functions.domain.letter import Rules, rules_of, write_recipe
from functions.domain.selection import Reason
from functions.domain.supporter import Supporter
from tests.builders import a_block, a_compiled_edition, a_taxonomy

NOW = 1_795_000_000
TOPICS = ("care", "climate", "housing")


@pytest.fixture(scope="module")
def rules() -> Rules:
    edition = a_compiled_edition([a_block(f"{topic}-{n}", topics=(topic,)) for n in range(3) for topic in TOPICS])
    return rules_of(replace(edition, show=2), a_taxonomy(), Ceiling.OBSERVED, "sendsend", NOW)


def reader(**more: object) -> Supporter:
    clicks = frozenset(click_token(f"mail{n:04d}", 0, "aibici", (NOW - n * 86_400) * 1000) for n in range(1, 9))
    grants = {Purpose.OBSERVED_INTEREST: "g1", Purpose.DECLARED_TOPICS: "g2"}
    return Supporter("AAAAAAAA", "a@example.org", "nl", consents=Consents(grants=grants), clicks=clicks, **more)  # type: ignore[arg-type]


def reasons(rules: Rules, supporter: Supporter) -> list[tuple[str, Reason]]:
    names = {code: topic for topic, code in rules.codes.items()}
    return [(names[rules.candidates[pick.index].topics[0]], pick.reason) for pick in write_recipe(rules, supporter).picks]


def test_what_one_clicks_on_comes_first(rules: Rules) -> None:
    assert ("climate", Reason.OBSERVED) in reasons(rules, reader())


def test_a_muted_topic_puts_nothing_into_the_letter_whatever_was_clicked(rules: Rules) -> None:
    found = reasons(rules, reader(muted=frozenset({"climate"})))
    assert Reason.OBSERVED not in {reason for _, reason in found}


def test_a_topic_that_was_ticked_after_it_was_muted_counts(rules: Rules) -> None:
    found = reasons(rules, reader(muted=frozenset({"climate"}), topics=frozenset({"climate"})))
    assert found[0][0] == "climate"
