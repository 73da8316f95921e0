"""The benchmark of memory and CPU mails everybody it plans, over TLS, and keeps a peak for each size of send."""

import json
import subprocess
import sys


def test_a_visit_is_measured_for_each_number_of_recipients() -> None:
    # In a process of its own: there is one platform per process, and other tests keep theirs.
    run = "import json; from benchmarks import visits; print(json.dumps(visits.run((40, 520))))"
    found = json.loads(
        subprocess.run([sys.executable, "-c", run], check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    )
    assert set(found["peak_mb"]) == {"40", "520"}
    assert all(0.1 < peak < 50 for peak in found["peak_mb"].values())
    assert found["cpu_ms_per_mail"] > 0
