"""`python -m local.faultlab.victim FOLDER COUNT`: a platform in the middle of a slow send, made to be killed."""

import sys
from pathlib import Path

from local.faultlab.run import lab
from local.faultlab.wire import Fault
from local.platform import Platform

if __name__ == "__main__":
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    with Platform(folder, schedules=False, delivery_delay_s=0.0) as platform, lab(platform, count) as running:
        running.run(lambda call: Fault.SLOW if call.what == "SendEmail" else None, hold=False)
