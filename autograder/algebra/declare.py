"""Check what an author declares below a part: symbols, constraints, a left side, givens, functions, random variables.

It comes as plain data, as it stands in YAML.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from autograder.algebra.declare_random import random_variable
from autograder.algebra.fields import (
    MAX_INDICES,
    MAX_SYMBOLS,
    NAME,
    RESERVED,
    check_name,
    formula_in,
    latex_in,
    refuse_fields,
    size_in,
)
from autograder.algebra.symbols import DeclarationError, Declared, Function, Given, Random, Size, Symbol
from autograder.formula.tree import Comparison, Name, Node, children, free_names

_BOUNDS: Final = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_FLAGS: Final = ("real", "positive", "nonnegative", "integer", "symmetric", "orthogonal", "positive_definite")
_FIELDS: Final = (*_FLAGS, *_BOUNDS, "indexed", "matrix", "vector", "latex")


def declare(written: Mapping[str, Any], known: Collection[str] = ()) -> Declared:
    """Check a part's declarations.

    Args:
        written: the fields of the part, each of which may be missing:
            `symbols`: name → any of `real positive nonnegative integer symmetric orthogonal positive_definite: true`,
            `gt ge lt le: bound`, `indexed: r`, `matrix: [rows, cols]`, `vector: n`, `latex: '…'`;
            `constraints`: relations in the formula language, such as `p % n == 0`;
            `left`: what a response may begin with before `=`; `givens`: `name = expression`, each;
            `functions`: name → `{of: z, is: "…"}`, without `is` any function; `random`: name → any of
            `mean var third fourth` (the latter about the mean), `normal: true`, `values: [a, b]`, `cov: {other: …}`,
            `indexed: r` (`cov: …` between its members), `vector: n` (`cov: …` the matrix).
        known: further names that formulas may use because they stand for drawn numbers.

    Raises:
        DeclarationError: anything of it is wrong.
    """
    refuse_fields(written, ("symbols", "constraints", "left", "givens", "functions", "random"), ())
    symbols, functions, random = (_mapping(written, field) for field in ("symbols", "functions", "random"))
    bounds: list[Node] = []
    own = [_symbol(name, said, bounds) for name, said in symbols.items()]
    variables = tuple(random_variable(name, said) for name, said in random.items())
    declared = Declared(
        symbols=(*own, *_letters(own, variables)),
        functions=tuple(_function(name, said) for name, said in functions.items()),
        random=variables,
    )
    names = {*_distinct(declared, known), *known}
    taken = names - {symbol.name for symbol in declared.symbols if not symbol.indices}
    givens: list[Given] = []
    for place, text in enumerate(_list(written, "givens")):
        # a symbol may be defined too; its declaration then says what is known of it
        givens.append(_given(text, names, taken | {given.name for given in givens}, ("givens", place)))
        names.add(givens[-1].name)
    _refuse_unknown_in(declared, names)
    relations = [_constraint(text, names, ("constraints", at)) for at, text in enumerate(_list(written, "constraints"))]
    for bound in bounds:
        _refuse_unknown(bound, names, ("symbols",))
    left = written.get("left")
    if left is not None and (not isinstance(left, str) or not left.strip()):
        raise DeclarationError("write what stands left of the equals sign", ("left",))
    return replace(declared, constraints=(*relations, *bounds), left=left, givens=tuple(givens))


def _mapping(written: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = written.get(field) or {}
    if not isinstance(found, Mapping) or len(found) > MAX_SYMBOLS:
        raise DeclarationError(f"write at most {MAX_SYMBOLS} names, each with what it is", (field,))
    return found


def _list(written: Mapping[str, Any], field: str) -> Sequence[Any]:
    found = written.get(field) or ()
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) > MAX_SYMBOLS:
        raise DeclarationError("write a list of formulas", (field,))
    return found


def _symbol(name: str, said: Any, constraints: list[Node]) -> Symbol:
    path = ("symbols", name)
    check_name(name, path)
    said = {} if said is None else said
    refuse_fields(said, _FIELDS, path)
    for flag in _FLAGS:
        if not isinstance(said.get(flag, False), bool):
            raise DeclarationError(f"{flag} is true or left out", (*path, flag))
    shape = _shape(said, path)
    indices = said.get("indexed", 0)
    if type(indices) is not int or not 0 <= indices <= MAX_INDICES:
        raise DeclarationError(f"indexed is the number of indices, 1 to {MAX_INDICES}", (*path, "indexed"))
    if indices and shape:
        raise DeclarationError("a family has numbers as members: write indexed, or vector or matrix", path)
    symbol = Symbol(
        name, said.get("integer", False), indices=indices, shape=shape, latex=latex_in(said, path),
        symmetric=said.get("symmetric", False), orthogonal=said.get("orthogonal", False),
        positive_definite=said.get("positive_definite", False),
    )  # fmt: skip
    square = [flag for flag in _FLAGS[4:] if said.get(flag)]
    if square and (shape is None or shape[0] != shape[1]):
        raise DeclarationError(f"only a square matrix is {square[0].replace('_', ' ')}", (*path, square[0]))
    if said.get("positive"):
        symbol = replace(symbol, low=Fraction(0), low_open=True)
    elif said.get("nonnegative"):
        symbol = replace(symbol, low=Fraction(0))
    for field, sign in _BOUNDS.items():
        if field in said:
            symbol = _bounded(symbol, field, sign, said[field], constraints)
    if symbol.low is not None and symbol.high is not None:
        empty = symbol.low > symbol.high or (symbol.low == symbol.high and (symbol.low_open or symbol.high_open))
        if empty:
            raise DeclarationError("no number lies within these bounds", path)
    return symbol


def _bounded(symbol: Symbol, field: str, sign: str, bound: Any, constraints: list[Node]) -> Symbol:
    path = ("symbols", symbol.name, field)
    value = _number(bound)
    if value is None:
        if not isinstance(bound, str) or symbol.indices or symbol.shape:
            raise DeclarationError("a bound is a number, or of a number also a formula", path)
        constraints.append(Comparison((sign,), (Name(symbol.name), formula_in(bound, path))))
        return symbol
    is_open = field in ("gt", "lt")
    if field in ("gt", "ge"):
        old = (symbol.low, symbol.low_open)
        if old[0] is None or (value, is_open) > (old[0], old[1]):
            return replace(symbol, low=value, low_open=is_open)
        return symbol
    if symbol.high is None or (value, not is_open) < (symbol.high, not symbol.high_open):
        return replace(symbol, high=value, high_open=is_open)
    return symbol


def _number(bound: Any) -> Fraction | None:
    if isinstance(bound, bool) or not isinstance(bound, int | float | Fraction | str):
        return None
    try:
        return Fraction(str(bound))
    except (ValueError, ZeroDivisionError):
        return None


def _shape(said: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[Size, Size] | None:
    if "vector" in said and "matrix" in said:
        raise DeclarationError("write vector or matrix, not both", path)
    if "vector" in said:
        return size_in(said["vector"], (*path, "vector")), 1
    if "matrix" not in said:
        return None
    sizes = said["matrix"]
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or len(sizes) != 2:
        raise DeclarationError("write matrix: [rows, columns]", (*path, "matrix"))
    rows, columns = (size_in(size, (*path, "matrix")) for size in sizes)
    return rows, columns


def _letters(symbols: Iterable[Symbol], random: Iterable[Random]) -> list[Symbol]:
    """Return the letters of sizes as positive whole numbers; one that is declared must be such a number."""
    own = {symbol.name: symbol for symbol in symbols}
    found: dict[str, Symbol] = {}
    shaped: tuple[Symbol | Random, ...] = (*own.values(), *random)
    for symbol in shaped:
        for size in symbol.shape or ():
            if isinstance(size, str) and size in own:
                letter = own[size]
                if not (letter.integer and letter.positive) or letter.indices or letter.shape:
                    raise DeclarationError(
                        f"{size!r} counts rows or columns of {symbol.name!r}, so it is an integer above 0",
                        ("symbols", size), hint=f"write {size}: {{integer: true, positive: true}}",
                    )  # fmt: skip
            elif isinstance(size, str):
                found[size] = Symbol(size, integer=True, low=Fraction(0), low_open=True)
    return list(found.values())


def _function(name: str, said: Any) -> Function:
    path = ("functions", name)
    check_name(name, path)
    refuse_fields(said, ("of", "is", "latex"), path)
    of = said.get("of", ())
    names = (of,) if isinstance(of, str) else tuple(of) if isinstance(of, Sequence) else ()
    if not names or len(names) > MAX_INDICES or not all(isinstance(one, str) and NAME.match(one) for one in names):
        raise DeclarationError("write of: the name of the argument, or a list of names", (*path, "of"))
    body = formula_in(said["is"], (*path, "is")) if "is" in said else None
    return Function(name, names, body, latex_in(said, path))


def _given(text: Any, names: Collection[str], taken: Collection[str], path: tuple[str | int, ...]) -> Given:
    match formula_in(text, path):
        case Comparison(("=" | "==",), (Name(name), body)):
            check_name(name, path)
            if name in taken:
                raise DeclarationError(f"{name!r} is declared already", path)
            _refuse_unknown(body, names, path)
            return Given(name, body)
    raise DeclarationError("write a given as name = expression", path)


def _constraint(text: Any, names: Collection[str], path: tuple[str | int, ...]) -> Node:
    relation = formula_in(text, path)
    if not any(isinstance(node, Comparison) for node in (relation, *children(relation))):
        raise DeclarationError("a constraint is a relation, such as p % n == 0", path)
    _refuse_unknown(relation, names, path)
    return relation


def _distinct(declared: Declared, known: Collection[str]) -> list[str]:
    names: list[str] = []
    for field in ("symbols", "functions", "random"):
        for entry in getattr(declared, field):
            if entry.name in names or entry.name in known:
                raise DeclarationError(f"{entry.name!r} is declared already", (field, entry.name))
            names.append(entry.name)
    return names


def _refuse_unknown_in(declared: Declared, names: Collection[str]) -> None:
    for function in declared.functions:
        _refuse_unknown(function.body, {*names, *function.of}, ("functions", function.name, "is"))
    for variable in declared.random:
        for body in variable.bodies:
            _refuse_unknown(body, names, ("random", variable.name))
        for other, _ in variable.cov:
            if not isinstance(declared.by_name.get(other), Random):
                raise DeclarationError(f"{other!r} is no random variable", ("random", variable.name, "cov"))


def _refuse_unknown(body: Node | None, names: Collection[str], path: tuple[str | int, ...]) -> None:
    for name in free_names(body) if body is not None else ():
        if name.name not in names and name.name not in RESERVED | {"pi", "E"}:
            near = difflib.get_close_matches(name.name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "declare it under symbols"
            raise DeclarationError(f"{name.name!r} is not declared", path, hint)
