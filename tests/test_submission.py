"""What came back, read without running any of it: a table of cells, and whatever else a file can hold."""

from __future__ import annotations

import hashlib
import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.model import Paper, PaperSection, Response, Submission, Variant, VariantPart
from autograder.submission import MAX_BYTES, read_submission
from autograder.yamlsrc import read_yaml
from tests.conftest import TinyCourse

TABLE = read_yaml(Path(__file__).with_name("submission.yaml")).data
ROWS = [
    pytest.param(*row[:3], row[3] if len(row) > 3 else "", id=f"{group}: {row[0][:40]!r}")
    for group, rows in TABLE.items()
    for row in rows
]


def paper(code: str = "PAPERCODE1") -> Paper:
    parts = tuple(VariantPart(ref=f"q-{name}", id=name, text="", input="number", points=1.0) for name in "ab")
    variant = Variant(question="q", title="Q", text="", parts=parts, values={}, note="", fingerprint="")
    section = PaperSection(title="S", variants=(variant,))
    return Paper(
        exam="e",
        title="E",
        exam_code="",
        date="",
        duration=None,
        instructions="",
        code=code,
        points=2.0,
        sections=(section,),
        fingerprint="",
    )


def code_cell(source: Any, grade_id: str | None = None, outputs: Any = ()) -> dict[str, Any]:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": list(outputs),
        "execution_count": None,
    }


def notebook(*cells: Any, code: Any = "PAPERCODE1") -> bytes:
    metadata = {"tenfold": {"exam": "e", "code": code}}
    return json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


def read(folder: Path, content: bytes, name: str = "e.ipynb", *codes: str) -> Submission:
    path = folder / name
    path.write_bytes(content)
    return read_submission(path, {code: paper(code) for code in codes or ("PAPERCODE1",)}, "ada")


def answer_to(submission: Submission, ref: str = "q-a") -> Response:
    [found] = [response for response in submission.responses if response.ref == ref]
    return found


def about_the_code(submission: Submission) -> list[str]:
    return [flag for flag in submission.flags if "paper code" in flag]


@pytest.mark.parametrize(("source", "state", "value", "hint"), ROWS)
def test_table(tmp_path: Path, source: str, state: str, value: Any, hint: str) -> None:
    found = answer_to(read(tmp_path, notebook(code_cell(source, "q-a_answer"))))
    assert found.state == state, found
    if isinstance(value, dict):
        [(kind, number)] = value.items()
        assert found.value == (Fraction(number) if kind == "exact" else pytest.approx(number))
    else:
        assert found.value == value
        assert isinstance(found.value, str) == isinstance(value, str)
    assert hint in found.hint
    assert (state in ("run", "unreadable")) == bool(found.source), "staff see what could not be read"


def test_cells_are_followed_in_document_order_and_without_their_markings(tmp_path: Path) -> None:
    first, second = code_cell("L = 12\nq_a = L"), code_cell(["L = 3\n", "q_b = q_a*L"])
    text = {"cell_type": "markdown", "metadata": {}, "source": "q_a = 99"}
    made = read(tmp_path, notebook(first, text, second))
    assert [answer_to(made, ref).value for ref in ("q-a", "q-b")] == [12, 36]
    made = read(tmp_path, notebook(second, first))
    assert answer_to(made).value == 12
    assert answer_to(made, "q-b").state == "run", "q_a is not there yet"


def test_an_answer_cell_without_its_variable_is_taken_as_the_answer(tmp_path: Path) -> None:
    assert answer_to(read(tmp_path, notebook(code_cell("# in FLOP\n178 TFLOP", "q-a_answer")))).value == "178 TFLOP"


def test_what_must_be_run_keeps_the_cell_and_its_saved_output_for_a_person(tmp_path: Path) -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["4", "2\n"]},
        {"output_type": "execute_result", "data": {"text/plain": "43"}},
    ]
    found = answer_to(read(tmp_path, notebook(code_cell("q_a = f()", "q-a_answer", outputs))))
    assert found.state == "run"
    assert all(shown in found.source for shown in ("q_a = f()", "unchecked", "42", "43"))


