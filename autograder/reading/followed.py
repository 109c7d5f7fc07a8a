"""What of Python is worked out without running it: operators, a short list of functions, and constants.

They mean what they mean in Python, on exact numbers within the bounds of the formula language.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any, Final

from autograder.formula import arithmetic, functions
from autograder.reading.assigned import Listed

OPERATORS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: arithmetic.add,
    ast.Sub: arithmetic.subtract,
    ast.Mult: arithmetic.multiply,
    ast.Div: arithmetic.divide,
    ast.FloorDiv: arithmetic.floor_divide,
    ast.Mod: arithmetic.modulo,
    ast.Pow: arithmetic.power,
}


def _log(value: Any, base: Any = None) -> Any:
    if base is None:
        return functions.natural_log(value)
    return arithmetic.divide(functions.natural_log(value), functions.natural_log(base))


def _product(values: Any, *rest: Any) -> Any:
    result: Any = 1
    for value in _members(values, rest):
        result = arithmetic.multiply(result, value)
    return result


def _sum(values: Any, *rest: Any) -> Any:
    result: Any = 0
    for value in _members(values, rest):
        result = arithmetic.add(result, value)
    return result


def _members(values: Any, rest: tuple[Any, ...]) -> tuple[Any, ...]:
    return values.items if isinstance(values, Listed) and not rest else (values, *rest)


def _truncated(value: Any) -> Any:
    return arithmetic.ceiling(value) if value < 0 else arithmetic.floor(value)


BUILTINS: Final[dict[str, Callable[..., Any]]] = {
    "abs": arithmetic.magnitude,
    "float": lambda value: value,
    "int": _truncated,
    "max": lambda first, *rest: functions.largest(*_members(first, rest)),
    "min": lambda first, *rest: functions.smallest(*_members(first, rest)),
    "pow": arithmetic.power,
    "round": arithmetic.rounded,
    "sum": _sum,
}
"""Functions that are there without an import."""

MODULE: Final[dict[str, Callable[..., Any]]] = {
    "abs": arithmetic.magnitude,
    "ceil": arithmetic.ceiling,
    "comb": functions.binomial,
    "exp": functions.exponential,
    "fabs": arithmetic.magnitude,
    "factorial": functions.factorial,
    "float32": lambda value: value,
    "float64": lambda value: value,
    "floor": arithmetic.floor,
    "int64": _truncated,
    "log": _log,
    "log10": functions.log_base_10,
    "log2": functions.log_base_2,
    "pow": arithmetic.power,
    "power": arithmetic.power,
    "prod": _product,
    "round": arithmetic.rounded,
    "sqrt": functions.square_root,
    "sum": _sum,
}
"""Functions of the modules in `MODULES`, which mean the same in each for numbers."""

CONSTANTS: Final[dict[str, float]] = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
"""Constants of these modules."""

MODULES: Final = ("math", "numpy")
