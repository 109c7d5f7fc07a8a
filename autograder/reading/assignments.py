"""Read what a notebook's code assigns without running any of it.

Literals, arithmetic on exact numbers, names assigned before, and a short list of functions are followed with Python's
own meaning. Everything else (a loop, a call, a condition) makes the names it assigns `COMPUTED`: only running would
tell.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from autograder.formula import FormulaError, arithmetic
from autograder.reading.assigned import COMPUTED, Assigned, Listed, Unreadable, unreadable_in
from autograder.reading.followed import BUILTINS, CONSTANTS, MODULE, MODULES, OPERATORS
from autograder.reading.statements import MAX_KEPT, segment, statements, stored

_POWER_HINT: Final = "In Python ^ is not a power: write 10**14 or 1e14."


class Names:
    """What the names of a notebook stand for, cell after cell in document order."""

    def __init__(self) -> None:
        self.values: dict[str, Assigned] = {}
        self.modules: dict[str, str] = {"math": "math", "np": "numpy", "numpy": "numpy"}
        self.imported: dict[str, str] = {}

    def read_cell(self, source: str) -> None:
        """Follow the assignments of one code cell. Whatever stands in it, this neither runs it nor raises."""
        for statement in statements(source):
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
                    if module in MODULES:
                        self.imported[alias.asname or alias.name] = alias.name
            case ast.Delete(targets=targets):
                for target in targets:
                    self.values.pop(getattr(target, "id", ""), None)
            case _:
                for name in stored(node):
                    self._set(name, COMPUTED)

    def _import(self, alias: ast.alias) -> None:
        name = alias.asname or alias.name.partition(".")[0]
        self._set(name, COMPUTED)
        if alias.name in MODULES:
            self.modules[name] = alias.name

    def _bind(self, target: ast.expr, value: Assigned) -> None:
        if isinstance(target, ast.Name):
            self._set(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            items = value.items if isinstance(value, Listed) and len(value.items) == len(target.elts) else None
            for place, inner in enumerate(target.elts):
                self._bind(inner, items[place] if items is not None else COMPUTED)
        else:
            for name in stored(target):
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
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                a, b = _number(self._evaluate(left, source)), _number(self._evaluate(right, source))
                return OPERATORS[type(operator)](a, b)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules and name in CONSTANTS:
                return CONSTANTS[name]
            case ast.Call(func=function, args=arguments, keywords=[]):
                called = self._function(function)
                values = [self._evaluate(argument, source) for argument in arguments]
                for value in values:
                    _refuse_unreadable(value)
                return called(*(value if isinstance(value, Listed) else _number(value) for value in values))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return Listed(tuple(self._item(item, source) for item in items), segment(source, node))
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
        if name in self.imported and self.imported[name] in CONSTANTS:
            return CONSTANTS[self.imported[name]]
        value = self.values.get(name, COMPUTED)
        if value is COMPUTED:
            raise _NotStated
        if isinstance(value, Unreadable):
            raise _Refused(value.hint)
        return value

    def _function(self, node: ast.expr) -> Callable[..., Any]:
        match node:
            case ast.Name(id=name) if name in self.imported:
                found = MODULE.get(self.imported[name])
            case ast.Name(id=name) if name not in self.values:
                found = BUILTINS.get(name)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules:
                found = MODULE.get(name)
            case _:
                found = None
        if found is None:
            raise _NotStated
        return found


class _NotStated(Exception):
    """Only running the code would tell."""


class _Refused(Exception):
    """The code says something else than its writer means."""


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


def read_assignments(cells: Iterable[str]) -> dict[str, Assigned]:
    """Return what the names of a notebook stand for after all its code cells.

    Args:
        cells: the source of each code cell, in document order.
    """
    names = Names()
    for source in cells:
        names.read_cell(source)
    return names.values


def ends_on(source: str, assigned: Mapping[str, Assigned]) -> Assigned:
    """Return what a cell comes to that does not assign the name it was handed out with.

    Args:
        source: of the cell.
        assigned: what the names of the notebook stand for.

    Returns:
        The value of its last line, or what that assigns to another name; `...` if it is neither, or cannot be read.
    """
    found = statements(source) if len(source) <= MAX_KEPT else ()
    match found[-1] if found else None:
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Expr(value=value):
            names = Names()
            names.values = dict(assigned)
            said = names._value(value, source)
        case (str(), said):
            pass
        case _:
            return ...
    return ... if isinstance(said, Unreadable) or said is COMPUTED else said
