"""Where the benchmarks keep what they saw: build/bench.json, one key per benchmark, so that each can run alone."""

import json
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

OUT = Path("build/bench.json")


def keep(name: str, figures: Mapping[str, Any], out: Path = OUT) -> None:
    """Write one benchmark's figures beside those of the others."""
    out.parent.mkdir(parents=True, exist_ok=True)
    known = read(out)
    known[name] = {"python": platform.python_version(), "machine": platform.machine(), **figures}
    out.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def read(out: Path = OUT) -> dict[str, Any]:
    if not out.exists():
        return {}
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found if all(isinstance(value, dict) for value in found.values()) else {}  # written before there were keys


def ratio(slow: Sequence[float], fast: Sequence[float], target: float | None) -> dict[str, float | None]:
    """How many times `fast` goes into `slow`, round by round."""
    ratios = [s / f for s, f in zip(slow, fast, strict=True)]
    return {
        "median": round(statistics.median(ratios), 1),
        "least": round(min(ratios), 1),
        "most": round(max(ratios), 1),
        "target": target,
    }


def print_ratios(ratios: Mapping[str, Mapping[str, float | None]]) -> None:
    print("\nhow many times faster                                          median   least ..  most   target")
    for name, found in ratios.items():
        print(f"  {name:60} {found['median']:7.1f} {found['least']:7.1f} .. {found['most']:5.1f}   {found['target'] or '-':>6}")
