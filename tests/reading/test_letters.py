"""Letters, truths, orders and matches, in every form in which one might write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.reading.check import NotReadable, check_chosen
from autograder.reading.letters import INPUTS, read_chosen, say_chosen, unknown_in
from autograder.yamlsrc import read_yaml

TABLE = read_yaml(Path(__file__).with_name("letters.yaml")).data
ROWS = [pytest.param(name, *row, id=f"{name} {row[0]!r}") for name, rows in TABLE.items() for row in rows]
PROMPTS = ("first", "second one", "last")


@pytest.mark.parametrize(("name", "value", "chosen"), ROWS)
def test_table(name: str, value: Any, chosen: Any) -> None:
    read = read_chosen(name, value, PROMPTS)
    found = [list(each) if isinstance(each, tuple) else each for each in read.chosen]
    assert (found, bool(read.hint)) == (chosen or [], chosen is None), read


@pytest.mark.parametrize("value", [{"A", "C"}, frozenset({"C", "a"}), ("C", "A"), ["C", ..., "A"]])
def test_python_has_more_ways_to_write_several(value: Any) -> None:
    assert read_chosen("multi", value).chosen == ("A", "C")


def test_a_set_has_no_order() -> None:
    assert "no order" in read_chosen("ordering", {"A", "B"}).hint
    assert read_chosen("ordering", ("B", "A")).chosen == ("B", "A")
    assert read_chosen("matching", {(2, "A"), (1, "B")}).chosen == ((1, "B"), (2, "A"))


@pytest.mark.parametrize(
    ("name", "chosen", "said"),
    [
        ("choice", ["B"], ""),
        ("choice", ["A", "B"], "Choose one option only."),
        ("choice", ["E"], "There is no option E."),
        ("multi", ["A", "D"], "There is no option D."),
        ("multi", ["A", "C"], ""),
        ("truefalse", ["True"], ""),
        ("ordering", ["B", "A", "C"], ""),
        ("ordering", ["B", "A"], "Each of the 3 letters must stand there once."),
        ("ordering", ["B", "A", "A"], "A letter stands there twice."),
        ("matching", [(1, "A"), (2, "A")], ""),
        ("matching", [(1, "D")], "There is no option D."),
        ("matching", [(0, "A")], "There is no number 0."),
        ("matching", [(3, "A")], "There is no number 3."),
        ("matching", [(2, "A"), (2, "B")], "The number 2 has more than one letter."),
    ],
)
def test_what_was_not_printed_is_told(name: str, chosen: Any, said: str) -> None:
    assert unknown_in(name, chosen, "ABC", 2) == said


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(...),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
)


@given(st.sampled_from(INPUTS), ANYTHING)
@example("multi", "A," * 100_000)
@example("ordering", ["A"] * 100_000)
@example("matching", dict.fromkeys(range(10000), "A"))
@example("matching", [10**5_000])
@example("truefalse", "\ud800")
def test_nothing_raises_and_reading_again_changes_nothing(name: str, value: Any) -> None:
    read = read_chosen(name, value, PROMPTS)
    assert not (read.chosen and read.hint)
    assert len(read.chosen) <= 1_000
    say_chosen(name, read.chosen)
    if read.chosen:
        assert read_chosen(name, [list(each) if isinstance(each, tuple) else each for each in read.chosen]) == read


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("choice", "b", "q reads as B."),
        ("multi", {"C", "A"}, "q reads as A, C."),
        ("truefalse", True, "q reads as True."),
        ("ordering", ["C", "A", "B"], "q reads as C, then A, then B."),
        ("matching", {1: "B", 2: "A"}, "q reads as 1 B, 2 A."),
    ],
)
def test_a_check_cell_says_how_letters_read(
    name: str, value: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    check_chosen("q", value, input=name, options=3, prompts=2)
    assert capsys.readouterr().out == f"{said}\n"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("choice", ..., "q is blank"),
        ("multi", [], "q is blank"),
        ("choice", "perhaps", "does not read as an answer: Write the letter"),
        ("choice", "D", "There is no option D"),
        ("ordering", "AB", "Each of the 3 letters"),
        ("ordering", {"A", "B", "C"}, "A set has no order"),
        ("matching", {3: "A"}, "There is no number 3"),
        ("truefalse", 1, "Write True or False"),
        ("truefalse", object(), "Write True or False"),
    ],
)
def test_a_check_cell_refuses_what_will_not_read(name: str, value: Any, problem: str) -> None:
    with pytest.raises(NotReadable, match=problem):
        check_chosen("q", value, input=name, options=3, prompts=2)
