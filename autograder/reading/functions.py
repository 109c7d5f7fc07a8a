"""Which functions may an answer call, and what do they give? A closed list; nothing else is ever evaluated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from autograder.formula.arithmetic import Value, divide, multiply, power, rounded, to_float
from autograder.formula.functions import FUNCTIONS
from autograder.reading.fields import Unread
from autograder.reading.words import word_set

_NAMES: Final = {
    "sqrt": "sqrt", "log": "log", "ln": "log", "log_e": "log", "log2": "log2", "log_2": "log2", "log10": "log10",
    "log_10": "log10", "exp": "exp", "ceil": "ceiling", "ceiling": "ceiling", "floor": "floor", "abs": "Abs",
    "fabs": "Abs", "min": "Min", "max": "Max",
}  # fmt: skip
_THEMSELVES: Final = word_set("float decimal tensor array float64 float32 float16 int64 int32 O")


def apply(name: str, arguments: Sequence[Value]) -> Value:
    """Return what a function of `tokens.CALLS` gives.

    Raises:
        Unread: another number of arguments is needed.
        FormulaError: the function has no value there, or one beyond the bounds.
    """
    if name in ("prod", "product"):
        result: Value = 1
        for value in arguments:
            result = multiply(result, value)
        return result
    if name == "round" and len(arguments) <= 2:
        return rounded(*arguments)
    if name == "pow" and len(arguments) == 2:
        return power(*arguments)
    if name == "log" and len(arguments) == 2:
        return divide(apply("log2", arguments[:1]), apply("log2", arguments[1:]))
    if name == "fraction" and len(arguments) == 2:
        return divide(arguments[0], arguments[1])
    if name in _THEMSELVES and len(arguments) == 1:
        return arguments[0]
    if name == "int" and len(arguments) == 1:
        return math.trunc(arguments[0]) if math.isfinite(to_float(arguments[0])) else arguments[0]
    function, least, most = FUNCTIONS[_NAMES.get(name, "exp")]
    if name not in _NAMES or not least <= len(arguments) <= (most or len(arguments)):
        raise Unread("unreadable", f"{name} takes another number of arguments.")
    return function(*arguments)
