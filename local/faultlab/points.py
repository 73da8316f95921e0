"""Where faults go in: the calls of a run without faults, each before its effect, with its answer lost, and as its Lambda's end."""

from collections.abc import Iterable
from dataclasses import dataclass

from local.faultlab.run import Lab, Result
from local.faultlab.wire import Call, Choose, Fault

KINDS = (Fault.BEFORE, Fault.LOST, Fault.KILLED)


@dataclass(frozen=True)
class Point:
    call: Call
    fault: Fault
    everyone: bool = False

    @property
    def choose(self) -> Choose:
        return lambda call: self.fault if call == self.call else None


def points(lab: Lab) -> list[Point]:
    """Every call of a reference run, thrice; and the scan for everyone, which that run has not."""
    result = lab.run(everyone=True)
    scans = _calls(result.calls, "Scan supporters")
    calls = _calls(lab.run().calls)
    return [Point(call, kind) for call in calls for kind in KINDS] + [Point(call, kind, True) for call in scans for kind in KINDS]


def _calls(counted: Iterable[tuple[tuple[str, str], int]], only: str = "") -> list[Call]:
    return [Call(function, what, n) for (function, what), times in sorted(counted) if only in ("", what) for n in range(times)]


def inject(lab: Lab, point: Point) -> Result:
    return lab.run(point.choose, everyone=point.everyone)
