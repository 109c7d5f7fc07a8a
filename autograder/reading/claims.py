"""Read claims about a listing, each a line and the letter of an option, in the forms that people give them.

`[(3, "A"), (7, "C")]` is what is asked. A single pair, a mapping, the letter first, small letters and texts such as
"3 A" are read too. Nothing here runs any code: assignments are followed as literals.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MAX_CLAIMS: Final = 200
"""Claims that are still looked at; no listing has so many lines."""

MAX_LINE: Final = 100_000

_PAIR: Final = re.compile(r"(?:line\s*)?(\d{1,6})\W*([A-Za-z])\W*\Z|\W*([A-Za-z])\W+(?:line\s*)?(\d{1,6})\W*\Z", re.IGNORECASE)
_LETTER: Final = re.compile(r"\W*([A-Za-z])\W*\Z")
_NUMBER: Final = re.compile(r"\s*(?:line\s*)?(\d{1,6})\s*\Z", re.IGNORECASE)

Claims = list[list[Any]]


@dataclass(frozen=True, slots=True)
class ClaimsRead:
    """Claims as read.

    Attributes:
        claims: `[line, letter]` each, the letter a capital, in the order written.
        unread: what could not be read as a claim, as text for the candidate.
    """

    claims: Claims
    unread: tuple[str, ...] = ()


def read_claims(value: Any) -> ClaimsRead:
    """Return the claims in a value of lists, tuples, mappings, numbers and texts. Whatever it holds, this returns."""
    claims: Claims = []
    unread: list[str] = []
    for member in _members(value):
        if len(claims) + len(unread) >= MAX_CLAIMS:
            break
        found = _claim(member)
        if found is not None:
            claims.append(found)
        else:
            unread.append(_shown(member))
    return ClaimsRead(claims, tuple(unread))


def _members(value: Any) -> Iterator[Any]:
    """Yield what should each be a pair."""
    if value is None or value is ... or value == "":
        return
    if isinstance(value, Mapping):
        for line, letters in value.items():
            several = letters if isinstance(letters, list | tuple | set | frozenset) else [letters]
            yield from ((line, letter) for letter in several)
    elif isinstance(value, str):
        yield from (text for text in re.split(r"[;\n]|,(?=\s*(?:line\s*)?\(?\d)", value) if text.strip())
    elif isinstance(value, list | tuple | set | frozenset):
        if _claim(value) is not None:
            yield value
        else:
            yield from value
    else:
        yield value


def _claim(member: Any) -> list[Any] | None:
    if isinstance(member, str):
        match = _PAIR.match(member.strip().lstrip("([").strip())
        return [int(match[1] or match[4]), (match[2] or match[3]).upper()] if match else None
    if not isinstance(member, list | tuple) or len(member) != 2:
        return None
    for line, letter in (member, member[::-1]):
        number, found = _line(line), _letter(letter)
        if number is not None and found is not None:
            return [number, found]
    return None


def _line(value: Any) -> int | None:
    if isinstance(value, str) and (match := _NUMBER.match(value)):
        return int(match[1])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_LINE:
        return None
    return value


def _letter(value: Any) -> str | None:
    match = _LETTER.match(value) if isinstance(value, str) else None
    return match[1].upper() if match else None


def _shown(member: Any) -> str:
    try:
        return repr(member)[:60]
    except (RecursionError, ValueError):
        return "something"


def claims_assigned(cells: Iterable[str], variable: str) -> Any:
    """Return what the code of some cells gives a variable, read as literals only.

    Args:
        cells: sources in document order, without IPython's own lines.
        variable: its name.

    Returns:
        Lists, tuples, mappings, numbers and texts; `...` where nothing is assigned; None for `None`.

    Raises:
        ValueError: it is assigned something that only running the code would tell.
    """
    value: Any = ...
    for source in cells:
        if variable in source:
            for node in _statements(source):
                value = _followed(node, variable, value)
    return value


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("this cell is not Python") from None


def _followed(node: ast.stmt, variable: str, value: Any) -> Any:
    match node:
        case ast.Assign(targets=targets, value=given) if any(_is(target, variable) for target in targets):
            return _literal(given)
        case ast.AnnAssign(target=target, value=ast.expr() as given) if _is(target, variable):
            return _literal(given)
        case ast.AugAssign(target=target, op=ast.Add(), value=given) if _is(target, variable):
            return [*_list(value), *_list(_literal(given))]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="append" | "add"), args=[given], keywords=[])) if (
            _is(owner, variable)
        ):
            return [*_list(value), _literal(given)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="extend"), args=[given], keywords=[])) if _is(
            owner, variable
        ):
            return [*_list(value), *_list(_literal(given))]
    stored = (
        isinstance(inner, ast.Name) and inner.id == variable and isinstance(inner.ctx, ast.Store)
        for inner in ast.walk(node)
    )
    if any(stored):
        raise ValueError("only running the code would tell")
    return value


def _is(node: ast.expr, variable: str) -> bool:
    return isinstance(node, ast.Name) and node.id == variable


def _list(value: Any) -> list[Any]:
    if value is ... or value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _literal(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(_with_letters(node))
    except (ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
        raise ValueError("only running the code would tell") from None
    return list(value) if isinstance(value, set) else value


class _Letters(ast.NodeTransformer):
    """A letter without its quotation marks is still that letter."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if len(node.id) == 1 and node.id.isalpha():
            return ast.copy_location(ast.Constant(node.id), node)
        return node


def _with_letters(node: ast.expr) -> ast.expr:
    found: ast.expr = _Letters().visit(node)
    return found
