r"""Write a tree in LaTeX, as it was read: the check cell and the feedback show it to the candidate.

Reading it again gives the same tree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autograder.algebra.latexnames import latex_name
from autograder.algebra.spelling import spellings
from autograder.algebra.symbols import Declared
from autograder.algebra.write import AND, ATOM, COMPARE, NEGATE, OR, POWER, PRODUCT, STRENGTH, SUM, number, to_formula
from autograder.formula.tree import (
    Call,
    Comparison,
    Group,
    Index,
    Name,
    Node,
    Number,
    Operation,
    Piecewise,
    Series,
    Transpose,
)

BARE: Final = ATOM + 1
"""What needs no brackets before a factorial either."""

_SIGNS: Final = {
    "<=": r"\le",
    ">=": r"\ge",
    "!=": r"\ne",
    "==": "=",
    "≈": r"\approx",
    "∝": r"\propto",
    "⇒": r"\Rightarrow",
}
_FUNCTIONS: Final = {
    "exp": r"\exp", "log": r"\log", "log2": r"\log_{2}", "log10": r"\log_{10}", "sin": r"\sin", "cos": r"\cos",
    "tan": r"\tan", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "sinh": r"\sinh", "cosh": r"\cosh",
    "tanh": r"\tanh", "Max": r"\max", "Min": r"\min", "trace": r"\operatorname{tr}", "det": r"\det",
    "O": r"\mathcal{O}", "Theta": r"\Theta", "Omega": r"\Omega",
}  # fmt: skip
_SQUARE_BRACKETS: Final = {"Ev": r"\mathbb{E}", "Var": r"\operatorname{Var}", "Cov": r"\operatorname{Cov}"}
_SERIES: Final = {"Sum": r"\sum", "Product": r"\prod", "Max": r"\max", "Min": r"\min"}
_CONSTANTS: Final = {"pi": r"\pi", "E": "e", "oo": r"\infty", "True": r"\text{True}", "False": r"\text{False}"}


def to_latex(tree: Node, declared: Declared) -> str:
    """Return a tree in LaTeX, without dollars.

    Args:
        tree: as read.
        declared: how its names are written.
    """
    return _Writer(declared).write(tree)


class _Writer:
    """Writes nodes with the names of some declarations."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.bound: tuple[str, ...] = ()

    def write(self, node: Node, tail: bool = True) -> str:
        r"""Write a node; a sum that is not at the `tail` of a product needs brackets."""
        match node:
            case Number(value):
                short = number(value)
                return short if "/" not in short else "\\frac{{{}}}{{{}}}".format(*short.split("/"))
            case Name(name):
                return self.name(name)
            case Operation():
                return self.operation(node, tail)
            case Comparison(operators, operands):
                sides = [self.within(side, SUM) for side in operands]
                pairs = zip(operators, sides[1:], strict=True)
                return sides[0] + "".join(f" {_SIGNS.get(sign, sign)} {side}" for sign, side in pairs)
            case Call():
                return self.call(node)
            case Index(base, indices):
                return self.index(base, indices)
            case Series():
                return self.series(node)
            case Piecewise(branches):
                return self.cases(branches)
            case Transpose(operand):
                return f"{self.within(operand, ATOM)}^{{\\top}}"
            case Group(items):
                return f"\\left({self.listed(items)}\\right)"

    def strength(self, node: Node) -> int:
        match node:
            case Operation("/", _) | Transpose() | Call("factorial" | "inv" | "grad", _):
                return POWER
            case Operation(operator, _):
                return STRENGTH[operator]
            case Comparison():
                return COMPARE
            case Call("hadamard", _) | Series():
                return PRODUCT
            case Number(value):
                return NEGATE if value < 0 else BARE if "/" not in number(value) else POWER
            case Name(name) if name not in self.bound:
                return POWER if latex_name(name, self.declared)[2] else BARE
            case Index(Name(name), _):
                return POWER if latex_name(name, self.declared)[2] else BARE
            case Call():
                return ATOM
        return BARE

    def within(self, node: Node, least: int, tail: bool = True) -> str:
        if self.strength(node) >= least and (tail or not _ends_in_series(node)):
            return self.write(node, tail)
        return f"\\left({self.write(node)}\\right)"

    def listed(self, items: tuple[Node, ...]) -> str:
        return ", ".join(self.write(item) for item in items)

    def name(self, name: str) -> str:
        if name in self.bound or name not in self.declared.by_name:
            if name in _CONSTANTS and name not in self.bound:
                return _CONSTANTS[name]
            base, below, above = latex_name(name, Declared())
        else:
            base, below, above = latex_name(name, self.declared)
        return base + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")

    def operation(self, node: Operation, tail: bool) -> str:
        strength = STRENGTH[node.operator]
        if node.operator in ("neg", "not"):
            sign = "-" if node.operator == "neg" else r"\neg "
            return sign + self.within(node.operands[0], strength if node.operator == "neg" else ATOM, tail)
        left, right = node.operands
        match node.operator:
            case "/":
                return f"\\frac{{{self.write(left)}}}{{{self.write(right)}}}"
            case "**":
                exponent = self.write(right)
                # above a family, brackets would hold one more index
                least = BARE + 1 if isinstance(left, Index) and exponent.startswith(r"\left(") else ATOM
                return f"{self.within(left, least)}^{{{exponent}}}"
            case "*" | "·":
                return self.product(left, right, tail)
            case "+" | "-":
                least = POWER if self.strength(right) == NEGATE else PRODUCT
                return f"{self.within(left, SUM)} {node.operator} {self.within(right, least)}"
            case "and" | "or":
                least, sign = (AND, r"\land") if node.operator == "and" else (OR, r"\lor")
                return f"{self.within(left, least)} {sign} {self.within(right, least + 1)}"
        # a remainder or a rounded quotient that nothing has made a call of
        return f"\\left({self.within(left, PRODUCT, False)} \\bmod {self.within(right, NEGATE, False)}\\right)"

    def product(self, left: Node, right: Node, tail: bool) -> str:
        a, b = (
            self.within(left, PRODUCT, False),
            self.within(right, POWER, tail) if not isinstance(right, Series) else "",
        )
        if isinstance(right, Series):
            b = self.write(right) if tail else f"\\left({self.write(right)}\\right)"
        mixed = _last(left) is not None and b.startswith(r"\frac")
        return f"{a} \\cdot {b}" if b[0].isdigit() or b[0] == "." or mixed else f"{a} {b}"

    def index(self, base: Node, indices: tuple[Node, ...]) -> str:
        inner = self.listed(indices)
        if not isinstance(base, Name):
            return f"\\left({self.write(base)}\\right)_{{{inner}}}"
        shown, below, above = latex_name(base.name, self.declared)
        lowest = "".join(to_formula(index) for index in indices)
        if f"{base.name}_{lowest}" in spellings(self.declared).names:
            # x_0 may be a name of its own
            return f"{self.name(base.name)}\\left[{inner}\\right]"
        if above.startswith("(") and above.endswith(")"):
            return shown + (f"_{{{below}}}" if below else "") + f"^{{({inner})}}"
        lowered = f"{below}, {inner}" if below else inner
        return f"{shown}_{{{lowered}}}" + (f"^{{{above}}}" if above else "")

    def series(self, node: Series) -> str:
        low, high = self.write(node.low), self.write(node.high)
        saved, self.bound = self.bound, (*self.bound, node.variable)
        bare = node.kind == "Sum" or not isinstance(node.body, Operation) or node.body.operator not in ("*", "·")
        body = self.within(node.body, PRODUCT) if bare else f"\\left({self.write(node.body)}\\right)"
        variable = self.name(node.variable)
        self.bound = saved
        return f"{_SERIES[node.kind]}_{{{variable}={low}}}^{{{high}}} {body}"

    def cases(self, branches: tuple[tuple[Node, Node], ...]) -> str:
        rows = [f"{self.write(value)} & {self.condition(condition)}" for value, condition in branches]
        return "\\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def condition(self, node: Node) -> str:
        return r"\text{otherwise}" if node == Name("True") else r"\text{if } " + self.write(node)

    def call(self, node: Call) -> str:
        special = _SPECIAL.get(node.function)
        declared = node.function in self.declared.by_name
        if special is not None and not declared:
            return special(self, node.arguments)
        inner = self.listed(node.arguments)
        if declared:
            return f"{self.name(node.function)}\\left({inner}\\right)"
        if node.function in _SQUARE_BRACKETS:
            return f"{_SQUARE_BRACKETS[node.function]}\\left[{inner}\\right]"
        shown = _FUNCTIONS.get(node.function)
        if shown is None or (node.function in ("Theta", "Omega", "O") and node.function in self.declared.by_name):
            shown = f"\\operatorname{{{node.function}}}"
        return f"{shown}\\left({inner}\\right)"

    def sized(self, name: str, shown: str, arguments: tuple[Node, ...]) -> str:
        plain = all(isinstance(size, Name | Number) for size in arguments)
        if (name == "eye" and "I" in self.declared.by_name) or not plain:
            return f"\\operatorname{{{name}}}\\left({self.listed(arguments)}\\right)"
        return f"{shown}_{{" + r" \times ".join(self.write(size) for size in arguments) + "}"


