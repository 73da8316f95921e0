"""The fault harness in small: a dozen calls fail, and it notices when somebody is mailed twice or forgotten."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from functions.domain.send import MessageState
from local.faultlab import points, run, scenarios, table
from local.faultlab.run import Lab, lab
from local.faultlab.wire import Call, Fault
from local.platform import Platform

# One call of each kind that matters: reads, leases, claims, mails, nudges, ends.
CALLS = (
    ("plan_send", "TransactWriteItems", Fault.LOST),
    ("plan_send", "SendMessageBatch", Fault.KILLED),
    ("deliver", "UpdateItem chunks", Fault.LOST),
    ("deliver", "PutItem messages", Fault.KILLED),
    ("deliver", "SendEmail", Fault.LOST),
    ("deliver", "SendEmail", Fault.KILLED),
    ("feedback", "UpdateItem messages", Fault.KILLED),
    ("tend_sends", "UpdateItem sends", Fault.LOST),
)


@pytest.fixture
def small(empty_platform: Platform) -> Iterator[Lab]:
    with lab(empty_platform, 7) as small:
        yield small


def test_a_dozen_faults_mail_nobody_twice_and_forget_nobody(small: Lab) -> None:
    rows = []
    for function, what, fault in CALLS:
        point = points.Point(Call(function, what, 0), fault)
        result = points.inject(small, point)
        assert len(result.faults) == 1
        rows.append(table.Row(f"{function}: {what}", fault, result))
    assert table.wrong(rows) == []
    figures = table.figures(rows)
    assert (figures["recipients"], figures["duplicates"], figures["lost"]) == (7 * len(CALLS), 0, 0)
    assert figures["unknown after"] == figures["of those unmailed"]
    kinds = table.two_kinds(rows)
    assert kinds["answers lost"]["unknown before"] <= kinds["answers lost"]["injected"] == 4
    assert kinds["answers lost"]["unknown after"] == 0
    assert kinds["visits killed"]["injected"] == 4


def test_faults_by_chance_and_queues_at_their_worst(small: Lab) -> None:
    for scenario in (scenarios.queues, scenarios.silence, scenarios.chance(0)):
        assert scenarios.play(small, scenario).wrong == ()


def test_a_send_spread_over_days_survives_faults_by_chance(small: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in (100, 101, 102):
        monkeypatch.setattr(scenarios, "DAYS_SEED", seed)
        result = scenarios.play(small, scenarios.days)
        assert result.faults
        assert result.rounds >= 3
        assert result.wrong == ()


def test_every_call_of_the_send_path_is_a_point_of_injection(small: Lab) -> None:
    found = {(point.call.function, point.call.what) for point in points.points(small)}
    assert {(function, what) for function, what, _ in CALLS} <= found
    assert ("plan_send", "Scan supporters") in found
    assert ("deliver", "GetAccount") in found


def test_it_notices_a_second_mail_a_forgotten_supporter_and_an_unknown_one_whom_ses_reported(small: Lab) -> None:
    good = small.run()
    assert good.wrong == ()
    assert "1 mailed twice" in run.judged(replace(good, duplicates=1), 0).wrong
    assert "1 lost" in run.judged(replace(good, lost=1), 0).wrong
    assert "unknown although SES reported" in run.judged(replace(good, unknown_after=1), 0).wrong


def test_it_notices_when_claims_are_forgotten(small: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness is tried on a ledger that mails whoever has a claim already."""
    from functions.adapters.ledger import Ledger

    monkeypatch.setattr(Ledger, "claim", lambda *_: True)
    monkeypatch.setattr(Ledger, "states", lambda *_: dict[str, MessageState]())
    result = small.run(lambda call: Fault.KILLED if call == Call("deliver", "SendEmail", 5) else None)
    assert result.wrong
