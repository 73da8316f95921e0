"""The benchmark of the whole way runs over real TLS, every mail is taken, and figures of others stay in the file."""

from pathlib import Path

from benchmarks import figures, send_path, stub


def test_each_way_of_sending_is_measured_and_held_against_what_was_asked() -> None:
    found = send_path.run(rounds=1)
    ways = {send_path.N1, send_path.N2, send_path.O1, send_path.SINGLE, send_path.BULK}
    assert set(found["microseconds_per_mail"]) == set(found["mails_per_second_per_core"]) == ways
    asked = {f"{ours} / {theirs[:2]}": target for (ours, theirs), target in send_path.TARGETS.items()}
    assert {name: ratio["target"] for name, ratio in found["ratios"].items()} == asked


def test_every_mail_goes_over_tls_and_a_bulk_call_takes_many_of_them(tmp_path: Path) -> None:
    with stub.running(tmp_path) as url:
        course = send_path.Course(*(clients := send_path.clients_of(url, tmp_path / stub.CERTIFICATE)))
        asked: list[str] = []
        for client in clients:
            client.meta.events.register("before-send.sesv2", lambda request, **_: asked.append(request.url))
        calls: dict[str, int] = {}
        for name, (way, _) in course.ways().items():
            before = len(asked)
            way(course.contest.recipients[:30])
            calls[name] = len(asked) - before
    assert all(address.startswith("https://") for address in asked)
    assert calls == {send_path.N1: 30, send_path.N2: 30, send_path.O1: 30, send_path.SINGLE: 30, send_path.BULK: 2}


def test_one_benchmark_keeps_the_figures_of_the_others(tmp_path: Path) -> None:
    out = tmp_path / "build" / "bench.json"
    figures.keep("assembly", {"ratio": 100}, out)
    figures.keep("cost", {"dollars": 5}, out)
    figures.keep("assembly", {"ratio": 101}, out)
    assert {name: kept.get("ratio") for name, kept in figures.read(out).items()} == {"assembly": 101, "cost": None}
