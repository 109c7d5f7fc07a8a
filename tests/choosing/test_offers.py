"""Options as they are offered: which of them, in which order, and what staff know of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.choosing.offers import order_names
from autograder.key import keys_of
from autograder.model import Key, Question, Variant
from autograder.variant import draw_values, plan, show, with_given
from tests.conftest import question

POOL = [
    {"id": name, "text": name, "right": right}
    for name, right in [*((f"right{n}", True) for n in range(4)), *((f"wrong{n}", False) for n in range(5))]
]


def asked(part: dict[str, Any], **fields: Any) -> Question:
    return question(part={"answer": None} | part, **fields)


def seed(number: int) -> bytes:
    return number.to_bytes(32, "big")


def dealt(made: Question, number: int) -> tuple[Variant, Key]:
    values = draw_values(made, seed(number))
    return show(made, values), keys_of(made, values)[0]


def texts(made: Question, number: int) -> tuple[str, ...]:
    return dealt(made, number)[0].parts[0].options


def options(*texts: str, pin: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [{"id": text, "text": text, "right": not place, "pin": text in pin} for place, text in enumerate(texts)]


def test_every_order_comes_and_each_about_as_often() -> None:
    made = asked({"input": "choice", "options": options("up", "down", "same")})
    seen = Counter(texts(made, number) for number in range(1_200))
    assert len(seen) == 6
    assert all(150 < times < 250 for times in seen.values())


@given(st.integers(0, 10**9))
def test_what_is_saved_gives_the_same_options_again(number: int) -> None:
    parts = [
        {"id": "a", "input": "multi", "options": POOL, "draw": {"total": 6, "right": 2, "wrong": 2}},
        {"id": "b", "input": "ordering", "items": ["one", "two", "three", "four"]},
        {"id": "c", "input": "matching", "pairs": [["P", "x"], ["Q", "y"], ["R", "x"], [None, "z"]]},
    ]
    made = question(parts=[{"text": "", "points": 1.0} | part for part in parts], params={"n": {"pick": [1, 2, 3]}})
    values = draw_values(made, seed(number))
    variant = show(made, values)
    saved = Variant.model_validate_json(variant.model_dump_json())
    assert saved == variant
    again = with_given(made, saved.values)
    assert show(made, again) == variant
    assert [key.choice for key in keys_of(made, again)] == [key.choice for key in keys_of(made, values)]
    for part, key in zip(variant.parts, keys_of(made, again), strict=True):
        assert key.choice is not None
        assert tuple(option.text for option in key.choice.options) == part.options
        assert [option.letter for option in key.choice.options] == list("ABCDEFGHI"[: len(part.options)])
        assert key.choice.prompts == part.prompts


def test_a_key_names_what_is_right_by_the_letters_printed() -> None:
    made = question(
        parts=[
            {"id": "a", "text": "", "points": 1.0, "input": "ordering", "items": ["one", "two", "three", "four"]},
            {"id": "b", "text": "", "points": 1.0, "input": "matching", "pairs": [["P", "x"], ["Q", "y"], ["R", "x"]]},
        ]
    )
    for number in range(40):
        values = draw_values(made, seed(number))
        ordering, matching = show(made, values).parts
        order, match = (key.choice for key in keys_of(made, values))
        assert order is not None
        assert match is not None
        shown = dict(zip("ABCD", ordering.options, strict=True))
        assert [shown[letter] for letter in order.expected] == ["one", "two", "three", "four"]
        beside = dict(zip("AB", matching.options, strict=True))
        assert [beside[letter] for letter in match.expected] == ["x", "y", "x"]
        assert matching.prompts == ("P", "Q", "R")


@pytest.mark.parametrize(
    ("total", "right", "wrong", "count"),
    [(6, 2, 2, 6), ([6, 8], 2, 2, 8), ([6, 20], 1, 1, 9), (4, 3, 1, 4), (2, 1, 1, 2)],
)
def test_a_draw_keeps_its_numbers(total: Any, right: int, wrong: int, count: int) -> None:
    made = asked({"input": "multi", "options": POOL, "draw": {"total": total, "right": right, "wrong": wrong}})
    numbers = Counter()
    drawn: set[str] = set()
    for number in range(200):
        variant, key = dealt(made, number)
        shown = variant.parts[0].options
        assert len(shown) == len(set(shown)) == count, "the number of options is the same for everybody"
        assert key.choice is not None
        numbers[len(key.choice.expected)] += 1
        drawn |= set(shown)
    least, most = max(right, count - 5), min(4, count - wrong)
    assert set(numbers) == set(range(least, most + 1)), "every possible number of right options comes"
    assert drawn == {option["text"] for option in POOL}


def test_a_single_choice_draws_one_right_option() -> None:
    made = asked({"input": "choice", "options": POOL, "draw": {"total": 4, "wrong": 3}})
    expected = Counter()
    for number in range(200):
        _, key = dealt(made, number)
        assert key.choice is not None
        [right] = [option.name for option in key.choice.options if option.right]
        expected[right] += 1
    assert set(expected) == {"right0", "right1", "right2", "right3"}


@pytest.mark.parametrize(
    ("pinned", "drawn", "places"),
    [
        (("top",), None, {"top": 0}),
        (("last",), None, {"last": -1}),
        (("top", "last"), None, {"top": 0, "last": -1}),
        (("middle",), None, {"middle": 2}),
        (("last",), 3, {"last": -1}),
        (("top", "last"), 3, {"top": 0, "last": -1}),
    ],
)
def test_pinned_options_keep_their_places(pinned: tuple[str, ...], drawn: int | None, places: dict[str, int]) -> None:
    written = options("top", "second", "middle", "fourth", "last", pin=pinned)
    made = asked({"input": "choice", "options": written} | ({"draw": {"total": drawn}} if drawn else {}))
    for number in range(40):
        shown = texts(made, number)
        assert {name: shown[place] for name, place in places.items()} == {name: name for name in places}
    assert len({texts(made, number) for number in range(40)}) > 1, "the others are shuffled"


def test_options_may_stand_as_they_are_written() -> None:
    made = asked({"input": "choice", "options": options("a1", "b2", "c3"), "grader": {"choice": {"shuffle": False}}})
    assert {texts(made, number) for number in range(20)} == {("a1", "b2", "c3")}
    some = asked({"input": "multi", "options": POOL, "draw": {"total": 5}, "grader": {"choice": {"shuffle": False}}})
    assert all(list(texts(some, number)) == sorted(texts(some, number)) for number in range(20))


def test_drawn_values_stand_in_options_and_decide_what_is_right() -> None:
    part = {
        "input": "choice",
        "options": [
            {"text": "$[= n =] > 3$ holds", "right": "n > 3", "say": "[= n =] is at most 3."},
            {"text": "it does not", "right": "n <= 3"},
        ],
    }
    made = asked(part, params={"n": {"pick": [2, 3, 4, 5]}})
    for number in range(40):
        variant, key = dealt(made, number)
        n = variant.values["n"]
        assert key.choice is not None
        [right] = [option.text for option in key.choice.options if option.right]
        assert right == (f"${n} > 3$ holds" if n > 3 else "it does not")
        assert f"{n} is at most 3." in [option.say for option in key.choice.options]
        assert f"${n} > 3$ holds" in variant.parts[0].options


def test_options_leave_the_values_as_they_were() -> None:
    params = {"n": {"integer": {"low": 1, "high": 10**6}}}
    bare = question(params=params)
    made = asked({"input": "choice", "options": options("up", "down")}, params=params)
    for number in range(20):
        values = draw_values(made, seed(number))
        assert {"n": values["n"]} == draw_values(bare, seed(number))
        assert order_names(made) == ("a.order",)
        assert sorted(values["a.order"]) == [0, 1]


def test_the_paper_says_nothing_of_what_is_right() -> None:
    """Neither the saved numbers nor their order tell a right order or a right match."""
    made = asked({"input": "ordering", "items": ["walk", "run", "eat"]})
    turned = asked({"input": "ordering", "items": ["eat", "walk", "run"]})
    for number in range(10):
        one, other = dealt(made, number)[0], dealt(turned, number)[0]
        assert one.values == other.values
        assert one.parts == other.parts
    assert plan(made).fingerprint == plan(turned).fingerprint, "a mended order is a mended mark scheme"


CHOICE = {"input": "choice", "options": options("up", "down", "same")}


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (
            CHOICE,
            CHOICE | {"options": [{**option, "right": option["id"] == "same"} for option in CHOICE["options"]]},
            True,
        ),
        (CHOICE, CHOICE | {"options": [{**option, "say": "No."} for option in CHOICE["options"]]}, True),
        (CHOICE, CHOICE | {"grader": {"choice": {"scheme": "net"}}}, True),
        (CHOICE, CHOICE | {"options": CHOICE["options"][::-1]}, False),
        (CHOICE, CHOICE | {"options": [*CHOICE["options"], {"id": "new", "text": "new"}]}, False),
        (CHOICE, CHOICE | {"options": [{**option, "text": option["id"] + "."} for option in CHOICE["options"]]}, False),
        (
            {"input": "matching", "pairs": [["P", "x"], ["Q", "y"]]},
            {"input": "matching", "pairs": [["P", "y"], ["Q", "x"]]},
            True,
        ),
        (
            {"input": "matching", "pairs": [["P", "x"], ["Q", "y"]]},
            {"input": "matching", "pairs": [["Q", "y"], ["P", "x"]]},
            False,
        ),
    ],
    ids=["right", "say", "scheme", "order", "more", "text", "pairing", "numbers"],
)
def test_what_candidates_saw_may_not_change(before: dict[str, Any], after: dict[str, Any], same: bool) -> None:
    first, second = (plan(asked(json.loads(json.dumps(part)))).fingerprint for part in (before, after))
    assert (first == second) == same
