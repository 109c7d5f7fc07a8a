"""Cut and sew Python listings as text: rename, put in constants, leave blanks and fill them.

Only the characters that must change do, so comments and layout stay. Nothing here runs any code.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

__all__ = [
    "Asked",
    "Blank",
    "ListingError",
    "asked",
    "blanks",
    "clash",
    "filled",
    "names_used",
    "numbered",
    "renamed",
    "same_code",
    "syntax_error",
]

Asked = Literal["implement", "fill", "fix", "bughunt"]

_BLANK: Final = re.compile(r"([ \t]*)#[ \t]*BLANK[ \t]+(\d{1,3})\b")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_NOT_OURS: Final = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


class ListingError(ValueError):
    """Something in a listing that cannot be done.

    Attributes:
        problem: what, in a sentence.
        line: where in the listing, from 1; 0 where no line is to blame.
    """

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(problem, line)
        self.problem = problem
        self.line = line


@dataclass(frozen=True, slots=True)
class Blank:
    """A line `# BLANK 1` of a listing.

    Attributes:
        number: as written, by which it is filled.
        line: from 1.
        indent: the whitespace before it.
    """

    number: str
    line: int
    indent: str


def blanks(listing: str) -> tuple[Blank, ...]:
    """Return the blanks of a listing in the order of their lines."""
    found = ((_BLANK.match(text), line) for line, text in enumerate(listing.split("\n"), 1))
    return tuple(Blank(str(int(match[2])), line, match[1]) for match, line in found if match)


def filled(listing: str, fills: Mapping[str, str]) -> str:
    """Put code in the place of blanks.

    Args:
        listing: with its blanks.
        fills: code by the blank's number. The first line of each goes where the blank stands, the others keep their
            distance to it. A blank without code stays.
    """
    lines = listing.split("\n")
    for blank in reversed(blanks(listing)):
        code = fills.get(blank.number, "").strip("\n")
        if code.strip():
            lines[blank.line - 1 : blank.line] = _shifted(code.split("\n"), blank.indent)
    return "\n".join(lines)


def _shifted(lines: Sequence[str], indent: str) -> list[str]:
    """Move lines sideways together, so that the first with code is indented so."""
    spaced = [_spaces(line) for line in lines]
    first = next(line for line in spaced if line.strip())
    by = len(indent.expandtabs(4)) - _indent(first)
    return [" " * max(_indent(line) + by, 0) + line.lstrip(" ") if line.strip() else "" for line in spaced]


def _spaces(line: str) -> str:
    body = line.lstrip()
    return line[: len(line) - len(body)].expandtabs(4) + body


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def asked(listing: str | None, options: Sequence[str] = ()) -> Asked:
    """Return what a code part asks for, by what a candidate finds there."""
    if options:
        return "bughunt"
    if not listing:
        return "implement"
    return "fill" if blanks(listing) else "fix"


def numbered(listing: str) -> str:
    """Return a listing with its line numbers before it."""
    lines = listing.rstrip("\n").split("\n")
    width = len(str(len(lines)))
    return "\n".join(f"{number:>{width}}  {line}".rstrip() for number, line in enumerate(lines, 1))


def same_code(one: str, other: str) -> bool:
    """Return whether two listings are the same but for comments of a whole line, empty lines and trailing spaces."""
    return _code_lines(one) == _code_lines(other)


def _code_lines(source: str) -> list[str]:
    lines = (line.rstrip() for line in source.split("\n"))
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def syntax_error(source: str) -> ListingError | None:
    """Return why a listing is not Python, or None where it is; its blanks may stand anywhere a statement may."""
    try:
        _tree(source)
    except ListingError as error:
        return error
    return None


@lru_cache(maxsize=256)
def _tree(source: str) -> ast.Module:
    # a blank may be the only line of a block, which a comment alone cannot be
    text = "\n".join(f"{match[1]}pass" if (match := _BLANK.match(line)) else line for line in source.split("\n"))
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise ListingError(f"this is not Python: {error.msg}", error.lineno or 0) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ListingError(f"this is not Python: {error}") from None


# Names


@dataclass(frozen=True, slots=True)
class _Use:
    """A name at its place: line from 1, column in bytes; `kind` is how it is used."""

    name: str
    line: int
    column: int
    kind: Literal["load", "bind", "attribute", "keyword"]


@lru_cache(maxsize=256)
def _uses(source: str) -> tuple[_Use, ...]:
    lines = [line.encode() for line in source.split("\n")]
    return tuple(use for node in ast.walk(_tree(source)) for use in _uses_at(node, lines))


def _uses_at(node: ast.AST, lines: Sequence[bytes]) -> Iterator[_Use]:
    match node:
        case ast.Name(id=name, ctx=context):
            yield _Use(name, node.lineno, node.col_offset, "load" if isinstance(context, ast.Load) else "bind")
        case ast.arg(arg=name):
            yield _Use(name, node.lineno, node.col_offset, "bind")
        case ast.keyword(arg=str(name)):
            yield _Use(name, node.lineno, node.col_offset, "keyword")
        case ast.Attribute(value=ast.Name(id="self"), attr=name, end_lineno=int(line), end_col_offset=int(end)):
            yield _Use(name, line, end - len(name.encode()), "attribute")
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield _after(node, name, lines)
        case ast.ExceptHandler(name=str(name), type=ast.expr() as caught):
            yield _after(caught, name, lines)
        case ast.alias(asname=str(name), end_lineno=int(line), end_col_offset=int(end)):
            yield _Use(name, line, end - len(name.encode()), "bind")
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            for name in names:
                yield _after(node, name, lines)


def _after(node: ast.stmt | ast.expr, name: str, lines: Sequence[bytes]) -> _Use:
    """Find a name that the tree gives no place for: it stands behind the beginning of its statement, on one line."""
    inside = isinstance(node, ast.stmt)
    start = node.col_offset if inside else node.end_col_offset or 0
    line = node.lineno if inside else node.end_lineno or 0
    found = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)").search(lines[line - 1], start)
    if found is None:
        raise ListingError(f"write {name!r} on the line of its statement", line)
    return _Use(name, line, found.start(), "bind")


@lru_cache(maxsize=256)
def modules_of(source: str) -> tuple[str, ...]:
    """Return the modules that some code imports, by the first part of their names, sorted.

    Raises:
        ListingError: it is no Python.
    """
    found: set[str] = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return tuple(sorted(found))


def names_used(source: str) -> frozenset[str]:
    """Return every name that a listing uses or binds and that could be replaced.

    Raises:
        ListingError: it is not Python.
    """
    return _names_used(source)


@lru_cache(maxsize=256)
def _names_used(source: str) -> frozenset[str]:
    return frozenset(use.name for use in _uses(source))


@lru_cache(maxsize=256)
def _from_the_right(source: str) -> list[_Use]:
    # so that the columns to the left stay true when a name is replaced
    return sorted(set(_uses(source)), key=lambda use: (use.line, use.column), reverse=True)


@lru_cache(maxsize=1024)
def _renamed(source: str, names: tuple[tuple[str, str], ...], constants: tuple[tuple[str, str], ...]) -> str:
    replaced = dict(names) | dict(constants)
    _refuse_unreachable(source, frozenset(replaced))
    problem = clash(source, dict(names))
    if problem is not None:
        raise ListingError(problem)
    lines = [line.encode() for line in source.split("\n")]
    fixed = dict(constants)
    for use in _from_the_right(source):
        if use.name not in replaced or (use.name in fixed and use.kind == "keyword"):
            continue
        if use.name in fixed and use.kind != "load":
            raise ListingError(f"the constant {use.name!r} is given a value here", use.line)
        line, end = lines[use.line - 1], use.column + len(use.name.encode())
        lines[use.line - 1] = line[: use.column] + replaced[use.name].encode() + line[end:]
    return "\n".join(line.decode() for line in lines)


def renamed(source: str, names: Mapping[str, str], constants: Mapping[str, str] | None = None) -> str:
    """Replace names where the syntax tree has them: variables, arguments, keywords, functions, classes, `self.name`.

    Args:
        source: Python, blanks allowed.
        names: the name → what it becomes.
        constants: the name → the literal that stands for it.

    Raises:
        ListingError: it is not Python; a new name is taken already, or is no name; a name stands inside an f-string or
            names an import, or a constant is assigned to.
    """
    kept = {name: word for name, word in names.items() if name != word}
    if not kept and not constants:
        return source
    return _renamed(source, tuple(sorted(kept.items())), tuple(sorted((constants or {}).items())))


@lru_cache(maxsize=256)
def _refuse_unreachable(source: str, replaced: frozenset[str]) -> None:
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.JoinedStr):
            inside = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)} & replaced
            if inside:
                # the places of names inside an f-string differ between versions of Python
                raise ListingError(
                    f"{min(inside)!r} stands inside an f-string, where it cannot be replaced", node.lineno
                )
        elif isinstance(node, ast.alias) and node.asname is None and node.name.partition(".")[0] in replaced:
            raise ListingError(f"{node.name!r} is the name of an import and must stay", node.lineno)


def clash(source: str, names: Mapping[str, str]) -> str | None:
    """Return why names of a listing cannot be replaced so, or None where they can."""
    used = _names_used(source)
    seen: set[str] = set()
    for name, word in names.items():
        if name not in used:
            continue
        if not _NAME.fullmatch(word) or word in _NOT_OURS:
            return f"{name!r} cannot become {word!r}: that is no free name"
        if word in seen or word in used - names.keys():
            return f"{name!r} cannot become {word!r}: that name is taken"
        seen.add(word)
    return None
