"""Read what a notebook's code assigns without running any of it.

Literals, arithmetic on exact numbers, names assigned before, and a short list of functions are followed with Python's
own meaning. Everything else (a loop, a call, a condition) makes the names it assigns `COMPUTED`: only running would
tell.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from autograder.formula import FormulaError, arithmetic, functions
from autograder.reading.assigned import COMPUTED, Assigned, Listed, Unreadable, unreadable_in

MAX_SOURCE: Final = 100_000
"""Characters of a cell that is still looked at."""


MAX_KEPT: Final = 4_000
"""Characters of a cell whose reading is remembered, as that of the check cells that everybody hands in."""

_POWER_HINT: Final = "In Python ^ is not a power: write 10**14 or 1e14."
_NEWLINE: Final = re.compile("\r\n|\r|\n")
_TIMED: Final = re.compile(r"^%time +(?=[A-Za-z_])")
_ARROW: Final = re.compile(r"^([A-Za-z_]\w*)[ \t]*<-[ \t]*(?=\S)", re.MULTILINE)
"""R's assignment, where nobody compares: a line of Python that begins so would have no effect."""
_LINE: Final = re.compile(r"([A-Za-z_]\w*)[ \t]*[=:](?!=)[ \t]*(.*)\Z", re.DOTALL)

_OPERATORS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
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


