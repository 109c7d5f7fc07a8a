"""The graders of letters: tables of answers and what they earn, and the laws behind them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import kinds
from autograder.answers import response_to
from autograder.choosing.answers import REASONS
from autograder.marking import mark_part
from autograder.model import Key, Mark, Response, written_values
from autograder.yamlsrc import read_yaml
from tests.conftest import key_of

HERE = Path(__file__).parent
SCHEMES = [
    {"scheme": "all"},
    {"scheme": "per_option"},
    {"scheme": "per_option", "right": 1.0, "wrong": -1.0},
    {"scheme": "net"},
    {"scheme": "net", "right": 3.0, "wrong": -1.0, "cap": 4.0},
]


def offered(input: str, field: str, content: Any, settings: dict[str, Any], **more: Any) -> Key:
    grader = {"grader": {kinds.INPUTS[input][0]: settings}} if settings else {}
    return key_of({"input": input, "answer": None, "points": 1.0, field: content} | grader | more)


def several(rights: list[bool], settings: dict[str, Any], input: str = "multi") -> Key:
    options = [{"text": f"option {place}", "right": right} for place, right in enumerate(rights)]
    return offered(input, "options", options, settings, points=4.0)


def ordered(right: list[str], settings: dict[str, Any]) -> Key:
    """Items are lettered as they are written, so their letters are exchanged for a right order of our own."""
    key = offered("ordering", "items", sorted(right), settings)
    assert key.choice is not None
    return key.model_copy(update={"choice": key.choice.model_copy(update={"expected": tuple(right)})})


def rows(name: str) -> list[Any]:
    groups = read_yaml(HERE / f"{name}.yaml").data
    return [pytest.param(name, group, row, id=f"{name} {row[0]!r}"[:80]) for group in groups for row in group["rows"]]


def key_in(name: str, group: dict[str, Any]) -> Key:
    if name == "ordering":
        return ordered(group["right"], group["settings"])
    if name == "matching":
        return offered("matching", "pairs", group["pairs"], group["settings"])
    settings = {"grader": {"choice": group["settings"]}} if "settings" in group else {}
    return key_of({"answer": None} | group["part"] | settings, written_values(group.get("values", {})))


@pytest.mark.parametrize(("name", "group", "row"), [*rows("choice"), *rows("ordering"), *rows("matching")])
def test_table(name: str, group: dict[str, Any], row: list[Any]) -> None:
    said, share, reason, *more = row
    key = key_in(name, group)
    assert key.problem == ""
    mark = whole(mark_part(key, Response(ref="made-a", state="given", value=said), None))
    assert (mark.reason, mark.score) == (reason, pytest.approx(share * key.points, abs=2e-6)), mark.feedback
    says = more[0] if more else {}
    assert says.get("feedback", "") in mark.feedback
    assert "read" not in says or mark.read == says["read"]
    # read twice, as by the submission and then by the grader, an answer stays what it is; numbers are staff's
    assert (
        any(type(each) is int for each in (said if isinstance(said, list) else ()))
        or mark_part(key, response_to(key, said), None).score == mark.score
    )


def whole(mark: Mark) -> Mark:
    """A mark that can be saved and read again, and is what the interface says."""
    assert Mark.model_validate_json(mark.model_dump_json()) == mark
    json.dumps(mark.detail, allow_nan=False)
    assert mark.state == "graded"
    assert mark.reason in REASONS
    assert mark.feedback
    return mark


def test_the_tables_give_every_reason() -> None:
    for name in ("choice", "ordering", "matching"):
        given = {row.values[2][2] for row in rows(name)}
        assert given == set(REASONS) == set(kinds.module_of("graders", name).REASONS)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from("ABCDabcd12"),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=12,
)
KEYS = [
    several([True, False, False], {}, "choice"),
    several([True, True, False, False], {"scheme": "net"}),
    key_of({"input": "truefalse", "answer": "1"}),
    ordered(["B", "A", "C"], {}),
    offered("matching", "pairs", [["P", "x"], ["Q", "y"]], {}),
]


@given(st.sampled_from(KEYS), ANYTHING)
def test_whatever_is_said_gets_a_mark(key: Key, said: Any) -> None:
    for response in (Response.model_construct(ref="made-a", state="given", value=said), response_to(key, said)):
        mark = mark_part(key, response, None)
        assert mark.state == "graded", mark.feedback
        assert 0 <= (mark.score or 0) <= key.points


@given(
    st.sampled_from(SCHEMES),
    st.lists(st.booleans(), min_size=2, max_size=6).filter(lambda each: any(each) and not all(each)),
    st.data(),
)
def test_nothing_earns_more_than_the_right_options(scheme: dict[str, Any], rights: list[bool], data: Any) -> None:
    key = several(rights, {**scheme, "right": 4 / sum(rights)} if scheme.get("cap") else scheme)
    assert key.choice is not None
    taken = data.draw(st.lists(st.sampled_from([option.letter for option in key.choice.options]), min_size=1))
    right = mark_part(key, Response(ref="made-a", state="given", value=list(key.choice.expected)), None)
    mark = mark_part(key, Response(ref="made-a", state="given", value=taken), None)
    assert (right.score or 0) >= (mark.score or 0)
    assert (mark.reason == "right") == (set(taken) == set(key.choice.expected))


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
@pytest.mark.parametrize("rights", [[True, False], [True, True, False], [True, False, True, False, False]])
def test_what_guessing_earns_is_what_all_guesses_earn(scheme: dict[str, Any], rights: list[bool]) -> None:
    key = several(rights, scheme)
    letters = "ABCDEFGH"[: len(rights)]

    def mean(taken: int) -> float:
        guesses = list(itertools.combinations(letters, taken))
        marks = (mark_part(key, Response(ref="made-a", state="given", value=list(guess)), None) for guess in guesses)
        return sum((mark.score or 0) / key.points for mark in marks) / len(guesses)

    best = max(mean(taken) for taken in range(1, len(rights) + 1))
    assert kinds.module_of("graders", "choice").guessed(key) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("partial", [True, "run", "pairs", False])
def test_what_a_random_order_earns(count: int, partial: bool | str) -> None:
    letters = list("ABCDEF"[:count])
    key = ordered(letters, {"partial": partial})
    orders = list(itertools.permutations(letters))
    marks = [mark_part(key, Response(ref="made-a", state="given", value=list(order)), None) for order in orders]
    mean = sum(mark.score or 0 for mark in marks) / len(orders)
    assert kinds.module_of("graders", "ordering").guessed(key) == pytest.approx(mean, abs=1e-6)
    assert max(mark.score or 0 for mark in marks) == 1
    assert sum(mark.reason == "right" for mark in marks) == 1


def test_a_long_random_order_is_counted_too() -> None:
    key = ordered(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), {})
    # twice the square root, and a little less, of 26: Logan and Shepp, Vershik and Kerov
    assert 0.25 < kinds.module_of("graders", "ordering").guessed(key) < 0.39


@pytest.mark.parametrize("pairs", [[["P", "x"], ["Q", "y"], ["R", "z"]], [["P", "x"], ["Q", "y"], [None, "z"]]])
@pytest.mark.parametrize("partial", [True, False])
def test_what_random_letters_earn(pairs: list[Any], partial: bool) -> None:
    key = offered("matching", "pairs", pairs, {"partial": partial})
    assert key.choice is not None
    letters = [option.letter for option in key.choice.options]
    guesses = list(itertools.permutations(letters, len(key.choice.expected)))
    marks = (mark_part(key, Response(ref="made-a", state="given", value=list(guess)), None) for guess in guesses)
    mean = sum(mark.score or 0 for mark in marks) / len(guesses)
    assert kinds.module_of("graders", "matching").guessed(key) == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize(
    ("part", "said", "score"),
    [
        ("choice", "right", 1),
        ("choice", "wrong", 0),
        ("choice", "They rise.", 1),
        ("choice", "raises", 1),
        ("choice", ["same"], 0),
        ("multi", ["gelu", "tanh"], 1),
        ("multi", ["gelu", "right"], 1),
        ("multi", ["right", "wrong"], 0),
        ("truefalse", "right", 1),
        ("truefalse", "wrong", 0),
        ("ordering", "right", 1),
        ("ordering", [1, 2, 3], 1),
        ("ordering", ["load", "train", "save"], 1),
        ("ordering", ["train", 1, 3], 2 / 3),
        ("matching", "right", 1),
        ("matching", {1: 1, 2: 2}, 1),
        ("matching", {"P": "router", "Q": "norm"}, 0.5),
        ("matching", [["P", 2], [2, "gates"]], 0.5),
    ],
)
def test_staff_name_options_whatever_their_letters(part: str, said: Any, score: float) -> None:
    options = {
        "choice": [{"id": "raises", "text": "They rise.", "right": True}, {"id": "same", "text": "They stay."}],
        "multi": [
            {"id": "gelu", "text": "GELU", "right": True},
            {"id": "zero", "text": "zero"},
            {"id": "tanh", "text": "tanh", "right": True},
        ],
    }
    key = {
        "choice": lambda: offered("choice", "options", options["choice"], {}),
        "multi": lambda: offered("multi", "options", options["multi"], {}),
        "truefalse": lambda: key_of({"input": "truefalse", "answer": "0"}),
        "ordering": lambda: offered("ordering", "items", ["load", "train", "save"], {}),
        "matching": lambda: offered("matching", "pairs", [["P", "router"], ["Q", "gates"], [None, "norm"]], {}),
    }[part]()
    assert mark_part(key, response_to(key, said), None).score == pytest.approx(score * key.points, abs=1e-6)


def test_a_part_without_a_right_option_has_no_key() -> None:
    key = several([False, False], {}, "choice")
    assert key.problem == "no option is right"
    assert mark_part(key, Response(ref="made-a", state="given", value="A"), None).state == "error"
