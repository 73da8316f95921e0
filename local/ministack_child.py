"""Runs the emulator as a child that cannot outlive the platform; executed by the emulator's own Python, standard library only.

Standard input is a pipe whose other end only the platform holds: its end means that the platform is gone, however it went
(also after SIGKILL). Then the emulator gets the SIGTERM on which it writes its state. PR_SET_PDEATHSIG would not do: it
follows the thread that started the child, not the process.
"""

import asyncio
import importlib
import os
import runpy
import shutil
import signal
import sys
import tempfile
import threading
import types
from typing import Any

LOOK_S = 0.01


def stop_when_orphaned() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def look_oftener() -> None:
    """A long poll of the emulator looks for messages ten times a second; a mail passes three queues, and would wait for each."""
    sqs: Any = importlib.import_module("ministack.services.sqs")
    sqs.asyncio = types.SimpleNamespace(**{**vars(asyncio), "sleep": lambda seconds: asyncio.sleep(min(seconds, LOOK_S))})


def main() -> None:
    private = tempfile.gettempdir()  # TMPDIR, which the platform made for this child alone
    threading.Thread(target=stop_when_orphaned, daemon=True).start()
    look_oftener()
    sys.argv = ["ministack"]
    try:
        runpy.run_module("ministack", run_name="__main__")
    finally:
        shutil.rmtree(private, ignore_errors=True)


if __name__ == "__main__":
    main()
