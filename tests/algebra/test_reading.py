"""The reader of formulas: a table of spellings and what they mean, and what is refused with which words."""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.symbols import Declared
from autograder.algebra.typeset import to_latex
from autograder.algebra.write import to_formula
from autograder.yamlsrc import read_yaml

GROUPS = read_yaml(Path(__file__).with_name("reading.yaml")).data
ROWS = [
    pytest.param(json.dumps(group["declared"]), text, wanted, id=f"{group['about']}: {ascii(text)[:50]}")
    for group in GROUPS
    for text, wanted in group["rows"]
]
MOMENT_S = 2.0
"""Far above what a formula within the bounds takes, far below what one without them would."""


@cache
def declared_in(written: str) -> Declared:
    return declare(json.loads(written))


def test_the_table_is_whole() -> None:
    assert len(ROWS) >= 300
    for group in GROUPS:
        texts = [text for text, _ in group["rows"]]
        assert len(set(texts)) == len(texts), "no formula stands twice in a group"


@pytest.mark.parametrize(("written", "text", "wanted"), ROWS)
def test_table(written: str, text: str, wanted: Any) -> None:
    declared = declared_in(written)
    if isinstance(wanted, str):
        tree = read(text, declared)
        assert to_formula(tree) == wanted
        assert read(to_latex(tree, declared), declared) == tree, "what is typeset reads the same"
        return
    began = time.process_time()
    with pytest.raises(Malformed) as raised:
        read(text, declared)
    assert time.process_time() - began < MOMENT_S
    assert wanted["error"] in str(raised.value)
    if "at" in wanted:
        assert raised.value.at == wanted["at"]
        assert raised.value.pointed().splitlines()[-1].index("^") >= wanted["at"]


def test_what_is_typeset_can_be_drawn() -> None:
    math = pytest.importorskip("math_core").LatexToMathML()
    for written, text, wanted in (row.values for row in ROWS):
        if isinstance(wanted, str):
            declared = declared_in(written)
            assert math.convert_with_local_state(to_latex(read(text, declared), declared), displaystyle=True)


HOSTILE = {
    "parentheses": "(" * 10_000,
    "parentheses within the length": "(" * 1_900,
    "closed parentheses": "(" * 900 + "n" + ")" * 900,
    "fractions": r"\frac{" * 300,
    "roots": r"\sqrt" * 300 + "n",
    "signs": "-" * 1_900 + "n",
    "powers": "n^" * 900 + "n",
    "braces": "{" * 1_900,
    "letters": "n" * 1_900,
    "bars": "|" * 1_900,
    "sums in sums": r"\sum_{i=1}^n " * 120 + "n",
    "products in products": r"\prod_{i=1}^n n" * 120,
    "python sums": "Sum(" * 400,
    "python sums closed": "Sum(" * 50 + "n" + ", (i, 1, n))" * 50,
    "terms": "n+" * 900 + "n",
    "indices": "x_{" * 600,
    "accents": r"\bar" * 400 + "n",
    "fonts": r"\mathbf" * 250 + "n",
    "environments": r"\begin{cases}" * 140,
    "functions": r"\log" * 480 + "n",
    "relations": "n<" * 900 + "n",
    "commas": "n," * 900 + "n",
    "towers": "**".join("9" * 400),
    "factorials": "9" + "!" * 400,
    "primes": "n" + "'" * 1_900,
    "underscores": "n" + "_n" * 900,
    "ands": "n and " * 300 + "n",
    "digits": "9" * 1_900,
    "bell": "\a" * 1_900,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_read_or_refused_at_once(text: str) -> None:
    declared = declare({"symbols": {"n": {"integer": True, "positive": True}, "x": {"indexed": 1}}})
    began = time.process_time()
    try:
        tree = read(text, declared)
    except Malformed as error:
        assert len(str(error)) < 2_000
    else:
        to_formula(tree)
        to_latex(tree, declared)
    assert time.process_time() - began < MOMENT_S
