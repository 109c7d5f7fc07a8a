"""What stock nbgrader needs for the same exam: a course without our configuration, timed from outside.

Its check cells hold hidden tests against the key, as nbgrader's manual teaches; every submission answers every part.
"""

from __future__ import annotations

import json
import resource
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.model import Key, Paper
from autograder.render import render, run_nbgrader

CONFIG = """from pathlib import Path
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.ClearSolutions.code_stub = {"python": ""}
"""

CHECK = """import math
### BEGIN HIDDEN TESTS
value = float({variable})
assert value > 0 and abs(math.log10(value / {answer})) <= 0.3
### END HIDDEN TESTS
"""


@dataclass(frozen=True)
class Timing:
    """What `nbgrader autograde` took for one submission.

    Attributes:
        cpu_ms: CPU time of nbgrader and its kernels, in milliseconds.
        wall_ms: time on the clock, in milliseconds.
        score: what each submission earned, to show that they were graded.
    """

    cpu_ms: float
    wall_ms: float
    score: float


def time_stock_nbgrader(
    paper: Paper, keys: Sequence[Key], submissions: int = 5, checks: Mapping[str, str] | None = None
) -> Timing:
    """Grade copies of one right submission with stock nbgrader, in a temporary course.

    Args:
        paper: the exam.
        keys: of this paper; parts without an answer and a check are marked as right.
        submissions: how many copies.
        checks: by ref, the hidden tests of parts that ask for code; every copy answers with the reference.
    """
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder).resolve()
        (course / "nbgrader_config.py").write_text(CONFIG)
        answers = {key.ref: float(key.answer) for key in keys if key.answer is not None}
        [source] = render(paper, "notebook", course / "source" / paper.exam, tuple(keys))
        tests = {ref: CHECK.format(variable=_variable(ref), answer=answer) for ref, answer in answers.items()}
        _rewrite(source, tests | dict(checks or {}))
        run_nbgrader(course, "generate_assignment", paper.exam, "--force")
        said = {f"{ref}_answer": f"{_variable(ref)} = {answer}" for ref, answer in answers.items()}
        said |= {
            f"{key.ref}_answer": key.code.reference
            for key in keys
            if key.code is not None and key.ref in (checks or {})
        }
        for number in range(submissions):
            returned = course / "submitted" / f"candidate{number}" / paper.exam / source.name
            returned.parent.mkdir(parents=True)
            shutil.copy(course / "release" / paper.exam / source.name, returned)
            _rewrite(returned, said)
        start, before = time.perf_counter(), _cpu_of_children()
        run_nbgrader(course, "autograde", paper.exam)
        wall, cpu = time.perf_counter() - start, _cpu_of_children() - before
        run_nbgrader(course, "export", "--to", "grades.csv")
        header, first, *_ = (line.split(",") for line in (course / "grades.csv").read_text().splitlines())
        score = float(first[header.index("score")])
    return Timing(cpu_ms=1e3 * cpu / submissions, wall_ms=1e3 * wall / submissions, score=score)


def _rewrite(notebook: Path, sources: dict[str, str]) -> None:
    content = json.loads(notebook.read_text())
    for cell in content["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell["source"] = sources[name]
    notebook.write_text(json.dumps(content))


def _variable(ref: str) -> str:
    return ref.replace("-", "_")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
