"""The formula language: read, check and evaluate formulas of the bank, exactly and within bounds."""

from autograder.formula.arithmetic import FormulaError, TooLarge, Value
from autograder.formula.evaluate import Values, compiled, evaluate, names
from autograder.formula.order import Cycle, dependency_order
from autograder.formula.parse import parse
from autograder.formula.steps import steps

__all__ = [
    "Cycle",
    "FormulaError",
    "TooLarge",
    "Value",
    "Values",
    "compiled",
    "dependency_order",
    "evaluate",
    "names",
    "parse",
    "steps",
]
