"""A paper that asks for a formula as a notebook: what the cells say, and what they keep to staff."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from autograder.algebra.compare import compare
from autograder.algebra.declare import declare
from autograder.algebra.read import read
from autograder.errors import NotReadable
from autograder.key import keys_of
from autograder.model import Key, Question, Variant
from autograder.render import render
from autograder.variant import show
from tests.coded import coded_paper

from .test_notebook import run_check

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
                "text": "How many parameters are sent?",
                "input": "formula",
                "points": 4,
                "symbols": {
                    "n": {"integer": True, "ge": 3},
                    "p": {"positive": True},
                    "beta": {"indexed": 1, "gt": 0, "lt": 1},
                    "x": {"vector": "n"},
                    "s_hat": {"latex": r"\hat s"},
                },
                "constraints": ["p % n == 0"],
                "left": "S",
                "givens": ["c = k*n"],
                "answer": "k*(n - 1)*p/n",
                "slips": [{"name": "a round forgotten", "answer": "(k - 1)*(n - 1)*p/n", "share": 0.5}],
            }
        ],
    },
    strict=False,
)


def variant(k: int) -> tuple[Variant, tuple[Key, ...]]:
    return show(ASK, {"k": k}), keys_of(ASK, {"k": k}, solutions=True)


def cells(folder: Path, k: int = 2, staff: bool = False) -> dict[str, str]:
    shown, keys = variant(k)
    [path] = render(coded_paper(shown), "notebook", folder, keys if staff else None)
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]}


def test_the_answer_cell_names_what_may_be_used(tmp_path: Path) -> None:
    source = cells(tmp_path)["ring-a-answer"]
    assert source.startswith("# Names: n, p, beta[i], x, s_hat, c\nring_a = ...  # a formula")
    ast.parse(source)


def test_the_check_cell_is_the_same_in_every_variant(tmp_path: Path) -> None:
    first, second = (cells(tmp_path / str(k), k)["ring-a"] for k in (2, 3))
    assert first == second
    assert "lt" not in first
    assert "% n" not in first


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (r"S = \frac{2(n-1)p}{n}", "2*(n - 1)*p/n"),
        ("c p", "c*p"),
        (r"\hat s \sum_i x_i", "s_hat*Sum(x[i], (i, 1, n))"),
    ],
)
def test_the_check_cell_shows_what_was_read(tmp_path: Path, value: str, shown: str) -> None:
    assert run_check(cells(tmp_path)["ring-a"], ring_a=value) == f"ring_a reads as {shown}\n"


@pytest.mark.parametrize("value", [None, ..., " ", "k*n", "(n", "x + 1", ["n"]])
def test_the_check_cell_complains_about_what_does_not_read(tmp_path: Path, value: object) -> None:
    with pytest.raises(NotReadable):
        run_check(cells(tmp_path)["ring-a"], ring_a=value)


def test_a_check_cell_never_passes_under_autograde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(RuntimeError, match="Marks come from `tenfold mark`"):
        run_check(cells(tmp_path)["ring-a"], ring_a="n")


@pytest.mark.parametrize("k", [2, 3])
def test_staff_find_the_key_with_the_drawn_numbers(tmp_path: Path, k: int) -> None:
    source = cells(tmp_path, k, staff=True)["ring-a-answer"]
    assert "a round forgotten" in source
    answer = ast.parse(source).body[-1]
    assert isinstance(answer, ast.Assign)
    declared = declare(ASK.parts[0].declared().model_dump(exclude={"only"}), known=["k"])
    typed = read(ast.literal_eval(answer.value), declared)
    assert compare(read(f"{k}*(n-1)*p/n", declared), typed, declared).kind == "proved"
    assert "(n - 1)" not in "".join(cells(tmp_path / "student", k).values()), "candidates find nothing of it"
