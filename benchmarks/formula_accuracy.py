"""How often a decision is wrong, beside `simplify(key - answer) == 0` and math-verify on the same cases.

The peers get the formulas as we read them: sympy a tree, math-verify our LaTeX. What has no value to compare
(equations, inequalities, orders of growth, lists, vectors and matrices) is left out for them.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import sympy

from autograder.algebra.compare import compare
from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.symbols import Declared
from autograder.algebra.typeset import to_latex
from autograder.formula.tree import Call, Index, Name, Node, Number, Operation, Piecewise, Series
from autograder.formula.tree import Comparison as Relation
from benchmarks.deciding import cases
from benchmarks.result import Result

PATIENCE = 3
"""Seconds that a peer gets for a case."""

EVERY = 3
"""The peers are asked one case in so many: the whole would take them half an hour."""

FIELDS = ("symbols", "constraints", "left", "givens", "functions", "random")


def measure() -> list[Result]:
    read_cases = [
        made for case in cases("cases") if case["want"] in ("right", "refuted") for made in [read_case(case)] if made
    ]
    ours = Counter(_judged(_ours(*trees), want) for *trees, want in read_cases)
    shared = [made for made in read_cases if is_value(made[0], made[2]) and is_value(made[1], made[2])][::EVERY]
    results = _results("formula", ours, len(read_cases))
    same = Counter(_judged(_ours(key, answer, declared), want) for key, answer, declared, want in shared)
    peers: dict[str, Callable[..., bool]] = {"simplify": simplified}
    if importlib.util.find_spec("math_verify") is not None:
        peers["math-verify"] = _verified
    for name, peer in peers.items():
        theirs = Counter(
            _judged(found, want) for found, (*_, want) in zip(ask_patiently(peer, shared), shared, strict=True)
        )
        results += _results(f"formula_on_{name}_cases", same, len(shared), name, theirs)
    return results


def _results(
    name: str, ours: Counter[str], count: int, peer: str | None = None, theirs: Mapping[str, int] | None = None
) -> list[Result]:
    wants = {"accept": ("<= 0", 0.0), "reject": ("<= 0.005", 0.005), "timeout": ("<= 0", 0.0), "undecided": ("", 1.0)}
    return [
        Result(
            f"{name}_wrong_{what}" if what in ("accept", "reject") else f"{name}_{what}",
            ours[what] / count, "share", count, want, ours[what] / count <= limit,
            peer, theirs.get(what, 0) / count if theirs is not None else None,
        )
        for what, (want, limit) in wants.items()
    ]  # fmt: skip


def _judged(found: bool | str, want: str) -> str:
    if isinstance(found, str):
        return found
    return "right" if found == (want == "right") else "accept" if found else "reject"


def read_case(case: dict[str, Any]) -> tuple[Node, Node, Declared, str] | None:
    """Return key, answer, declarations and what is wanted of a case, None where it cannot be read."""
    declared = declare({field: case["part"][field] for field in FIELDS if field in case["part"]})
    try:
        return read(case["part"]["answer"], declared), read(case["say"], declared), declared, case["want"]
    except Malformed:
        return None


def _ours(key: Node, answer: Node, declared: Declared) -> bool | str:
    started = time.perf_counter()
    verdict = compare(key, answer, declared)
    if time.perf_counter() - started > 2:
        return "timeout"
    return "undecided" if verdict.kind == "undecided" else verdict.same


def ask_patiently(peer: Callable[..., bool], shared: list[tuple[Node, Node, Declared, str]]) -> list[bool | str]:
    """Ask a peer in a process of its own, which an alarm interrupts."""
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=None) as pool:
        return pool.map(_Patient(peer), [made[:3] for made in shared])


class _Patient:
    def __init__(self, peer: Callable[..., bool]) -> None:
        self.peer = peer

    def __call__(self, case: tuple[Node, Node, Declared]) -> bool | str:
        signal.signal(signal.SIGALRM, _give_up)
        signal.alarm(PATIENCE)
        try:
            return self.peer(*case)
        except TimeoutError:
            return "timeout"
        except Exception:
            return "undecided"
        finally:
            signal.alarm(0)


def _give_up(number: int, frame: object) -> None:
    raise TimeoutError


def simplified(key: Node, answer: Node, declared: Declared) -> bool:
    """Return what the peer says: whether the difference is simplified to zero."""
    return bool(sympy.simplify(_as_sympy(key, declared) - _as_sympy(answer, declared)) == 0)


def _verified(key: Node, answer: Node, declared: Declared) -> bool:
    math_verify = importlib.import_module("math_verify")
    texts = (f"${to_latex(node, declared)}$" for node in (key, answer))
    wanted, given = (math_verify.parse(text, parsing_timeout=None) for text in texts)
    return bool(math_verify.verify(wanted, given, timeout_seconds=None))


def is_value(node: Node, declared: Declared) -> bool:
    """Return whether a formula is one that the peers know: a number, not a relation or a vector."""
    if any(symbol.shape for symbol in declared.symbols):
        return False
    return not isinstance(node, Relation) and not (isinstance(node, Call) and node.function in ("O", "set"))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(sympy, name)
    for name in (
        *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf"),
        *("Abs", "sign", "Max", "Min", "floor", "ceiling", "Mod", "factorial", "binomial", "KroneckerDelta"),
    )
} | {"log2": lambda a: sympy.log(a, 2), "log10": lambda a: sympy.log(a, 10)}

_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "**": lambda a, b: a**b, "neg": lambda a: -a, "and": sympy.And, "or": sympy.Or, "not": sympy.Not,
    "<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "=": sympy.Eq, "==": sympy.Eq, "!=": sympy.Ne,
}  # fmt: skip


def _as_sympy(node: Node, declared: Declared) -> Any:
    def inner(part: Node) -> Any:
        return _as_sympy(part, declared)

    match node:
        case Number(value):
            return sympy.Rational(str(value))
        case Name(name):
            constants = {"pi": sympy.pi, "E": sympy.E, "oo": sympy.oo, "True": sympy.true}
            return constants[name] if name in constants and name not in declared.by_name else _symbol(name, declared)
        case Operation(operator, operands):
            return _OPERATORS[operator](*map(inner, operands))
        case Relation((operator,), (left, right)):
            return _OPERATORS[operator](inner(left), inner(right))
        case Call(function, arguments):
            return _FUNCTIONS[function](*map(inner, arguments))
        case Index(Name(name), indices):
            return sympy.IndexedBase(name, real=True)[tuple(map(inner, indices))]
        case Series("Sum" | "Product" as kind, body, variable, low, high):
            return getattr(sympy, kind)(inner(body), (_symbol(variable, declared), inner(low), inner(high)))
        case Piecewise(branches):
            return sympy.Piecewise(*((inner(value), inner(when)) for value, when in branches))
    raise NotImplementedError


def _symbol(name: str, declared: Declared) -> sympy.Symbol:
    symbol = declared.symbol(name)
    if symbol is None:
        return sympy.Symbol(name, integer=True)
    assumptions = {"positive": symbol.positive, "nonnegative": symbol.nonnegative, "integer": symbol.integer}
    return sympy.Symbol(name, real=True, **{word: True for word, holds in assumptions.items() if holds})