HOSTILE = {
    "parentheses": "q_a = " + "(" * 10_000 + "1" + ")" * 10_000,
    "minus signs": "q_a = " + "-" * 100_000 + "1",
    "few minus signs": "q_a = " + "-" * 3_000 + "1",
    "sum of many": "q_a = " + "+".join(["1"] * 20_000),
    "attributes": "q_a = a" + ".b" * 20_000,
    "calls": "q_a = " + "f(" * 5_000 + ")" * 5_000,
    "brackets": "[" * 50_000,
    "huge integer": "q_a = " + "9" * 90_000,
    "huge power": "q_a = 10**10**10",
    "doubling": "x = 2\n" + "x = x*x\n" * 5_000 + "q_a = x",
    "lists": "x = [1]\n" + "x = [x, x]\n" * 2_000 + "q_a = x",
    "long lists": "x = [" + "1," * 30_000 + "]\nq_a = sum(x)",
    "sum of lists": "x = 1, 2\n" * 5_000 + "q_a = max(x)",
    "NUL": "q_a = 1\x00",
    "surrogate": "q_a = '\ud800'",
    "surrogate name": "q_\ud800 = 1",
    "long": "x = 1\n" * 50_000,
    "lines": "q_a 1\n" * 15_000,
    "indents": "".join(" " * depth + "if x:\n" for depth in range(120)),
    "unclosed text": "q_a = '''" + "x" * 50_000,
    "bytes": "q_a = b'1'",
    "complex": "q_a = 1j",
    "escapes": "q_a = '\\N{DOES NOT EXIST}'",
    "form feed": "\x0cq_a = 1",
    "walrus": "(q_a := 3)",
    "star": "*q_a, b = 1, 2",
    "global": "def f():\n global q_a\n q_a = 1\nf()",
    "match": "match 3:\n case q_a: pass",
    "star import": "from math import *\nq_a = sqrt(4)",
    "own math": "class math: sqrt = print\nq_a = math.sqrt(4)",
    "del everything": "del math, q_a, nothing",
    "kwargs": "q_a = round(2.5, ndigits=0)",
    "many arguments": "q_a = round(1, 2, 3, 4)",
    "no arguments": "q_a = max()",
    "text of a number": "q_a = float('3')",
    "text times": "q_a = 'x' * 10**9",
    "shift": "q_a = 1 << 10**10",
    "comparison": "q_a = 3 < 4",
    "format bomb": "q_a = '%1000000000d' % 1",
    "recursive annotation": "q_a: (q_a := 1) = 2",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_cells_are_read_in_a_moment(tmp_path: Path, source: str) -> None:
    began = time.process_time()
    made = read(tmp_path, notebook(code_cell(source, "q-a_answer"), code_cell("q_b = 7", "q-b_answer")))
    assert time.process_time() - began < 20
    assert answer_to(made, "q-b").value == 7, "the next cell is read all the same"
    assert answer_to(made).state in ("given", "blank", "unreadable", "run")
    Submission.model_validate_json(made.model_dump_json())


@given(
    st.one_of(
        st.text(max_size=120),
        st.lists(
            st.sampled_from(
                [
                    "q_a",
                    "=",
                    "1",
                    "(",
                    ")",
                    "[",
                    "-",
                    "**",
                    "\n",
                    " ",
                    "for",
                    "in",
                    ":",
                    "math.sqrt",
                    "'",
                    "x",
                    ",",
                    "%",
                    "!",
                    "lambda",
                    "import math",
                    ";",
                ]
            ),
            max_size=25,
        ).map(" ".join),
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("q_a = \ud800")
@example("q_a\x00= 1")
@example("\x00")
def test_no_cell_raises(tmp_path: Path, source: str) -> None:
    assert len(read(tmp_path, notebook(code_cell(source, "q-a_answer"))).responses) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "metadata",
                    "source",
                    "cell_type",
                    "outputs",
                    "nbgrader",
                    "grade_id",
                    "tenfold",
                    "code",
                    "data",
                    "text",
                    "text/plain",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(
    st.one_of(
        JSON,
        st.lists(JSON, max_size=3).map(lambda cells: {"cells": cells}),
        JSON.map(lambda metadata: {"cells": [], "metadata": metadata}),
    )
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_a_submission_or_a_submission_error(tmp_path: Path, content: Any) -> None:
    try:
        made = read(tmp_path, json.dumps(content).encode())
    except SubmissionError as error:
        assert error.where is not None
        assert error.hint
        return
    assert len(made.responses) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe",
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b"{}",
        b"[" * 100_000,
        b'{"worksheets": []}',
        b"PK\x03\x04",
        b'{"cells": [' + b"[" * 5000,
    ],
)
def test_no_notebook(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SubmissionError) as raised:
        read(tmp_path, content)
    assert raised.value.where == str(tmp_path / "e.ipynb")


def test_a_link_or_an_enormous_file_is_not_read(tmp_path: Path) -> None:
    target = tmp_path / "somebody_else.ipynb"
    target.write_bytes(notebook(code_cell("q_a = 1")))
    (tmp_path / "e.ipynb").symlink_to(target)
    with pytest.raises(SubmissionError, match="link"):
        read_submission(tmp_path / "e.ipynb", {"PAPERCODE1": paper()}, "ada")
    with open(tmp_path / "large.ipynb", "wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(SubmissionError, match="larger than 64 MiB"):
        read_submission(tmp_path / "large.ipynb", {"PAPERCODE1": paper()}, "ada")


def test_what_is_kept_of_the_file(tmp_path: Path) -> None:
    content = notebook(code_cell("q_a = 1"))
    made = read(tmp_path, content)
    assert (made.exam, made.candidate, made.code, made.found, made.file, made.flags) == (
        "e",
        "ada",
        "PAPERCODE1",
        "PAPERCODE1",
        "e.ipynb",
        ("cells are missing: q-a, q-b_answer, q-b",),
    )
    assert made.digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("code", "found"), [("OTHERCODE2", "OTHERCODE2"), (None, None), ("", None), (7, None), (["x"], "x")]
)
def test_another_paper_code_is_flagged_and_not_trusted(tmp_path: Path, code: Any, found: str | None) -> None:
    made = read(tmp_path, notebook(code_cell("q_a = 1"), code=code))
    assert (made.code, made.found) == ("PAPERCODE1", found)
    [flag] = about_the_code(made)
    assert "PAPERCODE1" in flag or found is None
    assert answer_to(made).value == 1


def test_the_code_chooses_among_ones_own_papers(tmp_path: Path) -> None:
    codes = ("PAPERCODE1", "PAPERCODE2")
    assert read(tmp_path, notebook(code="PAPERCODE1"), "e.ipynb", *codes).code == "PAPERCODE1"
    latest = read(tmp_path, notebook(code="STRANGER99"), "e.ipynb", *codes)
    assert (latest.code, len(about_the_code(latest))) == ("PAPERCODE2", 1)


YAML = "paper: PAPERCODE1\nanswers:\n  q-a: {}\n"


@pytest.mark.parametrize(
    ("written", "state", "value"),
    [
        ("42", "given", "42"),
        ("1.50", "given", "1.50"),
        ("no", "given", "no"),
        ("178 TFLOP", "given", "178 TFLOP"),
        ("'1,5'", "given", "1,5"),
        ("0x10", "given", "0x10"),
        ("", "blank", None),
        ("'  '", "blank", None),
        ("[1, 2]", "unreadable", None),
        ("{x: 1}", "unreadable", None),
    ],
)
def test_answers_in_yaml_stay_as_written(tmp_path: Path, written: str, state: str, value: str | None) -> None:
    made = read(tmp_path, YAML.format(written).encode(), "answers.yaml")
    found = answer_to(made)
    assert (found.state, found.value) == (state, value)
    assert answer_to(made, "q-b").state == "blank"
    assert made.flags == ()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "answers",
        "[]",
        "answers: 3",
        "paper: X",
        "answers: {a: 1",
        "answers: {q-a: 1, q-a: 2}",
        "answers: !x {}",
        "\x00",
        "[" * 50_000,
        "a: &x [*x]",
    ],
)
def test_no_answers_file(tmp_path: Path, content: str) -> None:
    with pytest.raises(SubmissionError) as raised:
        read(tmp_path, content.encode(), "answers.yaml")
    assert raised.value.hint
    with pytest.raises(SubmissionError):
        read(tmp_path, b"\xff" + content.encode(), "answers.yaml")


def test_yaml_flags(tmp_path: Path) -> None:
    made = read(tmp_path, b"paper: STRANGER99\nanswers: {qa: 1, q-a: 2}\n", "answers.yaml")
    assert len(made.flags) == 2
    assert any("STRANGER99" in flag for flag in made.flags)
    assert any("'qa'" in flag for flag in made.flags)


def test_a_candidate_with_the_wrong_paper_is_marked_against_their_own(tiny: TinyCourse) -> None:
    codes = tiny.set(1, 2)
    papers = tiny.papers()
    own = papers["c001"].variants()[0].values
    assert isinstance(own["a"], int)
    assert isinstance(own["b"], int)
    tiny.hand_in("c001", {"adder-sum": f"adder_sum = {own['a']} + {own['b']}"}, paper=papers["c002"])
    [marked] = tiny.mark()
    assert marked.sheet is not None
    assert marked.sheet.code == papers["c001"].code == codes[0]
    assert marked.sheet.marks[0].reason == "right"
    assert any(papers["c002"].code in problem for problem in marked.problems)
