"""Run the benchmarks, `make bench [ONLY=name]`, and write benchmarks/latest.json."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.cli import collect_seldom
from benchmarks.result import Result

NAMES = (
    "help",
    "render_notebook",
    "mark_exam",
    "feedback",
    "math",
    "html",
    "pdf",
    "papers_500",
    "run_1000",
    "memory_growth",
    "sandbox_child",
    "child_overhead",
    "torch_assignment",
    "memory_code",
    "formula_read",
    "formula_decision",
    "formula_accuracy",
    "formula_proved",
    "derivation_mark",
)


def main(only: list[str]) -> int:
    """Run the benchmarks named, or all; return 1 when a figure is not reached."""
    collect_seldom()  # as every command does
    results: list[Result] = []
    for name in NAMES:
        if not only or name in only:
            print(f"{name} …", file=sys.stderr, flush=True)
            results += importlib.import_module(f"benchmarks.{name}").measure()
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
    path = Path(__file__).parent / "latest.json"
    content = {"machine": machine, "results": [result.as_data() for result in results]}
    path.write_text(json.dumps(content, indent=1) + "\n")
    table = Table("figure", "value", "unit", "wanted", "peer", "peer's value", "ratio", "n", "")
    for each in results:
        peer_value = "" if each.peer_value is None else f"{each.peer_value:.4g}"
        ratio = "" if each.ratio is None else f"{each.ratio:.4g}"
        reached = "✓" if each.reached else "✗"
        table.add_row(
            each.name,
            f"{each.value:.4g}",
            each.unit,
            each.want,
            each.peer or "",
            peer_value,
            ratio,
            str(each.n),
            reached,
        )
    Console().print(table)
    return 0 if all(result.reached for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
