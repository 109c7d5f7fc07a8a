"""Make of a name what it stands for: a symbol, a member of a family, a call, a drawn number, a variable of a sum."""

from __future__ import annotations

import difflib
from fractions import Fraction

from autograder.algebra.characters import GREEK
from autograder.algebra.cursor import Cursor
from autograder.algebra.lexer import Token
from autograder.algebra.malformed import Malformed
from autograder.algebra.spelling import shown
from autograder.algebra.symbols import Function, Given, Random, Symbol
from autograder.algebra.vocabulary import FUNCTIONS
from autograder.formula.tree import Call, Index, Name, Node, Number, Operation


def named(c: Cursor, name: str, at: int) -> Node:
    """Return the node of a declared name, or of a variable, with the arguments or indices that follow in brackets."""
    if name in c.scope.values():
        return Name(name, at)
    if name in c.values:
        value = c.values[name]
        return Number(value, at)
    entry = c.declared.by_name.get(name)
    if isinstance(entry, Function):
        return Call(name, tuple(arguments(c, name, at)), at)
    wanted = indices_of(c, name)
    if c.at("[") and takes_index(c, name) and not (c.latex and not wanted and c.peek().space):
        return Index(Name(name, at), tuple(bracketed(c, "[", "]")), at)
    if wanted and c.at("("):
        return indexed(c, name, bracketed(c, "(", ")"), at)
    if wanted:
        letter = "ijkl"[:wanted]
        raise Malformed(f"{name} needs its index", at, f"write {name}[{', '.join(letter)}]")
    return Name(name, at)


def arguments(c: Cursor, name: str, at: int) -> list[Node]:
    """Read the arguments of a declared function."""
    function = c.declared.function(name)
    count = len(function.of) if function else 1
    if not c.at("(", "["):
        raise Malformed(f"{name} is a function: its argument follows in brackets", at)
    found = bracketed(c, c.peek().text, ")" if c.at("(") else "]")
    if len(found) != count:
        raise Malformed(f"{name} takes {count} argument{'s' if count > 1 else ''}, not {len(found)}", at)
    return found


def bracketed(c: Cursor, opening: str, closing: str) -> list[Node]:
    """Read formulas between brackets, with commas between them."""
    at = c.expect(opening).at
    items: list[Node] = []
    with c.within():
        while not c.at(closing):
            items.append(c.relation())
            if not c.at(closing):
                c.expect(",", closing) if c.at(",") else c.expect(closing, ",")
    c.expect(closing)
    if not items:
        raise Malformed("something is missing between the brackets", at)
    return items


def indexed(c: Cursor, name: str, indices: list[Node], at: int) -> Node:
    """Return the member of a family, a vector or a matrix."""
    wanted = indices_of(c, name) or rank_of(c, name)
    if wanted > 1 and len(indices) == 1:
        indices = apart(indices[0], wanted) or indices
    if wanted and len(indices) != wanted:
        raise Malformed(f"{name} has {counted(wanted)}, not {len(indices)}", at)
    return Index(Name(name, at), tuple(indices), at)


def counted(indices: int) -> str:
    """Return a number of indices in words."""
    return "1 index" if indices == 1 else f"{indices} indices"


def apart(index: Node, count: int) -> list[Node] | None:
    """Take `ij` for two indices, and `12`."""
    if isinstance(index, Number) and isinstance(index.value, int) and len(str(index.value)) == count:
        return [Number(int(digit), index.at) for digit in str(index.value)]
    factors: list[Node] = []
    node = index
    while isinstance(node, Operation) and node.operator == "*":
        factors.insert(0, node.operands[1])
        node = node.operands[0]
    factors.insert(0, node)
    return factors if len(factors) == count else None


def latin(key: str) -> str:
    """Return a key with the names of Greek letters in their place."""
    return "".join(GREEK.get(char, char) for char in key if char.isascii() or char in GREEK)


def known(c: Cursor, key: str) -> str | None:
    """Return the name that a key has here, if it has one."""
    return c.scope.get(key) or c.known.names.get(key) or (None if key.isascii() else known(c, latin(key)))


def indices_of(c: Cursor, name: str) -> int:
    """Return how many indices a family has, 0 for anything else."""
    if name in c.scope.values():
        return 0
    entry = c.declared.by_name.get(name)
    return entry.indices if isinstance(entry, Symbol | Random) else 0


def rank_of(c: Cursor, name: str) -> int:
    """Return how many indices an entry of a vector or matrix has, 0 for anything else."""
    entry = c.declared.by_name.get(name)
    shape = entry.shape if isinstance(entry, Symbol | Random) else None
    return 0 if shape is None else 1 if shape[1] == 1 else 2


def takes_index(c: Cursor, name: str) -> bool:
    """Whether an index may stand below a name."""
    if name in c.scope.values() or name in c.values:
        return False
    return bool(indices_of(c, name) or rank_of(c, name) or isinstance(c.declared.by_name.get(name), Given))


def number(token: Token) -> int | Fraction:
    """Return the exact value of a literal.

    Raises:
        Malformed: it has more than 40 digits, or a power of ten beyond 1,000.
    """
    digits = token.text.replace("_", "").lower()
    mantissa, _, exponent = digits.partition("e")
    if len(mantissa.replace(".", "")) > 40 or len(exponent) > 5 or abs(int(exponent or 0)) > 1_000:
        raise Malformed("a number has at most 40 digits", token.at)
    value = Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(exponent or 0)
    return value.numerator if value.denominator == 1 else value


def unknown(c: Cursor, word: str, at: int, written: str = "") -> Malformed:
    """Return the complaint about a name that is not declared, with those that are.

    Args:
        c: the cursor.
        word: its key.
        at: its place.
        written: as it stands in the text, where that is not its key.
    """
    near = difflib.get_close_matches(word, [*c.known.names, *(FUNCTIONS if c.peek().text == "(" else ())], n=1)
    meant = c.known.names.get(near[0], near[0]) if near else ""
    hint = f"did you mean {meant}? " if near and meant != word else ""
    said = f"'{written}'" if written and len(written) <= 40 else repr(word[:40])
    return Malformed(f"{said} is not known here", at, f"{hint}known are: {shown(c.declared)}")
