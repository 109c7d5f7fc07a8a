"""Answers that only running gives: had from the notebook's own cells in the jail, or left to a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.computed import computing_job, with_computed
from autograder.model import Mark, MarkSheet, Observation, Response, Run, Submission
from autograder.pipeline import mark_exam, runs_of
from autograder.runs import Runs
from autograder.sandbox.computing import MAX_ITEMS, plain
from tests.conftest import TinyCourse

VALUES: list[tuple[Any, Any]] = [
    # a value in the jail, what it is as a response
    (3, 3),
    (-(10**300), -(10**300)),
    (0.1, 0.1),
    (float("inf"), float("inf")),
    (Fraction(1, 3), Fraction(1, 3)),
    ("58 GB", "58 GB"),
    (True, "True"),
    ([1, 2.5, "a"], "[1, 2.5, 'a']"),
    ((1, [2]), "[1, [2]]"),
    (np.int64(7), 7),
    (np.float32(0.5), 0.5),
    (np.array([[4.0]]), 4.0),
    (np.arange(3), "[0, 1, 2]"),
    (torch.tensor(2), 2),
    (torch.tensor([2.5]), 2.5),
    (torch.ones(2, requires_grad=True), "[1.0, 1.0]"),
]


@pytest.mark.parametrize(("value", "said"), VALUES, ids=[repr(row[0])[:30] for row in VALUES])
def test_a_value_is_taken_as_if_it_had_been_written(value: Any, said: Any) -> None:
    response = response_to({"value": plain(value, [0])})
    assert (response.state, response.value) == ("given", said)
    assert type(response.value) is type(said)


@pytest.mark.parametrize(
    "value",
    [object(), {1: 1j}, 1j, b"x", {1}, lambda: 0, 10**1000, [0] * MAX_ITEMS, torch.ones(40, 40), torch.nn.Linear(1, 1),
     [[object()]], torch.ones(2, dtype=torch.complex64), torch],
)  # fmt: skip
def test_what_is_no_plain_value_is_left_to_a_person(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        plain(value, [0])


@pytest.mark.parametrize(
    "report",
    [
        None, 7, [], {}, {"value": 3}, {"value": {}}, {"value": {"number": 3}}, {"value": {"number": "1" * 2000}},
        {"value": {"number": "x"}}, {"value": {"number": "1/0"}}, {"value": {"number": "1_0"}}, {"value": {"list": 3}},
        {"value": {"constant": "None"}}, {"value": {"constant": "exit"}}, {"value": {"text": None}},
        {"value": {"number": "1", "text": "2"}}, {"value": {"pairs": [[{"text": "a"}, {"number": "1"}]]}},
        {"value": {"pairs": [3]}}, {"value": {"pairs": [[{"list": []}, {"number": "1"}]]}},
        {"failed": 3}, {"value": {"list": [{"list": [{"other": "x"}]}]}},
    ],
)  # fmt: skip
def test_nothing_that_comes_out_of_the_jail_is_believed(report: Any) -> None:
    response = response_to(report)
    if report == {"value": {"number": "1_0"}}:
        assert response.value == 10.0
    else:
        assert response.state == "run"
        assert response.hint


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9), lambda inner: (
    st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["number", "list", "text", "constant", "pairs", "x"]), inner)
)))  # fmt: skip
def test_no_report_raises(value: Any) -> None:
    assert response_to({"value": value}).state in ("given", "blank", "run")


def response_to(report: Any) -> Response:
    report = report | {"ref": "q-a"} if isinstance(report, dict) else report
    asked = Response(ref="q-a", state="run", source="q_a = f()", cell=0)
    submission = Submission(
        exam="e",
        candidate="c",
        code="X",
        found="X",
        file="e.ipynb",
        digest="",
        responses=(asked,),
        cells=("q_a = f()",),
    )
    run = Run.model_construct(key="", status="ok", reports=(report,), why="")
    seen = Observation.model_construct(ref="q-a", runs=(run,), reference=())
    made, had = with_computed(submission, {"q-a": seen}, {})
    [response] = made.responses
    assert had == ({"q-a"} if response.state != "run" else set())
    Submission.model_validate_json(made.model_dump_json())
    return response


def hand_in(tiny: TinyCourse, cells: list[str], name: str = "ada") -> None:
    """Put code cells in front of the paper's own, which stay as they were handed out but for their dots."""
    path = tiny.hand_in(name, {"adder-sum": "", "adder-ratio": "", "small-a": ""})
    content = json.loads(path.read_text())
    extra = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None} for text in cells
    ]
    content["cells"] = content["cells"][:1] + extra + content["cells"][1:]
    path.write_text(json.dumps(content))


