"""A paper that asks for a derivation: its cells, its pages, and what comes back in each way it may be written."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import NotReadable
from autograder.key import keys_of
from autograder.model import Question, Response
from autograder.outline.paper import outline
from autograder.render import render
from autograder.submission import read_submission
from autograder.variant import show
from tests.coded import coded_paper

from .test_notebook import run_check

MODEL = r"""= 1 - \frac{k n}{S}
= \frac{p}{S}"""
ASK = Question.model_validate(
    {
        "id": "ring",
        "title": "A ring",
        "topic": "sums",
        "params": {"k": {"pick": [2, 3]}},
        "text": "There are $k = [= k =]$ rounds.",
        "parts": [
            {
                "id": "a",
                "text": "Derive the share.",
                "input": "derivation",
                "points": 3,
                "symbols": {"n": {"integer": True, "ge": 3}, "p": {"positive": True}},
                "givens": ["S = k*n + p"],
                "left": "q",
                "start": "(S - k*n)/S",
                "answer": "p/(k*n + p)",
                "only": ["n", "p"],
                "model": MODEL.replace("k n", "[= k =] n"),
            },
            {"id": "b", "text": "And why?", "input": "text", "points": 1},
        ],
    },
    strict=False,
)
STEPS = ["(S - 2*n)/S", "= p/S", "= p/(2*n + p)"]


def cells(folder: Path, k: int = 2, staff: bool = False) -> list[dict[str, Any]]:
    shown, keys = show(ASK, {"k": k}), keys_of(ASK, {"k": k}, solutions=True)
    [path] = render(coded_paper(shown), "notebook", folder, keys if staff else None)
    found: list[dict[str, Any]] = json.loads(path.read_text())["cells"]
    return found


def source(folder: Path, cell: str, k: int = 2, staff: bool = False) -> str:
    [found] = [each for each in cells(folder, k, staff) if each["id"] == cell]
    return "".join(found["source"])


def test_the_answer_cell_shows_names_and_the_form_and_is_blank(tmp_path: Path) -> None:
    text = source(tmp_path, "ring-a-answer")
    assert text.startswith("# Names: n, p, S\n# A step a line")
    [answer] = ast.parse(text).body
    assert isinstance(answer, ast.Assign)
    assert ast.literal_eval(answer.value).strip() == ""


def test_the_check_cell_is_the_same_in_every_variant_and_defines_nothing(tmp_path: Path) -> None:
    first, second = (source(tmp_path / str(k), "ring-a", k) for k in (2, 3))
    assert first == second
    assert "k*n" not in first
    shown = run_check(first, ring_a="q = p/S\n= p/(2n + p)")
    assert shown.splitlines() == [" 1 reads as = p/S", " 2 reads as = p/(2*n + p)"]
    with pytest.raises(NotReadable, match="blank"):
        run_check(first, ring_a=" \n ")


def test_staff_find_a_whole_derivation(tmp_path: Path) -> None:
    text = source(tmp_path, "ring-a-answer", 3, staff=True)
    answer = [each for each in ast.parse(text).body if isinstance(each, ast.Assign)][-1]
    assert ast.literal_eval(answer.value).strip() == MODEL.replace("k n", "3 n")
    assert "frac" not in "".join("".join(each["source"]) for each in cells(tmp_path / "student", 3))


def back(folder: Path, change: dict[str, Any], added: list[str] | None = None) -> Response:
    """Return the response in a notebook whose answer cell was changed, with Markdown cells added below it."""
    returned = []
    for cell in cells(folder):
        own = cell["id"] == "ring-a-answer"
        returned.append(cell | change if own else cell)
        for place, text in enumerate(added or [] if own else []):
            returned.append({"cell_type": "markdown", "id": f"own{place}", "metadata": {}, "source": text})
    path = folder / "returned.ipynb"
    metadata = {"tenfold": {"exam": "coded", "code": "X"}}
    path.write_text(json.dumps({"cells": returned, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))
    paper = coded_paper(show(ASK, {"k": 2}))
    return read_submission(path, {paper.code: paper}, "ada").responses[0]


TEXT = "\n".join(STEPS)


@pytest.mark.parametrize(
    ("change", "added", "value"),
    [
        ({"source": f'ring_a = r"""\n{TEXT}\n"""'}, [], f"\n{TEXT}\n"),
        ({"source": f"ring_a = {STEPS!r}"}, [], STEPS),
        ({"source": f"ring_a = {tuple(STEPS)!r}"}, [], STEPS),
        ({"source": f"lines = {STEPS!r}\nring_a = lines"}, [], STEPS),
        ({"source": TEXT}, [], TEXT),
        ({}, [TEXT], TEXT),
        ({}, ["Why:", TEXT], f"Why:\n\n{TEXT}"),
        ({"source": f'ring_a = r"""\n{TEXT}\n"""'}, ["p = 3"], f"\n{TEXT}\n"),
        ({"source": TEXT, "cell_type": "markdown"}, [], TEXT),
    ],
)
def test_it_is_read_however_it_is_written(
    tmp_path: Path, change: dict[str, Any], added: list[str], value: object
) -> None:
    response = back(tmp_path, change, added)
    assert (response.state, response.value) == ("given", value)


@pytest.mark.parametrize(
    ("change", "state"),
    [({}, "blank"), ({"source": "ring_a = None"}, "blank"), ({"source": "ring_a = steps()"}, "run")],
)
def test_what_is_not_there(tmp_path: Path, change: dict[str, Any], state: str) -> None:
    assert back(tmp_path, change).state == state


@pytest.mark.parametrize(("said", "value"), [(STEPS, STEPS), (TEXT, TEXT)])
def test_an_answers_file_holds_a_text_or_a_list(tmp_path: Path, said: object, value: object) -> None:
    paper = coded_paper(show(ASK, {"k": 2}))
    path = tmp_path / "answers.yaml"
    path.write_text(json.dumps({"paper": paper.code, "answers": {"ring-a": said}}))
    response = read_submission(path, {paper.code: paper}, "ada").responses[0]
    assert (response.state, response.value) == ("given", value)


def test_a_printed_paper_has_lines_and_names() -> None:
    part = outline(coded_paper(show(ASK, {"k": 2})), None, "paper").parts()[0]
    assert part.symbols == "$n$, $p$, $S$"
    assert part.room == 9


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_the_pages_can_be_made(tmp_path: Path, form: str) -> None:
    [path] = render(coded_paper(show(ASK, {"k": 2})), form, tmp_path, None)
    assert path.stat().st_size > 2_000
