"""Read claims about a listing, each a line and the letter of an option, in the forms that people give them.

`[(3, "A"), (7, "C")]` is what is asked. A single pair, a mapping, the letter first, small letters and texts such as
"3 A" are read too. Nothing here runs any code: assignments are followed as literals.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from autograder.reading.assigned import COMPUTED
from autograder.reading.statements import MAX_KEPT, MAX_SOURCE

MAX_CLAIMS: Final = 200
"""Claims that are still looked at; no listing has so many lines."""

MAX_LINE: Final = 100_000

MAX_TEXT: Final = 5_000
"""Characters of a text that are still looked at."""

_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+")
_FILLERS: Final = frozenset({"and", "at", "claim", "claims", "in", "line", "lines", "on", "option"})

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
        yield from _in_text(value)
    elif isinstance(value, set | frozenset):
        # in an order that is the same on every machine
        yield from sorted(value, key=repr)
    elif isinstance(value, list | tuple):
        if _claim(value) is not None:
            yield value
        else:
            yield from value
    else:
        yield value


def _in_text(text: str) -> Iterator[Any]:
    """Yield the pairs of a text: numbers each with the letters behind it, or letters each with the number behind it."""
    tokens = [token for token in _TOKEN.findall(text[:MAX_TEXT]) if token.lower() not in _FILLERS]
    if not all(token.isdigit() or len(token) == 1 for token in tokens):
        yield _Unread(text)
        return
    behind = bool(tokens) and not tokens[0].isdigit()
    held: str | None = None
    used = True
    for token in tokens:
        if token.isdigit() == behind:
            yield (token, held) if behind and held is not None else (held, token)
            used = True
        else:
            if not used:
                yield _Unread(held or "")
            held, used = token, False
    if not used:
        yield _Unread(held or "")


@dataclass(frozen=True, slots=True)
class _Unread:
    text: str

    def __repr__(self) -> str:
        return repr(self.text)


def _claim(member: Any) -> list[Any] | None:
    if isinstance(member, str):
        found = [_claim(pair) for pair in _in_text(member)]
        return found[0] if len(found) == 1 else None
    if not isinstance(member, list | tuple) or len(member) != 2:
        return None
    for line, letter in (member, member[::-1]):
        number, found_letter = _line(line), _letter(letter)
        if number is not None and found_letter is not None:
            return [number, found_letter]
    return None


def _line(value: Any) -> int | None:
    if isinstance(value, str):
        digits = [token for token in _TOKEN.findall(value[:40]) if token.lower() not in _FILLERS]
        value = int(digits[0]) if len(digits) == 1 and digits[0].isdecimal() else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_LINE:
        return None
    return value


def _letter(value: Any) -> str | None:
    letters = _TOKEN.findall(value[:40]) if isinstance(value, str) else []
    letters = [token for token in letters if token.lower() not in _FILLERS]
    # not ß, which is two letters when it is large
    letter = letters[0].upper() if len(letters) == 1 else ""
    return letter if len(letter) == 1 and letter.isalpha() else None


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
        Lists, tuples, sets, mappings, numbers and texts; the text of the assignment in a cell that is not Python; `...`
        where nothing is assigned; `COMPUTED` where only running the code would tell.
    """
    value: Any = ...
    for source in cells:
        if variable not in source or len(source) > MAX_SOURCE:
            continue
        statements = _kept(source) if len(source) <= MAX_KEPT else _parsed(source)
        if statements is None:
            written = re.search(rf"^\s*{re.escape(variable)}\s*=(.*)", source[:MAX_TEXT], re.MULTILINE | re.DOTALL)
            value = written[1].strip() if written else value
            continue
        for node in statements:
            if isinstance(value, list) and len(value) > MAX_CLAIMS:
                break
            try:
                value = _followed(node, variable, value)
            except _OnlyRunning:
                value = COMPUTED
    return value


def _parsed(source: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


# every candidate hands in the same check cells
_kept = lru_cache(maxsize=512)(_parsed)


class _OnlyRunning(Exception):
    """Only running the code would tell."""


def _followed(node: ast.stmt, variable: str, value: Any) -> Any:
    def ours(target: ast.expr) -> bool:
        return isinstance(target, ast.Name) and target.id == variable

    match node:
        case ast.Assign(targets=targets, value=given) if any(map(ours, targets)):
            return _literal(given)
        case ast.AnnAssign(target=target, value=ast.expr() as given) if ours(target):
            return _literal(given)
        case ast.AugAssign(target=target, op=ast.Add(), value=given) if ours(target):
            return [*_list(value), *_list(_literal(given))]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=method), args=arguments)) if ours(owner):
            if method in ("append", "add") and len(arguments) == 1:
                return [*_list(value), _literal(arguments[0])]
            if method in ("extend", "update") and len(arguments) == 1:
                return [*_list(value), *_list(_literal(arguments[0]))]
            raise _OnlyRunning
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == variable and not isinstance(node, ast.Expr):
            raise _OnlyRunning
    return value


def _list(value: Any) -> list[Any]:
    if value is COMPUTED:
        raise _OnlyRunning
    if value is ... or value is None:
        return []
    return (
        sorted(value, key=repr)
        if isinstance(value, set)
        else list(value)
        if isinstance(value, list | tuple)
        else [value]
    )


def _literal(node: ast.expr) -> Any:
    with contextlib.suppress(ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
        return ast.literal_eval(node)
    try:
        return ast.literal_eval(_with_letters(node))
    except (ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
        raise _OnlyRunning from None


class _Letters(ast.NodeTransformer):
    """A letter without its quotation marks is still that letter."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if len(node.id) == 1 and node.id.isalpha():
            return ast.copy_location(ast.Constant(node.id), node)
        return node


def _with_letters(node: ast.expr) -> ast.expr:
    # what is remembered of a cell stays as it is
    found: ast.expr = _Letters().visit(copy.deepcopy(node))
    return found