_BUILTINS: Final[dict[str, Callable[..., Any]]] = {
    "abs": arithmetic.magnitude,
    "float": lambda value: value,
    "int": _truncated,
    "max": lambda first, *rest: functions.largest(*_members(first, rest)),
    "min": lambda first, *rest: functions.smallest(*_members(first, rest)),
    "pow": arithmetic.power,
    "round": arithmetic.rounded,
    "sum": _sum,
}
_MODULE: Final[dict[str, Callable[..., Any]]] = {
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
_CONSTANTS: Final[dict[str, float]] = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
_MODULES: Final = ("math", "numpy")


class Names:
    """What the names of a notebook stand for, cell after cell in document order."""

    def __init__(self) -> None:
        self.values: dict[str, Assigned] = {}
        self.modules: dict[str, str] = {"math": "math", "np": "numpy", "numpy": "numpy"}
        self.imported: dict[str, str] = {}

    def read_cell(self, source: str) -> None:
        """Follow the assignments of one code cell. Whatever stands in it, this neither runs it nor raises."""
        for statement in _statements(source):
            if isinstance(statement, tuple):
                self._set(statement[0], statement[1])
            else:
                self._statement(statement, source)

    def _set(self, name: str, value: Assigned) -> None:
        self.values[name] = value
        self.modules.pop(name, None)
        self.imported.pop(name, None)

    def _statement(self, node: ast.stmt, source: str) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                found = self._value(value, source)
                for target in targets:
                    self._bind(target, found)
            case ast.AnnAssign(target=ast.Name(id=name), value=value, annotation=annotation):
                self._set(name, self._value(value or annotation, source))
            case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
                left = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)
                whole = ast.copy_location(ast.BinOp(left=left, op=operator, right=value), node)
                self._set(name, self._value(whole, source))
            case ast.Import(names=names):
                for alias in names:
                    self._import(alias)
            case ast.ImportFrom(module=module, names=names):
                for alias in names:
                    self._set(alias.asname or alias.name, COMPUTED)
                    if module in _MODULES:
                        self.imported[alias.asname or alias.name] = alias.name
            case ast.Delete(targets=targets):
                for target in targets:
                    self.values.pop(getattr(target, "id", ""), None)
            case _:
                for name in _stored(node):
                    self._set(name, COMPUTED)

    def _import(self, alias: ast.alias) -> None:
        name = alias.asname or alias.name.partition(".")[0]
        self._set(name, COMPUTED)
        if alias.name in _MODULES:
            self.modules[name] = alias.name

    def _bind(self, target: ast.expr, value: Assigned) -> None:
        if isinstance(target, ast.Name):
            self._set(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            items = value.items if isinstance(value, Listed) and len(value.items) == len(target.elts) else None
            for place, inner in enumerate(target.elts):
                self._bind(inner, items[place] if items is not None else COMPUTED)
        else:
            for name in _stored(target):
                self._set(name, COMPUTED)

    def _value(self, node: ast.expr, source: str) -> Assigned:
        try:
            return self._evaluate(node, source)
        except _Refused as refused:
            return Unreadable(refused.args[0])
        except FormulaError as error:
            return Unreadable(_sentence(error))
        except (_NotStated, RecursionError, TypeError, ValueError, OverflowError):
            # arguments that are not followed here, such as a start for sum(), may mean something to Python
            return COMPUTED

    def _evaluate(self, node: ast.expr, source: str) -> Any:
        match node:
            case ast.Constant(value=value):
                return _constant(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return arithmetic.negate(_number(self._evaluate(operand, source)))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return _number(self._evaluate(operand, source))
            case ast.BinOp(op=ast.BitXor()):
                raise _Refused(_POWER_HINT)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                a, b = _number(self._evaluate(left, source)), _number(self._evaluate(right, source))
                return _OPERATORS[type(operator)](a, b)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules and name in _CONSTANTS:
                return _CONSTANTS[name]
            case ast.Call(func=function, args=arguments, keywords=[]):
                called = self._function(function)
                values = [self._evaluate(argument, source) for argument in arguments]
                for value in values:
                    _refuse_unreadable(value)
                return called(*(value if isinstance(value, Listed) else _number(value) for value in values))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return Listed(tuple(self._item(item, source) for item in items), _segment(source, node))
        raise _NotStated

    def _item(self, node: ast.expr, source: str) -> Any:
        # one cell of a table that cannot be read leaves the others readable
        try:
            return self._evaluate(node, source)
        except _Refused as refused:
            return Unreadable(refused.args[0])
        except FormulaError as error:
            return Unreadable(_sentence(error))

    def _name(self, name: str) -> Any:
        if name in self.imported and self.imported[name] in _CONSTANTS:
            return _CONSTANTS[self.imported[name]]
        value = self.values.get(name, COMPUTED)
        if value is COMPUTED:
            raise _NotStated
        if isinstance(value, Unreadable):
            raise _Refused(value.hint)
        return value

    def _function(self, node: ast.expr) -> Callable[..., Any]:
        match node:
            case ast.Name(id=name) if name in self.imported:
                found = _MODULE.get(self.imported[name])
            case ast.Name(id=name) if name not in self.values:
                found = _BUILTINS.get(name)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules:
                found = _MODULE.get(name)
            case _:
                found = None
        if found is None:
            raise _NotStated
        return found


class _NotStated(Exception):
    """Only running the code would tell."""


class _Refused(Exception):
    """The code says something else than its writer means."""


def _statements(source: str) -> tuple[ast.stmt | tuple[str, Assigned], ...]:
    # a class that hands in long cells must not fill the memory with their trees
    return _read_statements(source) if len(source) > MAX_KEPT else _kept_statements(source)


@lru_cache(maxsize=512)
def _kept_statements(source: str) -> tuple[ast.stmt | tuple[str, Assigned], ...]:
    return _read_statements(source)


def _read_statements(source: str) -> tuple[ast.stmt | tuple[str, Assigned], ...]:
    """Return the statements of a cell; where it is not Python, what can be read line by line as (name, value)."""
    if len(source) > MAX_SOURCE:
        return ()
    if "%" in source or "!" in source:
        # IPython's own lines are not Python
        lines = (_TIMED.sub("", line) for line in source.split("\n"))
        source = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
    if "<-" in source:
        source = _ARROW.sub(r"\1 = ", source)
    found = _parsed(source)
    return tuple(found) if found is not None else tuple(_by_line(source))


def _stored(node: ast.stmt | ast.expr) -> tuple[str, ...]:
    short = (node.end_lineno or 0) - node.lineno < 30 and (node.end_col_offset or 0) < MAX_KEPT
    return _kept_names(node) if short else _names_stored(node)


@lru_cache(maxsize=512)
def _kept_names(node: ast.stmt | ast.expr) -> tuple[str, ...]:
    return _names_stored(node)


def _names_stored(node: ast.AST) -> tuple[str, ...]:
    """Return the names that a statement may assign, in any of its branches and bodies.

    Remembered for each tree, and trees for each source, because every candidate hands in the same check cells.
    """
    names: list[str] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.append(inner.id)
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(inner.name)
    return tuple(names)


def _parsed(source: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _by_line(source: str) -> Iterator[ast.stmt | tuple[str, Assigned]]:
    for line in source.split("\n"):
        found = _LINE.match(line.strip())
        if line[:1].isspace():
            if found is not None:
                yield found[1], COMPUTED
            continue
        parsed = _parsed(line)
        if parsed is not None:
            yield from parsed
        elif found is not None:
            yield found[1], found[2]


def _segment(source: str, node: ast.expr) -> str:
    # ast.get_source_segment splits the whole source at each call, which takes quadratic time in a long cell
    lines = _lines(source)[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"\n".join(lines).decode(errors="replace")


@lru_cache(maxsize=8)
def _lines(source: str) -> list[bytes]:
    return [line.encode(errors="replace") for line in _NEWLINE.split(source)]


def _constant(value: object) -> Any:
    if isinstance(value, bool) or value is None or value is ... or isinstance(value, str):
        return value
    if isinstance(value, int):
        return arithmetic.exact(value)
    if isinstance(value, float):
        # the decimal as it is written, not the nearest binary fraction
        return arithmetic.exact(Fraction(repr(value))) if math.isfinite(value) else value
    raise _NotStated


def _sentence(error: FormulaError) -> str:
    return error.problem[0].upper() + error.problem[1:] + "."


def _refuse_unreadable(value: Assigned) -> None:
    inside = unreadable_in(value)
    if inside is not None:
        raise _Refused(inside.hint)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise _NotStated
    return value


def ends_on(source: str, assigned: Mapping[str, Assigned]) -> Assigned:
    """Return what a cell comes to that does not assign the name it was handed out with.

    Args:
        source: of the cell.
        assigned: what the names of the notebook stand for.

    Returns:
        The value of its last line, or what that assigns to another name; `...` if it is neither, or cannot be read.
    """
    statements = _statements(source) if len(source) <= MAX_KEPT else ()
    match statements[-1] if statements else None:
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Expr(value=value):
            names = Names()
            names.values = dict(assigned)
            found = names._value(value, source)
        case (str(), found):
            pass
        case _:
            return ...
    return ... if isinstance(found, Unreadable) or found is COMPUTED else found


def assigns(source: str, name: str) -> bool:
    """Return whether a cell may assign a name, in any of its branches and bodies."""
    stored = ((each[0],) if isinstance(each, tuple) else _stored(each) for each in _statements(source))
    return any(name in names for names in stored)


def read_assignments(cells: Iterable[str]) -> dict[str, Assigned]:
    """Return what the names of a notebook stand for after all its code cells.

    Args:
        cells: the source of each code cell, in document order.
    """
    names = Names()
    for source in cells:
        names.read_cell(source)
    return names.values
