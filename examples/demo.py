"""The demonstration behind `make demo`: a class of 24 sits the practice exam, and is marked and posted.

It is a week of real life: damaged files among those handed in, prose marked by an assistant in a table, and parts that
turn out to be unfair and are mended. `answering.py` beside it has the class.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from autograder import store
from autograder.allocation import Allocation, Row
from autograder.course import Course
from autograder.model import Paper
from autograder.pipeline import keys_of_paper, open_exam
from examples.answering import DAMAGE, answered, value

EXAM = "practice_exam"
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run the whole line in the repository's own sample course."""
    started = time.perf_counter()
    course = Course(ROOT)
    shutil.rmtree(course.work(EXAM), ignore_errors=True)
    tenfold("set", EXAM)
    tenfold("render", EXAM)
    print("\nThe class hands in …", flush=True)
    hand_in(course)
    tenfold("mark", EXAM)
    print("\nAn assistant marks the prose in a table without names …", flush=True)
    table = course.work(EXAM) / "rubric.csv"
    tenfold("rubric", EXAM, "--out", shown(table))
    mark_prose(table)
    tenfold("rubric", EXAM, "--in", shown(table))
    tenfold("run", EXAM)
    print("\nTwo parts turn out to be unfair: one gets a further answer, the other is left out …", flush=True)
    bank = shown(amended(course))
    tenfold("mark", EXAM, "--bank", bank)
    tenfold("post", EXAM, "--bank", bank)
    tenfold("feedback", EXAM, "--bank", bank)
    tenfold("stats", EXAM, "--bank", bank)
    print(f"""
Where to look
  work/{EXAM}/handout/    what each candidate was given
  submitted/                     what they handed in
  work/{EXAM}/rubric.csv  the prose, as the assistant marked it
  work/{EXAM}/marks/      every mark with its reason and feedback
  work/{EXAM}/marks.csv   the class as a table
  work/{EXAM}/feedback/   a page for everybody, to open in a browser
  work/{EXAM}/stats.html  how hard and telling each part was
  gradebook.db                   nbgrader's gradebook, with the same marks
  tenfold show ada               a paper with its key
Done in {time.perf_counter() - started:.0f} s.""")


def tenfold(*arguments: str) -> None:
    """Run one command as a user would, and stop where it fails; 1 only says that staff should look at something."""
    print(f"\n$ tenfold {' '.join(arguments)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "autograder.cli", *arguments], cwd=ROOT, check=False)
    if done.returncode > 1:
        sys.exit(done.returncode)


def shown(path: Path) -> str:
    """Return a path as a user in the course's folder would type it."""
    return str(path.relative_to(ROOT))


def hand_in(course: Course) -> None:
    """Write an answered notebook, or an answers file, for every candidate."""
    opened = open_exam(course, EXAM)
    allocation = opened.allocation
    for place, row in enumerate(allocation.rows):
        folder = ROOT / "submitted" / row.candidate / EXAM
        shutil.rmtree(folder, ignore_errors=True)
        paper = store.read_record(course.paper(EXAM, row.code), Paper)
        keys = keys_of_paper(opened, paper)
        answers = dict(answered(place, keys))
        if place == 21:
            said = {key.ref: value(key) for key in keys if key.input == "number"}
            content = {"paper": row.code, "answers": said}  # JSON is YAML
            store.write_bytes(folder / "answers.yaml", json.dumps(content, indent=1).encode())
            continue
        notebook = json.loads(handout(course, other_paper(place, row, allocation)).read_bytes())
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name in answers:
                cell["source"] = answers[name]
        content = json.dumps(notebook, indent=1).encode()
        store.write_bytes(folder / f"{EXAM}.ipynb", DAMAGE[place](content) if place in DAMAGE else content)


def handout(course: Course, code: str) -> Path:
    """Return the notebook that was handed out with a paper code."""
    return course.handout(EXAM, code) / f"{EXAM}.ipynb"


def other_paper(place: int, row: Row, allocation: Allocation) -> str:
    """Return whose paper a candidate answers on: their own, but for one who took a neighbour's."""
    return allocation.rows[place - 1].code if place == 20 else row.code


def mark_prose(table: Path) -> None:
    """Give every other marking point, in the table that an assistant would fill in."""
    with table.open(encoding="utf-8", newline="") as file:
        first, *rows = list(csv.reader(file))
    points = [column for column, name in enumerate(first) if name.startswith("points_")]
    for row in rows:
        asked = [column for column in points if row[column - 1]]
        for number, column in enumerate(asked):
            worth = row[column - 1].removeprefix("(").partition(")")[0]
            row[column] = worth if number % 2 == len(row[2]) % 2 else "0"
        row[first.index("comment")] = "Say when the optimizer steps." if len(row[2]) % 3 == 0 else ""
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([first, *rows])


def amended(course: Course) -> Path:
    """Return a copy of the question bank whose exam accepts one more answer, and leaves a part out."""
    bank = course.work(EXAM) / "bank"
    shutil.copytree(ROOT / "question_bank", bank)
    exam = bank / "exams" / f"{EXAM}.yaml"
    exam.write_text(
        exam.read_text(encoding="utf-8")
        + """\
amendments:
  - part: checkpointing-companion
    do: accept
    answer: segments + k - 1
    reason: The input of the first segment may be the network's own.
  - part: bf16_update-companion
    do: void
    reason: It was not taught this year.
""",
        encoding="utf-8",
    )
    return bank


if __name__ == "__main__":
    main()
