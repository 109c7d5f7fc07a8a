"""Claims about a listing, in every form in which one might write a line and a letter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reading.assigned import COMPUTED
from autograder.reading.claims import MAX_CLAIMS, claims_assigned, read_claims

THREE_A = [[3, "A"]]
TWO = [[3, "A"], [7, "C"]]


@pytest.mark.parametrize(
    ("value", "claims"),
    [
        ([(3, "A"), (7, "C")], TWO),
        ([[3, "a"], [7, " c. "]], TWO),
        (((3, "A"), (7, "C")), TWO),
        ((3, "A"), THREE_A),
        ([3, "A"], THREE_A),
        (("A", 3), THREE_A),
        ([("3", "A")], THREE_A),
        ([("line 3", "option A")], THREE_A),
        ({3: "A", 7: "C"}, TWO),
        ({"3": "a", "line 7": "(c)"}, TWO),
        ({3: ["A", "B"]}, [[3, "A"], [3, "B"]]),
        ("3 A, 7 C", TWO),
        ("3A;7C", TWO),
        ("line 3: A\nline 7: C", TWO),
        ("A 3, C 7", TWO),
        ("3 A B and 7 C", [[3, "A"], [3, "B"], [7, "C"]]),
        ('[(3, "A"), (7, "C")', TWO),
        (["3 A", "line 7: C"], TWO),
        ([(3, "A"), (3, "A")], [*THREE_A, *THREE_A]),
        ([], []),
        (None, []),
        (..., []),
        ("", []),
    ],
)
def test_claims_that_can_be_read(value: Any, claims: list[list[Any]]) -> None:
    assert read_claims(value).claims == claims
    assert read_claims(value).unread == ()


@pytest.mark.parametrize(
    ("value", "claims", "unread"),
    [
        ("nothing is wrong", [], 1),
        ([(3, "A"), "scaling is missing"], THREE_A, 1),
        ([(3, "AB")], [], 1),
        ([(3, 7)], [], 1),
        ([(True, "A")], [], 1),
        ([(3.0, "A")], [], 1),
        ([(-3, "A")], [], 1),
        ([(10**30, "A")], [], 1),
        ([(3, "A", "why")], [], 1),
        ("3", [], 1),
        ("3 7 A", [[7, "A"]], 1),
        (42, [], 1),
        (True, [], 1),
        ([int("9" * 4_000)], [], 1),
    ],
)
def test_what_is_no_claim_is_told(value: Any, claims: list[list[Any]], unread: int) -> None:
    found = read_claims(value)
    assert found.claims == claims
    assert len(found.unread) == unread


def test_there_is_an_end_to_claims() -> None:
    assert len(read_claims([(line, "A") for line in range(10_000)]).claims) == MAX_CLAIMS
    assert len(read_claims("3 A " * 100_000).claims) <= MAX_CLAIMS


DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(DATA)
def test_whatever_is_said_claims_are_a_line_and_a_letter(value: Any) -> None:
    for line, letter in read_claims(value).claims:
        assert isinstance(line, int)
        assert len(letter) == 1
        assert letter.isupper() or not letter.isascii()


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (['q = [(3, "A")]'], [(3, "A")]),
        (["q = [(3, A), (7, c)]"], [(3, "A"), (7, "c")]),
        (["q: list = [(3, 'A')]"], [(3, "A")]),
        (["q = p = (3, 'A')"], (3, "A")),
        (["q = {3: 'A'}"], {3: "A"}),
        (["q = {(3, 'A')}"], {(3, "A")}),
        (["q = []", "q.append((3, 'A'))\nq += [(7, 'C')]", "q.extend([(9, 'B')])"], [(3, "A"), (7, "C"), (9, "B")]),
        (["q = [(3, 'A')]", "q = []"], []),
        (["q = [(3, 'A')]\nprint(q)"], [(3, "A")]),
        (["# q\np = 1"], ...),
        (["q = None"], None),
        (["q = [(3, 'A'), (7, 'C'"], "[(3, 'A'), (7, 'C'"),
        (["q = made()"], COMPUTED),
        (["for i in 3, 7: q.append((i, 'A'))"], COMPUTED),
        (["q = [(3, 'A')]\nq.sort()"], COMPUTED),
        (["q = xs = ys\nq += [(3, 'A')]"], COMPUTED),
        (["q = made()\nq = [(3, 'A')]"], [(3, "A")]),
        (["q = [(3, 'A')]\nif q: q = []"], COMPUTED),
        (["q = [" + "(" * 5_000], "[" + "(" * 4_995),
    ],
)
def test_what_cells_give_a_variable(cells: list[str], value: Any) -> None:
    assert claims_assigned(cells, "q") == value
