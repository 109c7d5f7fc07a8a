r"""Names that a candidate gives in passing: `let r = Xw - y`, `p_i := …`, `where s(x) = …`.

They are put in wherever they stand, before anything is judged, so that a step cannot hide behind a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from autograder.algebra.lexer import is_latex, tokens_of
from autograder.algebra.malformed import Malformed
from autograder.algebra.signs import SIGNS
from autograder.algebra.spelling import base_of, flat, spellings
from autograder.algebra.symbols import Declared, Function, Given, Symbol
from autograder.algebra.vocabulary import FUNCTIONS
from autograder.formula.tree import (
    Call,
    Comparison,
    Group,
    Index,
    Name,
    Node,
    Operation,
    Piecewise,
    Series,
    Transpose,
    children,
    free_names,
)

MOST: Final = 12
"""Names that one derivation may introduce."""

_OPERATORS: Final = frozenset({"E", "V", "I", "O", "P", "Pr", "Var", "Cov"})
"""With brackets behind them these mean an expectation or the like, whoever writes them."""

_TALL: Final = 4_000
"""Nodes that a formula may have with everything put in."""

_KEYWORD: Final = re.compile(
    r"[\s$]*(?:(?:and|now|here|we|also|first|then)\s+)*(?:let(?:\s+us)?(?:\s+(?:write|define|denote|call|set|put))?|set|define|"
    r"denote|put|write|where|with|using|introduce|abbreviate|call|substitute|substituting)\b(?:\s+by)?[\s,:$]*",
    re.I,
)
_DEFINED: Final = re.compile(r":=|≔|\\coloneqq|\\triangleq|\\equiv|≡|=(?!=)")
_BETWEEN: Final = re.compile(
    r"\s*(?:,?\s*\band\b|[,;]|\\q?quad|\$\s*(?:,|\band\b|,\s*and\b)\s*\$)\s*(?=[^,;=]{1,40}(?::=|=))"
)


@dataclass(frozen=True)
class Head:
    """The left side of a definition.

    Attributes:
        name: as it is declared.
        of: what stands below it or between its brackets.
        kind: `name`, `family` or `function`.
    """

    name: str
    of: tuple[str, ...] = ()
    kind: str = "name"


@dataclass(frozen=True)
class Abbreviation:
    """A name and what it stands for, with everything put in that was introduced before it."""

    head: Head
    body: Node


def definitions_in(text: str) -> tuple[bool, list[tuple[str, str]]]:
    """Return whether a line says that it defines, and the sides of what it may define.

    Args:
        text: a line, undressed.
    """
    match = _KEYWORD.match(text)
    said = match is not None or re.search(r":=|≔|\\coloneqq|\\triangleq", text) is not None
    rest = text[match.end() :] if match is not None else text
    found: list[tuple[str, str]] = []
    for piece in _BETWEEN.split(rest.replace("$", " ") if "$" in rest else rest):
        sides = _DEFINED.split(piece, maxsplit=1)
        if len(sides) != 2 or len(sides[0]) > 60:
            return said, found
        found.append(
            (sides[0].strip(), re.sub(r"[\s.,;:]*(?:\bwe\b.*|\bso\b.*|\bthen\b.*)?\Z", "", sides[1], flags=re.I))
        )
    return said, found


def head_of(text: str, declared: Declared) -> Head | None:
    """Return a left side that could introduce a name, or None where it cannot: it is declared, or no one name."""
    try:
        tokens = tokens_of(text, is_latex(text))
        base, _, place = base_of(tokens, 0)
    except Malformed:
        return None
    rest = [token.text for token in tokens[place:-1] if token.text not in ("{", "}", ",", "left", "right")]
    base, below = (base, "") if "_" not in base or "(" in base else base.split("_", 1)
    name = re.sub(r"(\w+)\((\w+)\)", r"\2_\1", base)
    if not re.fullmatch(r"[^\W\d_]\w*", name) or len(name) > 30:
        return None
    of, kind = _arguments(
        [*(["_", *below] if below.isalpha() and len(below) <= 2 else ["_", below] if below else []), *rest]
    )
    if kind == "name" and of:
        name, of = f"{name}_{of[0]}", ()
    elif kind not in ("name", "family", "function"):
        return None
    known = spellings(declared).names
    if name in FUNCTIONS or (kind == "function" and name in _OPERATORS):
        return None
    if {name, base, f"{base}_{flat(tokens[place + 1 : -1])}"} & {*known, *SIGNS} or len(set(of)) != len(of):
        return None
    return Head(name, of, kind)


def _arguments(rest: Sequence[str]) -> tuple[tuple[str, ...], str]:
    match list(rest):
        case []:
            return (), "name"
        case ["_", *below] if all(re.fullmatch(r"[a-z]", letter) for letter in below):
            return tuple(below), "family"
        case ["_", below] if re.fullmatch(r"[a-z]{2}", below):
            return tuple(below), "family"
        case ["_", below] if re.fullmatch(r"\w+", below):
            return (below,), "name"
        case ["[", *inside, "]"] if all(re.fullmatch(r"[a-z]", letter) for letter in inside) and inside:
            return tuple(inside), "family"
        case ["(", *inside, ")"] if all(re.fullmatch(r"[A-Za-z]\w*", letter) for letter in inside) and inside:
            return tuple(inside), "function"
    return (), ""


def widened(declared: Declared, head: Head, body: Node | None = None) -> Declared:
    """Return declarations in which a name can be read; its parameters too while its body is being read."""
    if body is None:
        own = tuple(Symbol(name, integer=head.kind == "family") for name in head.of if name not in declared.by_name)
        return replace(declared, symbols=(*declared.symbols, *own))
    if head.kind == "family":
        return replace(declared, symbols=(*declared.symbols, Symbol(head.name, indices=len(head.of))))
    if head.kind == "function":
        return replace(declared, functions=(*declared.functions, Function(head.name, head.of)))
    return replace(declared, givens=(*declared.givens, Given(head.name, body)))


def putting_in(abbreviations: Sequence[Abbreviation]) -> Callable[[Node], Node]:
    """Return what puts bodies in the place of their names.

    Raises:
        Malformed: the formula grows too large by it.
    """
    known = {each.head.name: each for each in abbreviations}

    def put(tree: Node) -> Node:
        found = _put(tree, known)
        if sum(1 for _ in _nodes(found)) > _TALL:
            raise Malformed("with all names put in, this formula is too long", tree.at)
        return found

    return put


def _nodes(tree: Node) -> Iterable[Node]:
    yield tree
    for child in children(tree):
        yield from _nodes(child)


def _put(tree: Node, known: Mapping[str, Abbreviation]) -> Node:
    match tree:
        case Name(name) if name in known and known[name].head.kind == "name":
            return known[name].body
        case Index(Name(name), indices) if name in known and known[name].head.kind == "family":
            return _applied(known[name], [_put(each, known) for each in indices])
        case Call(name, given) if name in known and known[name].head.kind == "function":
            return _applied(known[name], [_put(each, known) for each in given])
        case Series():
            used = {name.name for name in free_names(tree.body)} & known.keys()
            hidden = {name.name for each in used for name in free_names(known[each].body)} - {
                letter for each in used for letter in known[each].head.of
            }
            if tree.variable in hidden:
                tree = _renamed(tree, hidden | {name.name for name in free_names(tree.body)})
            inner = {name: each for name, each in known.items() if name != tree.variable}
            return _rebuilt(tree, lambda node: _put(node, inner))
    return _rebuilt(tree, lambda node: _put(node, known))


def _applied(abbreviation: Abbreviation, given: Sequence[Node]) -> Node:
    if len(given) != len(abbreviation.head.of):
        raise Malformed(
            f"{abbreviation.head.name} was introduced with {len(abbreviation.head.of)} indices or arguments"
        )
    return substituted(abbreviation.body, dict(zip(abbreviation.head.of, given, strict=True)))


def substituted(tree: Node, values: Mapping[str, Node]) -> Node:
    """Put formulas in the place of free names; variables of sums get out of their way."""
    if isinstance(tree, Name):
        return values.get(tree.name, tree)
    if isinstance(tree, Series):
        free = {name.name for each in values.values() for name in free_names(each)}
        if tree.variable in free:
            tree = _renamed(tree, free | {name.name for name in free_names(tree.body)})
        inner = {name: each for name, each in values.items() if name != tree.variable}
        low, high = substituted(tree.low, values), substituted(tree.high, values)
        return replace(tree, body=substituted(tree.body, inner), low=low, high=high)
    return _rebuilt(tree, lambda node: substituted(node, values))


def _renamed(tree: Series, taken: Iterable[str]) -> Series:
    fresh = next(
        name for name in (*"ijklmqrsuv", *(f"{tree.variable}_{n}" for n in range(1, 1_000))) if name not in set(taken)
    )
    return replace(tree, variable=fresh, body=substituted(tree.body, {tree.variable: Name(fresh)}))


def _rebuilt(tree: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node with other children."""
    match tree:
        case Operation() | Comparison():
            return replace(tree, operands=tuple(map(change, tree.operands)))
        case Call():
            return replace(tree, arguments=tuple(map(change, tree.arguments)))
        case Index():
            return replace(tree, base=change(tree.base), indices=tuple(map(change, tree.indices)))
        case Series():
            return replace(tree, body=change(tree.body), low=change(tree.low), high=change(tree.high))
        case Piecewise():
            return replace(tree, branches=tuple((change(value), change(when)) for value, when in tree.branches))
        case Transpose():
            return replace(tree, operand=change(tree.operand))
        case Group():
            return replace(tree, items=tuple(map(change, tree.items)))
    return tree
