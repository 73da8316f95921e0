"""Runs the emulator as a child that cannot outlive the platform; executed by the emulator's own Python, standard library only.

Standard input is a pipe whose other end only the platform holds: its end means that the platform is gone, however it went
(also after SIGKILL). Then the emulator gets the SIGTERM on which it writes its state. PR_SET_PDEATHSIG would not do: it
follows the thread that started the child, not the process.
"""

import os
import runpy
import shutil
import signal
import sys
import tempfile
import threading


def stop_when_orphaned() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    private = tempfile.gettempdir()  # TMPDIR, which the platform made for this child alone
    threading.Thread(target=stop_when_orphaned, daemon=True).start()
    sys.argv = ["ministack"]
    try:
        runpy.run_module("ministack", run_name="__main__")
    finally:
        shutil.rmtree(private, ignore_errors=True)


if __name__ == "__main__":
    main()
