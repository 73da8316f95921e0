"""The benchmark of assembly runs, measures the mail it says it measures, and finds both ways to give the same bytes."""

from benchmarks.assembly import run


def test_the_contest_is_about_one_mail_of_about_fifty_kilobytes() -> None:
    figures = run(rounds=1)
    mail = figures["mail"]
    assert isinstance(mail, dict)
    assert 45_000 < mail["html_bytes"] < 55_000
    assert (mail["blocks"], mail["candidates"], mail["links"]) == (8, 40, 29)
    ratios = figures["ratios"]
    assert isinstance(ratios, dict)
    assert all(found["median"] > 10 for found in ratios.values())  # the true figure needs a quiet machine: `make bench`
