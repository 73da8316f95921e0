"""`kill -9` of the whole platform in mid-send, and a new one on what it left.

The SES of this machine dies too: reports it had not given are gone, so what is unknown stays unknown here.
"""

import logging
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from local.faultlab.run import Lab, Result, lab
from local.ministack import ROOT
from local.platform import Platform

SEND = "send0001"
AT_LEAST = 10  # mails out when the blow falls
PATIENCE_S = 90.0


def killed(count: int = 60) -> Result:
    """Kill it after `AT_LEAST` of `count` mails. The result counts both lives of the send."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _struck(folder, count)
        logging.disable(logging.CRITICAL)
        with Platform(folder, schedules=False, delivery_delay_s=0.0, retry_s=0.05) as platform:
            # What the dead one had in hand would come back after minutes of real time. So it never does, which is harder.
            for queue in ("plan", "deliver", "feedback"):
                platform.aws.sqs.purge_queue(QueueUrl=platform.resources.queue_urls[queue])
            with lab(platform, count) as running:
                return _judged(running)


def _struck(folder: Path, count: int) -> None:
    victim = subprocess.Popen(
        [sys.executable, "-m", "local.faultlab.victim", str(folder), str(count)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + PATIENCE_S
    try:
        while len(list((folder / "outbox").glob("*.json"))) < AT_LEAST:
            if victim.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the platform to be killed did not get to its send")
            time.sleep(0.01)
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()


def _judged(running: Lab) -> Result:
    running.platform.clock.advance(200)
    result = running.recover(SEND)
    excused = [w for w in result.wrong if "unknown" in w]
    # At most four visits with eight threads each were at work.
    return replace(result, wrong=tuple(w for w in result.wrong if w not in excused or result.unknown_after > 32))
