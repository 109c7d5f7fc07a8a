"""The demonstration behind `make demo`: a class of 24 sits the practice exam, and is marked and posted.

Every sort of answer is in the class: right ones, conventions, every slip, other units, wrong units, powers of ten,
blanks, garble, answers that only running would give, somebody else's paper, and an answers file in place of a notebook.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from autograder import store
from autograder.allocation import Allocation, Row
from autograder.choosing.answers import as_typed
from autograder.coding.listing import filled
from autograder.course import Course
from autograder.model import Key, Option, Paper
from autograder.pipeline import keys_of_paper, open_exam

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
    tenfold("run", EXAM)
    tenfold("feedback", EXAM)
    tenfold("stats", EXAM)
    print(f"""
Where to look
  work/{EXAM}/handout/     what each candidate was given
  submitted/               what they handed in
  work/{EXAM}/marks/       every mark with its reason and feedback
  work/{EXAM}/marks.csv    the class as a table
  work/{EXAM}/feedback/    a page for everybody, to open in a browser
  work/{EXAM}/stats.html   how hard and telling each part was
  gradebook.db             nbgrader's gradebook, with the same marks
  tenfold show ada         a paper with its key
Done in {time.perf_counter() - started:.0f} s.""")


def tenfold(*arguments: str) -> None:
    """Run one command as a user would, and stop where it fails; 1 only says that staff should look at something."""
    print(f"\n$ tenfold {' '.join(arguments)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "autograder.cli", *arguments], cwd=ROOT, check=False)
    if done.returncode > 1:
        sys.exit(done.returncode)


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
        store.write_bytes(folder / f"{EXAM}.ipynb", json.dumps(notebook, indent=1).encode())


def handout(course: Course, code: str) -> Path:
    """Return the notebook that was handed out with a paper code."""
    return course.handout(EXAM, code) / f"{EXAM}.ipynb"


def other_paper(place: int, row: Row, allocation: Allocation) -> str:
    """Return whose paper a candidate answers on: their own, but for one who took a neighbour's."""
    return allocation.rows[place - 1].code if place == 20 else row.code


def answered(place: int, keys: tuple[Key, ...]) -> Iterator[tuple[str, str]]:
    """Yield a candidate's answer cells: the cell's name and its source.

    The first is right throughout, the second hands in nothing; among the others every part gets every sort of answer.
    """
    for number, key in enumerate(keys):
        if place == 1:
            continue
        turn = 0 if place == 0 else place + 5 * number
        if key.input == "code":
            yield from in_code(key, turn)
            continue
        if key.choice is not None:
            yield f"{key.ref}_answer", f"{key.ref.replace('-', '_')} = {in_letters(key, turn)}"
            continue
        said = [right(key), *(repr(float(claim.value)) for claim in key.claims)]
        said += [sort(key) for sort in (in_words, wrong_unit, power_of_ten, blank, garbled, loop, near)]
        yield f"{key.ref}_answer", f"{key.ref.replace('-', '_')} = {said[turn % len(said)]}"


def in_letters(key: Key, turn: int) -> str:
    """Answer with letters: all that are right, one of them, one that is not, one that is not printed, or in words."""
    assert key.choice is not None
    options = [option.letter for option in key.choice.options]
    wrong = [letter for letter in options if letter not in key.choice.expected]
    sorts = [as_typed(key), as_typed(key, options), as_typed(key, (wrong or options)[:1]), '"the one above"', "..."]
    return [*sorts, as_typed(key), '"Z"'][turn % 7]


FILLS = (
    {"1": "loss = loss / accumulation_steps\nloss.backward()", "2": "optimizer.step()\noptimizer.zero_grad()"},
    {"1": "loss.backward()", "2": "optimizer.step()\noptimizer.zero_grad()"},
    {"1": "(loss / accumulation_steps).backward()", "2": "optimizer.step()"},
    {"1": "loss.backward(", "2": "optimizer.step()"},
    {"1": "while True:\n    pass", "2": "optimizer.step()"},
    {"1": "import os\nos.environ.clear()\nos.kill(1, 9)\nos._exit(0)", "2": "optimizer.step()"},
    {"1": "torch.allclose = lambda *a, **k: True\nloss = type('T', (), {'__eq__': lambda *a: True})()", "2": "pass"},
    {"1": "open('/etc/passwd', 'a').write('x')\nloss.backward()", "2": "optimizer.step()\noptimizer.zero_grad()"},
)
"""Ways to fill in the loop: right, not divided, never cleared, not Python, without end, and hostile ones."""


def in_code(key: Key, turn: int) -> Iterator[tuple[str, str]]:
    """Yield the cells of a part that asks for code."""
    assert key.code is not None
    if key.grader == "fill":
        yield f"{key.ref}_answer", filled(key.code.listing, FILLS[turn % len(FILLS)])
        return
    on = [option for option in key.code.options if option.on]
    never = [option for option in key.code.options if not option.on and not option.neutral]
    lines = [line_of(option) for option in (*on, *never)]
    claims = list(zip(lines, (option.letter for option in (*on, *never)), strict=True))
    chosen = [claims[: len(on)], claims[:1], claims[:1] + claims[-1:], claims[-2:], claims[: len(on)]][turn % 5]
    yield f"{key.ref}_answer", f"{key.ref.replace('-', '_')} = {chosen!r}"
    if turn % 5 == 0:
        yield f"{key.ref}_repair", key.code.reference


def line_of(option: Option) -> int:
    """Return a line at which a claim counts."""
    return option.lines[0] if option.lines else 1


def value(key: Key) -> str:
    """Return the key as a candidate would type it."""
    assert key.answer is not None
    return str(key.answer) if isinstance(key.answer, int) else repr(float(key.answer))


def right(key: Key) -> str:
    """Answer rightly, as Python."""
    return f"{value(key)}  # {key.unit or 'no unit'}"


def in_words(key: Key) -> str:
    """Answer rightly, as text with its unit."""
    unit = "" if key.unit in (None, "count") else f" {key.unit}"
    return f'"≈ {value(key)}{unit}"'


def wrong_unit(key: Key) -> str:
    """Answer in a unit that measures something else."""
    return f'"{value(key)} {"hours" if key.unit != "h" else "GB"}"'


def power_of_ten(key: Key) -> str:
    """Miss by a factor of a hundred."""
    return f"100 * {value(key)}"


def near(key: Key) -> str:
    """Miss a little."""
    return f"1.03 * {value(key)}"


def blank(key: Key) -> str:
    """Leave the cell as it was handed out."""
    return "..."


def garbled(key: Key) -> str:
    """Write something that is no number."""
    return '"see the attached sheet"'


def loop(key: Key) -> str:
    """Compute the answer in a way that only running tells."""
    return f"sum(x for x in [{value(key)}])"


if __name__ == "__main__":
    main()
