"""The derivation grader: one table of answers and what they earn, and what it says where nothing could be judged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.answers import response_to
from autograder.graders.derivation import REASONS, job
from autograder.marking import mark_part
from autograder.model import Key, Mark, Observation, Response, Run
from autograder.observe import observe_work
from autograder.yamlsrc import read_yaml
from tests.conftest import key_of

TABLE = read_yaml(Path(__file__).with_name("derivation.yaml")).data
ROWS = [
    pytest.param(group["part"], *row, id=f"{group['part']['answer']}: {row[0]!r}")
    for group in TABLE
    for row in group["rows"]
]
WORDS = {"o": "ok", "b": "broken", "u": "unreadable", "?": "undecided"}
SIMPLE = TABLE[0]["part"]


def marked(key: Key, said: Any) -> Mark:
    response = response_to(key, said)
    return mark_part(key, response, observe_work(key, response))


@pytest.mark.parametrize("row", [row.values for row in ROWS], ids=[str(row.id) for row in ROWS])
def test_table(row: tuple[Any, ...]) -> None:
    part, said, share, reason, verdicts, *more = row
    says = more[0] if more else {}
    mark = marked(key_of(part), said)
    assert (mark.reason, mark.score) == (reason, share), mark
    assert [line["verdict"] for line in mark.detail.get("lines", [])] == [WORDS[letter] for letter in verdicts]
    assert mark.state == ("manual" if reason == "undecided" else "graded")
    assert says.get("feedback", "") in mark.feedback
    if reason != "blank":
        assert mark.detail["first_broken"] == says.get("first")


def test_the_table_gives_every_reason() -> None:
    # `unreadable` is a notebook's: what stood there is no text
    assert {row.values[3] for row in ROWS} | {"unreadable"} == set(REASONS)


def test_prose_is_kept_with_its_place() -> None:
    mark = marked(key_of(SIMPLE), "First expand.\n= a^2+2ab+b^2-(a^2-2ab+b^2)\nThen collect the terms.\n= 4ab")
    assert mark.detail["prose"] == [[0, "First expand."], [1, "Then collect the terms."]]
    assert [line["latex"] for line in mark.detail["lines"]][1] == "= 4 a b"


def test_what_was_not_judged_is_neither_right_nor_wrong() -> None:
    key, response = key_of(SIMPLE), Response(ref="made-a", state="given", value="= 4ab")
    lost = Run(key="", status="error", why="it took longer than 2 s")
    for seen in (None, Observation(ref="made-a", runs=(lost,), reference=())):
        mark = mark_part(key, response, seen)
        assert (mark.state, mark.score, mark.reason) == ("error", None, "error")


def test_only_what_reads_is_judged() -> None:
    key = key_of(SIMPLE)
    for value, wanted in (("= 4ab", True), ("= (((", False), ("Words only stand here.", False), (None, False)):
        state = "given" if value else "blank"
        assert (job(key, Response(ref="made-a", state=state, value=value)) is not None) == wanted  # type: ignore[arg-type]


def test_reading_and_marking_load_nothing_that_compares() -> None:
    code = (
        "import sys, autograder.graders.derivation\n"
        "print({'flint', 'sympy', 'numpy', 'mpmath', 'torch'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


@given(st.lists(st.text(alphabet="ab+-*/^()0123456789 .,=<>\\{}_&|![]$\n", max_size=30), max_size=4))
def test_nothing_that_is_written_raises(lines: list[str]) -> None:
    mark = marked(key_of(SIMPLE), lines)
    assert mark.reason in REASONS
    assert mark.score is None or 0 <= mark.score <= 1