def _ends_in_series(node: Node) -> bool:
    match node:
        case Series():
            return True
        case Operation("*" | "·" | "+" | "-", (_, right)):
            return _ends_in_series(right)
        case Operation("neg", (operand,)):
            return _ends_in_series(operand)
        case Call("hadamard", (_, right)):
            return _ends_in_series(right)
    return False


def _last(node: Node) -> Number | None:
    """Return the number that stands at the end of what was written, if one does."""
    match node:
        case Number():
            return node
        case Operation("*" | "neg", (*_, last)):
            return _last(last)
    return None


def _matrix(writer: _Writer, rows: tuple[Node, ...]) -> str:
    cells = [
        " & ".join(writer.write(cell) for cell in (row.items if isinstance(row, Group) else (row,))) for row in rows
    ]
    return r"\begin{pmatrix} " + r" \\ ".join(cells) + r" \end{pmatrix}"


def _norm(writer: _Writer, arguments: tuple[Node, ...]) -> str:
    inner = f"\\left\\lVert {writer.write(arguments[0])} \\right\\rVert"
    return inner if len(arguments) == 1 else f"{inner}_{{{writer.write(arguments[1])}}}"


def _slope(writer: _Writer, arguments: tuple[Node, ...]) -> str:
    of, by = arguments
    # brackets keep a power from being read as the order of the derivative
    shown = writer.write(of) if isinstance(of, Name) else f"\\left({writer.write(of)}\\right)"
    return f"\\frac{{\\partial {shown}}}{{\\partial {writer.write(by)}}}"


