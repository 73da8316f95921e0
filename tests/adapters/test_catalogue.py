"""What staff own, by version; and the audit log."""

from datetime import UTC, datetime

import pytest

from functions.adapters import clock
from functions.adapters.audit import Act, Audit, day_of
from functions.adapters.catalogue import Catalogue, ChangedError
from functions.domain.retention import AUDIT_S
from local.platform import Platform


@pytest.fixture
def catalogue(empty_platform: Platform) -> Catalogue:
    return Catalogue("catalogue")


def test_the_same_body_again_writes_nothing(catalogue: Catalogue) -> None:
    first = catalogue.put("block", "rent", {"topics": ("housing",)}, None, 1)
    again = catalogue.put("block", "rent", {"topics": ("housing",)}, catalogue.get("block", "rent"), 2)
    assert (first.version, again.version, again.updated) == (1, 1, 1)


def test_a_write_over_what_somebody_else_changed_is_refused(catalogue: Catalogue) -> None:
    read = catalogue.put("block", "rent", {"a": 1}, None, 1)
    catalogue.put("block", "rent", {"a": 2}, read, 2)
    with pytest.raises(ChangedError):
        catalogue.put("block", "rent", {"a": 3}, read, 3)
    with pytest.raises(ChangedError):
        catalogue.put("block", "rent", {"a": 3}, None, 3)
    assert [entry.body for entry in catalogue.all("block")] == [{"a": 2}]


def test_preparing_keeps_the_edition_s_own_version(catalogue: Catalogue) -> None:
    read = catalogue.put("edition", "EEEEEEEE", {"name": "week-48"}, None, 1, "national")
    catalogue.mark_prepared(read, "v1", {"edition/EEEEEEEE": 1})
    prepared = catalogue.get("edition", "EEEEEEEE")
    assert prepared
    assert (prepared.version, prepared.prepared, prepared.prepared_from) == (1, "v1", {"edition/EEEEEEEE": 1})
    catalogue.put("edition", "EEEEEEEE", {"name": "week-49"}, prepared, 2)
    with pytest.raises(ChangedError):
        catalogue.mark_prepared(prepared, "v2", {})


def test_a_part_is_done_once_however_often_it_is_said(catalogue: Catalogue) -> None:
    catalogue.put("import", "IIIIIIII", {}, None, 1)
    for _ in range(2):
        done = catalogue.mark_done("import", "IIIIIIII", "17")
    assert done == {"17"}
    assert catalogue.mark_done("import", "IIIIIIII", "99") == {"17", "99"}


def test_the_log_is_read_by_day_and_by_object_in_pages(empty_platform: Platform) -> None:
    audit, day = Audit("audit"), 86_400_000
    today = int(clock.now() * 1000) // day * day
    named, later = (datetime.fromtimestamp(at / 1000, UTC).date().isoformat() for at in (today, today + 2 * day))
    for n in range(3):
        audit.write(Act(today + n, "anna", "block.written", "block#rent", {"version": n}))
    audit.write(Act(today + day, "bea", "block.written", "block#rent"))
    assert [act.detail["version"] for act in audit.of_day(named)[0]] == [0, 1, 2]
    _, first = audit.of_day(named, limit=1)
    assert first
    assert [act.detail["version"] for act in audit.of_day(named, after=first)[0]] == [1, 2]
    assert [act.actor for act in audit.of_object("block#rent")[0]] == ["anna", "anna", "anna", "bea"]
    assert audit.of_day(later) == ([], None)


def test_expired_entries_are_left_out_and_what_comes_after_them_is_not(empty_platform: Platform) -> None:
    audit = Audit("audit")
    now = int(clock.now() * 1000)
    old = now - (AUDIT_S + 60) * 1000
    for at in (*range(old, old + 4), now):
        audit.write(Act(at, "anna", "block.written", "block#rent"))
    seen, pieces = list[int](), 0
    after: str | None = ""
    while after is not None:
        found, after = audit.of_object("block#rent", after, limit=2)
        seen, pieces = [*seen, *(act.at for act in found)], pieces + 1
    assert (seen, pieces) == ([now], 3)
    assert audit.of_day(day_of(old), limit=2)[1]
