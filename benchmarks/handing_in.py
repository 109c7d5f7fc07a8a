"""Write answered notebooks for a class: right answers, slips and misses in turn; code only where it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from autograder import store
from autograder.choosing.answers import as_typed
from autograder.model import Key, Paper
from autograder.pipeline import Opened, keys_of_paper
from autograder.render import render

Coder = Callable[[Key, int], str]
"""Source for a part that asks for code, by its key and the candidate's number."""


def hand_in(opened: Opened, coders: Mapping[str, Coder] | None = None) -> None:
    """Answer every part of every candidate's paper in their own notebook.

    Args:
        opened: an exam that is set.
        coders: by ref, what candidates write; other parts that ask for code stay as they were handed out.
    """
    course, exam = opened.course, opened.name
    for place, row in enumerate(opened.allocation.rows):
        paper = store.read_record(course.paper(exam, row.code), Paper)
        keys = {key.ref: key for key in keys_of_paper(opened, paper)}
        [path] = render(paper, "notebook", course.root / "submitted" / row.candidate / exam)
        notebook = json.loads(path.read_bytes())
        for number, cell in enumerate(notebook["cells"]):
            ref = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("_answer")
            if ref not in keys or not cell["metadata"]["nbgrader"]["solution"]:
                continue
            if keys[ref].choice is not None:
                cell["source"] = f"{ref.replace('-', '_')} = {_letters(keys[ref], place + number)}"
            elif keys[ref].answer is not None:
                cell["source"] = f"{ref.replace('-', '_')} = {_answer(keys[ref], place + number)}"
            elif coders and ref in coders:
                cell["source"] = coders[ref](keys[ref], place)
        path.write_text(json.dumps(notebook))


def _letters(key: Key, turn: int) -> str:
    assert key.choice is not None
    letters = [option.letter for option in key.choice.options]
    last = letters[-1:] if key.input != "ordering" else letters
    return as_typed(key, last if turn % 4 == 1 else None)


def _answer(key: Key, turn: int) -> str:
    assert key.answer is not None
    value = repr(float(key.answer))
    slips = [repr(float(claim.value)) for claim in key.claims]
    unit = key.unit if key.unit not in (None, "count") else ""
    return [
        value,
        f'"≈ {value} {unit}"',
        f"{value} / 2 * 2",
        f"{value} * 1.07",
        slips[turn % len(slips)] if slips else value,
    ][turn % 5]
