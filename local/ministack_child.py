"""Runs the emulator as a child that cannot outlive the platform; executed by the emulator's own Python, with nothing of ours.

It is served by uvicorn and httptools: under its own server, which reads HTTP in Python, a call took twice the CPU here, and tests,
demonstration and `make serve` make little but calls.

Standard input is a pipe whose other end only the platform holds: its end means that the platform is gone, however it went
(also after SIGKILL). Then the emulator gets the SIGTERM on which it writes its state. PR_SET_PDEATHSIG would not do: it
follows the thread that started the child, not the process.
"""

import asyncio
import contextlib
import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import types
from typing import Any

LOOK_S = 0.01
KEEP_ALIVE_S = 75
LAST_WORDS_S = 3  # for calls that are under way at the end: a long poll takes a second


def stop_when_orphaned() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def look_oftener() -> None:
    """A long poll of the emulator looks for messages ten times a second; a mail passes three queues, and would wait for each."""
    sqs: Any = importlib.import_module("ministack.services.sqs")
    sqs.asyncio = types.SimpleNamespace(**{**vars(asyncio), "sleep": lambda seconds: asyncio.sleep(min(seconds, LOOK_S))})


def allow_connections() -> None:
    """As many as the system lets us: bursts of a send would meet the usual 1,024, or 256 on macOS."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS names a limit that it does not take
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def serve() -> None:
    """Until SIGTERM: then the emulator writes its state."""
    emulator: Any = importlib.import_module("ministack.app")
    uvicorn: Any = importlib.import_module("uvicorn")
    look_oftener()
    allow_connections()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn gives the signal back when it is through
    uvicorn.run(
        emulator.app,
        host=os.environ["BIND_HOST"],
        port=int(os.environ["GATEWAY_PORT"]),
        loop="asyncio",
        http="httptools",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # the emulator says both itself, as AWS does
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=LAST_WORDS_S,
    )


def main() -> None:
    private = tempfile.gettempdir()  # TMPDIR, which the platform made for this child alone
    threading.Thread(target=stop_when_orphaned, daemon=True).start()
    try:
        serve()
    finally:
        shutil.rmtree(private, ignore_errors=True)


if __name__ == "__main__":
    main()
