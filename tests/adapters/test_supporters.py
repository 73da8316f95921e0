"""Supporters in the tables: nobody twice, nobody mixed up, nothing overwritten unseen."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.adapters.intake import Intake, Outcome, Taken, Terms
from functions.adapters.supporters import Change, ConflictError, Supporters
from functions.adapters.suppressions import Suppressions
from functions.domain.consent import SuppressionReason
from functions.domain.importing import Draft
from functions.domain.supporter import Supporter
from local.platform import Platform

TERMS = Terms(("national",), "staff", "staff", "anna", "nl")


@pytest.fixture
def supporters(empty_platform: Platform) -> Supporters:
    return Supporters("supporters", "identities", "consents", b"a key of sixteen")


@pytest.fixture
def intake(supporters: Supporters) -> Intake:
    return Intake(supporters, Suppressions("suppressions"))


def count(platform: Platform, table: str) -> int:
    return platform.aws.dynamodb.scan(TableName=table)["Count"]


def test_the_same_person_taken_in_at_the_same_time_is_one_supporter(platform: Platform, intake: Intake) -> None:
    drafts = [Draft(f"p{n}@example.org", external_id=str(n)) for n in range(40)]
    with ThreadPoolExecutor(6) as several:
        answers = list(several.map(lambda _: intake.take(drafts, TERMS, 1_000), range(6)))
    assert count(platform, "supporters") == 40
    assert count(platform, "identities") == 80
    assert count(platform, "consents") == 40
    for everybody in zip(*answers, strict=True):
        assert len({taken.supporter for taken in everybody}) == 1
        outcomes = sorted(taken.outcome for taken in everybody)
        assert outcomes == [Outcome.IMPORTED, *[Outcome.UNCHANGED] * 5]


def test_changes_at_the_same_time_are_all_kept(intake: Intake, supporters: Supporters) -> None:
    (made,) = intake.take([Draft("jan@example.org")], TERMS, 1_000)
    drafts = [Draft("jan@example.org", attributes={f"a{n}": "yes"}) for n in range(4)]
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda draft: intake.take([draft], TERMS, 2_000), drafts))
    stored = supporters.get(made.supporter)
    assert stored
    assert sorted(stored.supporter.attributes) == ["a0", "a1", "a2", "a3"]
    assert stored.version == 5
    assert stored.updated >= 2_003  # each change is later than the one before


def test_what_was_changed_since_it_was_read_is_not_overwritten(intake: Intake, supporters: Supporters) -> None:
    (made,) = intake.take([Draft("jan@example.org")], TERMS, 1_000)
    read = supporters.get(made.supporter)
    assert read
    intake.take([Draft("jan@example.org", language="fr")], TERMS, 2_000)
    with pytest.raises(ConflictError):
        supporters.write([Change(read, Supporter(made.supporter, "jan@example.org", "en"), 3_000)])
    after = supporters.get(made.supporter)
    assert after
    assert after.supporter.language == "fr"


def test_an_address_that_is_taken_makes_no_second_supporter(platform: Platform, intake: Intake, supporters: Supporters) -> None:
    intake.take([Draft("jan@example.org")], TERMS, 1_000)
    with pytest.raises(ConflictError):
        supporters.write([Change(None, Supporter("BBBBBBBB", "JAN@example.org", "nl"), 2_000)])
    assert count(platform, "supporters") == 1


def test_an_id_that_exists_already_is_not_given_to_somebody_else(intake: Intake, supporters: Supporters) -> None:
    (made,) = intake.take([Draft("jan@example.org")], TERMS, 1_000)
    with pytest.raises(ConflictError):
        supporters.write([Change(None, Supporter(made.supporter, "noor@example.org", "nl"), 2_000)])


def test_one_conflict_in_a_batch_costs_the_others_nothing(
    intake: Intake, supporters: Supporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [Draft(f"p{n}@example.org") for n in range(5)]
    write = Supporters.write
    calls: list[int] = []

    def somebody_was_faster(self: Supporters, changes: list[Change]) -> None:
        if not calls:
            calls.append(len(changes))
            write(self, [Change(None, Supporter("BBBBBBBB", "p2@example.org", "nl"), 500)])
        write(self, changes)

    monkeypatch.setattr(Supporters, "write", somebody_was_faster)
    taken = intake.take(drafts, TERMS, 1_000)
    assert calls == [5]
    assert [t.outcome for t in taken].count(Outcome.IMPORTED) == 4
    assert taken[2] == Taken(Outcome.UPDATED, "BBBBBBBB")  # now with consent for the list


def test_the_first_reason_of_a_suppression_stays(empty_platform: Platform) -> None:
    suppressions = Suppressions("suppressions")
    assert suppressions.add({"h1": SuppressionReason.BOUNCED}, "staff", 1) == 1
    assert suppressions.add({"h1": SuppressionReason.COMPLAINED, "h2": SuppressionReason.COMPLAINED}, "staff", 2) == 1
    assert suppressions.reasons(["h1", "h2", "h3"]) == {"h1": "bounced", "h2": "complained"}
