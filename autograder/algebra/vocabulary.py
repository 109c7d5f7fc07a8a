"""The words of formulas: functions under the names that people give them, constants, and what is not read at all."""

from __future__ import annotations

from typing import Final

from autograder.formula.functions import FUNCTIONS as SCALAR_FUNCTIONS

_SAME_FUNCTION: Final = {
    "ln": "log", "lb": "log2", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "abs": "Abs", "sgn": "sign",
    "max": "Max", "maximum": "Max", "min": "Min", "minimum": "Min", "ceil": "ceiling", "mod": "Mod",
    "fact": "factorial", "comb": "binomial", "binom": "binomial", "tr": "trace", "Tr": "trace", "Trace": "trace",
    "inverse": "inv",
    "I": "eye", "identity": "eye", "sum": "Sum", "prod": "Product", "product": "Product", "Prod": "Product",
    "Log": "log", "Exp": "exp", "Sqrt": "sqrt", "var": "Var", "cov": "Cov", "Expectation": "Ev", "log_2": "log2",
    "log_10": "log10", "Set": "set", "Matrix": "matrix", "vector": "matrix", "transpose": "transpose", "pow": "pow",
    "power": "pow", "inner": "dot", "outer": "outer", "vdot": "dot", "kronecker": "KroneckerDelta", "where": "where",
    "exp2": "exp2", "square": "square", "log1p": "log1p", "expm1": "expm1", "rsqrt": "rsqrt", "cbrt": "cbrt",
    "V": "Var", "Variance": "Var", "Covariance": "Cov",
}  # fmt: skip
SHAPED: Final = {
    "trace": (1, 1), "inv": (1, 1), "diag": (1, 1), "det": (1, 1), "dot": (2, 2), "norm": (1, 2),
    "hadamard": (2, None), "eye": (0, 1),
    "ones": (0, 2), "zeros": (0, 2), "grad": (2, 2), "jac": (2, 2), "Ev": (1, 1), "Var": (1, 1), "Cov": (1, 2),
    "O": (1, 1), "Theta": (1, 1), "Omega": (1, 1), "set": (1, None), "matrix": (1, None),
    "transpose": (1, 1), "pow": (2, 2), "outer": (2, 2), "where": (3, 3), "exp2": (1, 1), "square": (1, 1),
    "log1p": (1, 1), "expm1": (1, 1), "rsqrt": (1, 1), "cbrt": (1, 1),
}  # fmt: skip
"""Functions beyond those of numbers → least and most number of arguments (None: any)."""

OF_ONE_NUMBER: Final = frozenset(
    {"log", "log2", "log10", "exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "det", "trace"}
)
"""What people write without brackets in plain text too: `n log n`, `sqrt d`."""

ARITY: Final = {name: (least, most) for name, (_, least, most) in SCALAR_FUNCTIONS.items()} | SHAPED
SERIES: Final = {"Sum": "Sum", "Product": "Product"}
FUNCTIONS: Final = {name: name for name in (*ARITY, *SERIES, "Piecewise")} | _SAME_FUNCTION
"""A name as it is written → the function it means."""

LATEX_FUNCTIONS: Final = frozenset(
    {"log", "ln", "lb", "lg", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan"}
    | {"max", "min", "det", "tr", "Tr", "sgn", "sign", "abs", "erf"}
)
CONSTANTS: Final = {
    "pi": "pi", "π": "pi", "e": "E", "E": "E", "oo": "oo", "inf": "oo", "infty": "oo", "infinity": "oo", "True": "True",
    "true": "True", "False": "False", "false": "False",
}  # fmt: skip
MODULES: Final = frozenset({"np", "numpy", "math", "torch", "jnp", "sp", "sympy", "linalg", "scipy", "special"})

RELATIONS: Final = {"=": "=", "==": "==", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "!=": "!="}

STOPS: Final = frozenset({"and", "or", "if", "else", "for", "in", "not", "otherwise", "when", "where", "with", "is"})
"""Words between formulas, which are no names."""

_DOTS: Final = "dots leave out what is meant", "write a sum or product with its bounds"
_NO_LIMIT: Final = "limits are not read here", "write the result"
STACKING: Final = frozenset({"choose", "over"})
"""Commands that stand between what they put above and below each other."""

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "partial": ("derivatives are read as fractions", "write \\frac{\\partial f}{\\partial x}, or grad(f, x)"),
    "int": ("integrals are not read here", "write the result"),
    "pm": ("± says two formulas at once", "write both"),
    "mp": ("∓ says two formulas at once", "write both"),
    "dots": _DOTS, "cdots": _DOTS, "vdots": _DOTS, "ddots": _DOTS,
    "lim": _NO_LIMIT, "limsup": _NO_LIMIT, "liminf": _NO_LIMIT, "sup": _NO_LIMIT, "inf": _NO_LIMIT,
    "otimes": ("⊗ is not read here", "write x y^\\top for the outer product"),
    "oplus": ("⊕ is not read here", "write the sum with +"),
    "lg": ("lg is base 2 for some and base 10 for others", "write \\log_2 or \\log_{10}"),
    "percent": ("per cent are not read here", "write 0.5 for 50 %"),
    "to": ("an arrow says no formula", "write the relation"),
    "rightarrow": ("an arrow says no formula", "write the relation"),
    "forall": ("for all is not read here", "leave the condition out"),
    "cup": ("unions are not read here", "write a set with its members"),
    "cap": ("intersections are not read here", "write a set with its members"),
    "argmax": ("argmax is not read here", ""), "argmin": ("argmin is not read here", ""),
    "sim": ("~ is no relation between formulas here", "write ="),
    "equiv": ("≡ is no relation between formulas here", "write ="),
    "ll": ("≪ is no relation between formulas here", ""), "gg": ("≫ is no relation between formulas here", ""),
    "Leftrightarrow": ("an equivalence is not read here", ""),
    "pmod": ("\\pmod is not read here", "write n \\bmod p"),
    "begin": ("this environment is not read here", ""),
}  # fmt: skip
"""What is understood but not read → the problem and what to do about it."""
