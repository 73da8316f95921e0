"""The demonstration end to end, as a person starts it: in a process of its own, over real HTTP, as small as it goes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.demo.mailbox import read_file

ROOT = Path(__file__).resolve().parents[2]


def start(out: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "local", "demo", "--quick", "--out", str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def alive_in(out: Path) -> bool:
    """Whether a process still works in the data folder of this run."""
    own = str(out)
    return any(
        own in (entry / "cmdline").read_bytes().decode(errors="replace")
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and int(entry.name) != os.getpid() and (entry / "cmdline").exists()
    )


def test_the_quick_demo_runs_and_holds(tmp_path: Path) -> None:
    run = start(tmp_path)
    said, _ = run.communicate(timeout=240)
    assert run.returncode == 0, said
    assert "FAILED" not in said
    assert "report.html" in said
    figures = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert figures["supporters"]["imported"] > 50
    assert figures["supporters"]["rejected"] == sum(figures["supporters"]["rejected_per_reason"].values()) > 0
    assert [send["number"] for send in figures["sends"]] == [1, 2]
    assert all(sum(send["states"].values()) == send["planned"] > 0 for send in figures["sends"])
    assert figures["consents"]["observed_interest"]["now"] > 0
    assert figures["events"]["clicked"]["human"] >= figures["human_clicks"] > 0
    assert all(check["ok"] for check in figures["checks"].values())
    mails = [read_file(file) for file in (tmp_path / "mails").rglob("*.eml")]
    assert len(mails) == sum(send["states"].get("delivered", 0) for send in figures["sends"])
    assert {mail.tracked for mail in mails} == {True, False}
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "simulated" in page
    assert "<script" not in page
    assert "127.0.0.1" not in page


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    run = start(tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "data" / "ministack.log").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert "Stopped" in said
    assert not alive_in(tmp_path)
