"""What is deployed carries SES's pace, by the computation in docs/scale.md."""

import pytest

from benchmarks.ten_million import VCPU_MB, Assumed, lambda_dollars, metered, outlook
from functions.deliver.mailing import THREADS

RATE = Assumed().rate


def test_deliver_has_the_cpu_and_the_threads_for_500_mails_a_second_with_room() -> None:
    found = outlook(Assumed())
    assert found["of their CPU, percent"] <= 75
    assert found["mails per second that their CPU takes"] >= 1.3 * RATE
    assert found["mails per second that their threads take"] >= 1.3 * RATE
    assert found["threads needed in each of the workers"] <= THREADS / 2


def test_four_lambdas_of_512_mb_would_be_too_slow() -> None:
    assert 4 * 512 / VCPU_MB / Assumed().cpu_per_mail_s < RATE / 3  # as it was; waiting alone did not show it


def test_with_all_of_delivers_lambdas_waiting_a_million_stays_within_the_target_at_full_pace() -> None:
    assert lambda_dollars(RATE) <= 0.30  # the rest of the bill is $5.50 at most: docs/performance.md


def test_feedback_and_the_ledger_keep_up() -> None:
    found = outlook(Assumed())
    assert found["of what the feedback workers take, percent"] <= 50
    assert found["of a partition's writes, percent"] <= 50
    assert found["of a new table's writes, percent"] <= 50


def test_the_price_is_in_euros_from_the_bench_when_it_ran_and_else_from_what_is_written_down() -> None:
    written = outlook(Assumed(dollars_per_euro=1.25))
    assert written["SES, à la carte, euros"] == pytest.approx(800)
    assert written["SES, Essentials, euros"] == pytest.approx(1280)
    assert written["all but SES, euros at least"] == pytest.approx(44.24)
    assert written["all but SES, euros at most"] == pytest.approx(48.8)
    seen = metered({"cost": {"per_million_mails": {"us-east-1": 5.0, "eu-west-1": 5.5}}})
    assert outlook(Assumed(dollars_per_euro=1.25), seen)["all but SES, euros at most"] == pytest.approx(44)
    assert metered({}) is metered({"assembly": {}}) is None