def _odot(writer: _Writer, arguments: tuple[Node, ...]) -> str:
    shown = writer.within(arguments[0], PRODUCT, False)
    for argument in arguments[1:]:
        shown += f" \\odot {writer.within(argument, POWER, False)}"
    return shown


def _kronecker(writer: _Writer, arguments: tuple[Node, ...]) -> str:
    inner = writer.listed(arguments)
    return (
        f"\\operatorname{{KroneckerDelta}}\\left({inner}\\right)"
        if "delta" in writer.declared.by_name
        else f"\\delta_{{{inner}}}"
    )


_SPECIAL: Final[dict[str, Callable[[_Writer, tuple[Node, ...]], str]]] = {
    "sqrt": lambda writer, given: f"\\sqrt{{{writer.listed(given)}}}",
    "Abs": lambda writer, given: f"\\left|{writer.listed(given)}\\right|",
    "floor": lambda writer, given: f"\\left\\lfloor {writer.listed(given)} \\right\\rfloor",
    "ceiling": lambda writer, given: f"\\left\\lceil {writer.listed(given)} \\right\\rceil",
    "factorial": lambda writer, given: f"{writer.within(given[0], BARE)}!",
    "binomial": lambda writer, given: f"\\binom{{{writer.write(given[0])}}}{{{writer.write(given[1])}}}",
    "Mod": lambda writer, given: (
        f"\\left({writer.within(given[0], PRODUCT, False)} \\bmod {writer.within(given[1], POWER, False)}\\right)"
    ),
    "grad": _slope,
    "inv": lambda writer, given: f"{writer.within(given[0], ATOM)}^{{-1}}",
    "dot": lambda writer, given: f"\\left\\langle {writer.listed(given)} \\right\\rangle",
    "norm": _norm,
    "hadamard": _odot,
    "matrix": _matrix,
    "KroneckerDelta": _kronecker,
    "set": lambda writer, given: f"\\left\\{{{writer.listed(given)}\\right\\}}",
    "eye": lambda writer, given: writer.sized("eye", r"\mathbf{I}", given),
    "ones": lambda writer, given: writer.sized("ones", r"\mathbf{1}", given),
}
