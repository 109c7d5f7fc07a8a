"""How long `tenfold --help` takes, as a whole process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.result import Result

RUNS = 11


def measure() -> list[Result]:
    command = [str(Path(sys.executable).parent / "tenfold"), "--help"]
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    median = statistics.median(times)
    return [Result("help", median, "s", RUNS, "<= 0.15", median <= 0.15)]
