"""The benchmark of the whole way runs over real TLS, every mail is taken, and figures of others stay in the file."""

from pathlib import Path

from benchmarks import figures, send_path


def test_each_way_of_sending_is_measured_and_a_bulk_call_costs_the_least() -> None:
    found = send_path.run(rounds=1)
    times = found["microseconds_per_mail"]
    assert set(times) == {send_path.N1, send_path.N2, send_path.O1, send_path.SINGLE, send_path.BULK}
    assert min(times, key=times.get) == send_path.BULK  # true figures need a quiet machine: `make bench`
    assert max(times, key=times.get) == send_path.N1


def test_one_benchmark_keeps_the_figures_of_the_others(tmp_path: Path) -> None:
    out = tmp_path / "build" / "bench.json"
    figures.keep("assembly", {"ratio": 100}, out)
    figures.keep("cost", {"dollars": 5}, out)
    figures.keep("assembly", {"ratio": 101}, out)
    assert {name: kept.get("ratio") for name, kept in figures.read(out).items()} == {"assembly": 101, "cost": None}