@pytest.fixture
def sit(tiny: TinyCourse) -> Callable[..., MarkSheet]:
    """Mark a notebook of these cells; {a}, {b} and {n} stand for the numbers of the paper."""
    tiny.set("ada")
    adder, small = (variant.values for variant in tiny.papers()["ada"].variants())
    values = {"{a}": adder["a"], "{b}": adder["b"], "{n}": small["n"]}

    def mark(*cells: str, runs: Runs | None = None) -> MarkSheet:
        texts = list(cells)
        for name, value in values.items():
            texts = [text.replace(name, str(value)) for text in texts]
        hand_in(tiny, texts)
        [result] = mark_exam(tiny.open(), runs)
        assert result.sheet is not None
        return result.sheet

    return mark


def by_ref(sheet: MarkSheet) -> dict[str, Mark]:
    return {mark.ref: mark for mark in sheet.marks}


SUM = "adder_sum = sum(x for x in [{a}, {b}])"


@pytest.mark.slow
def test_one_run_serves_all_answers_of_a_notebook(sit: Callable[..., MarkSheet], tiny: TinyCourse) -> None:
    cells = [
        "import torch\nimport numpy as np\n%matplotlib inline",
        "total = 0\nfor x in [{a}, {b}]:\n    total += x\nadder_sum = torch.tensor(total)",
        "raise RuntimeError('a cell of its own')",
        "adder_ratio = float(np.array([{b}]).mean() / {a})",
        "class Square:\n    def of(self, n): return n*n\nsmall_a = Square().of({n})\ndisplay(small_a)",
        "adder_sum_later = 3",
    ]
    with runs_of(tiny.open()) as runs:
        sheet = sit(*cells, runs=runs)
        assert (runs.made, runs.reused) == (1, 0)
        assert sheet.score == 5, sheet
        for mark in sheet.marks:
            assert mark.detail["computed"] is True
            assert mark.feedback.startswith("Your answer was had by running the notebook")
        assert sit(*cells, runs=runs).score == 5
        assert (runs.made, runs.reused) == (1, 1)


@pytest.mark.slow
def test_what_running_does_not_give_waits_for_a_person(sit: Callable[..., MarkSheet]) -> None:
    marks = by_ref(
        sit(
            SUM,
            "adder_ratio = torch_is_not_imported({b})",
            "import os\nif True:\n    small_a = {n}**2\nos._exit(0)",
        )
    )
    assert (marks["adder-sum"].score, marks["adder-sum"].state) == (2, "graded"), "told before the end"
    assert (marks["adder-ratio"].state, marks["small-a"].state) == ("manual", "manual")
    assert "NameError" in marks["adder-ratio"].feedback
    assert "ended itself" in marks["small-a"].feedback


@pytest.mark.slow
def test_a_later_cell_changes_no_answer_and_a_loop_costs_only_what_follows(sit: Callable[..., MarkSheet]) -> None:
    marks = by_ref(
        sit(SUM, "box = {{'x': 1}}\nglobals()['adder_sum'] = 7", "while True: pass", "small_a = max([{n}**2], key=abs)")
    )
    assert marks["adder-sum"].score == 2
    assert marks["small-a"].state == "manual"
    assert "processor time" in marks["small-a"].feedback


def test_nothing_is_run_where_everything_is_written(tiny: TinyCourse, tmp_path: Path) -> None:
    class Never(Runs):
        def of(self, jobs: Any) -> Any:
            raise AssertionError("nothing is to be run")

    tiny.set("ada")
    tiny.hand_in("ada", {"adder-sum": "adder_sum = 3", "adder-ratio": "x = 2\nadder_ratio = x / 3"})
    [result] = mark_exam(tiny.open(), Never(tmp_path))
    assert result.sheet is not None
    saved = json.loads(tiny.course.submission("tiny", "ada").read_text())
    assert saved["cells"] == [], "code is kept only where it is run"


def test_a_notebook_that_is_too_long_is_not_run() -> None:
    asked = Response(ref="q-a", state="run", cell=0)
    for cells in (("x = 1",) * 201, ("x" * 400_001,)):
        submission = Submission(
            exam="e", candidate="c", code="X", found="X", file="e", digest="", responses=(asked,), cells=cells
        )
        assert computing_job(submission) is None
