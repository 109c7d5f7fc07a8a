"""Read a formula as people of this field write it, LaTeX or Python, to one tree over declared symbols.

Nothing is evaluated, everything is bounded, and what cannot be read is refused with its place and a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Final

from autograder.algebra.characters import mended
from autograder.algebra.cursor import Cursor
from autograder.algebra.extent import refuse_huge
from autograder.algebra.grammar import GRAMMAR, formula
from autograder.algebra.lexer import Token, is_latex, tokens_of
from autograder.algebra.malformed import Malformed
from autograder.algebra.shapes import shaped
from autograder.algebra.spelling import base_of, flat, spellings
from autograder.algebra.symbols import Declared, Symbol
from autograder.formula import FormulaError, Value
from autograder.formula.parse import MAX_HEIGHT
from autograder.formula.tree import Node, children

_OUTER: Final = frozenset(
    [
        "equation",
        "align",
        "aligned",
        "gather",
        "gathered",
        "split",
        "displaymath",
        "math",
        "eqnarray",
        "multline",
        "flalign",
        "alignat",
    ]
)


def read(
    text: str,
    declared: Declared,
    values: Mapping[str, Value] | None = None,
    loose: Collection[str] = (),
    put: Callable[[Node], Node] | None = None,
) -> Node:
    r"""Read one formula.

    Args:
        text: LaTeX if it has a backslash, `$`, `_{` or `^{`; else Python, ASCII or unicode.
        declared: what its names stand for.
        values: drawn numbers by name; they are put into the tree.
        loose: which of ≈, ∝ and ⇒ are relations here.
        put: what puts something in the place of names before shapes are checked.

    Returns:
        Its tree, shapes checked.

    Raises:
        Malformed: it is no formula over these symbols.
    """
    text = mended(text)
    try:
        tree = _parsed(text, declared, values, loose, put)
    except Malformed as error:
        error.text = text
        raise
    except FormulaError as error:
        raise Malformed(error.problem, error.at, text=text) from None
    except (RecursionError, OverflowError):
        raise Malformed("the formula nests too deep or is too large", text=text) from None
    return tree


def _parsed(
    text: str,
    declared: Declared,
    values: Mapping[str, Value] | None,
    loose: Collection[str],
    put: Callable[[Node], Node] | None,
) -> Node:
    latex = is_latex(text)
    tokens = _unwrapped(tokens_of(text, latex))
    tokens = _without_left(tokens, declared)
    c = Cursor(tokens, latex, declared, spellings(declared, tuple(values or ())), GRAMMAR)
    c.values, c.relations = values or {}, loose
    tree = formula(c)
    tree = put(tree) if put is not None else tree
    _refuse_tall(tree)
    refuse_huge(tree)
    return shaped(tree, declared)[0]


def _unwrapped(tokens: list[Token]) -> list[Token]:
    r"""Leave out environments that only display, and the `&` of aligned lines."""
    found: list[Token] = []
    inner = 0
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "command" and token.text in ("begin", "end"):
            name = "".join(piece.text for piece in tokens[place + 2 : place + 4] if piece.text not in ("}", "*"))
            if name in _OUTER:
                place = next((at + 1 for at in range(place, len(tokens)) if tokens[at].text == "}"), len(tokens) - 1)
                continue
            inner += 1 if token.text == "begin" else -1
        if token.text != "&" or inner:
            found.append(token)
        place += 1
    while len(found) > 1 and found[-2].text in ("\\\\", ",", ".", ";") and found[-2].kind == "sign":
        del found[-2]
    return found


def _without_left(tokens: list[Token], declared: Declared) -> list[Token]:
    """Leave out `left =` where the author lets a response begin so; behind it, the last of several sides counts."""
    if declared.left is None:
        return tokens
    places = _equals(tokens)
    if not places or _side(tokens[: places[0]]) not in _sides(declared.left):
        return tokens
    return tokens[places[-1] + 1 :]


def split_left(text: str, declared: Declared) -> tuple[str, str] | None:
    """Return the relation behind `left` and what follows it, or None where a text does not begin so.

    Raises:
        Malformed: the text cannot be cut into tokens.
    """
    tokens = tokens_of(text, is_latex(text))
    place = _first_relation(tokens)
    if declared.left is None or place is None or _side(tokens[:place]) not in _sides(declared.left):
        return None
    sign = tokens[place]
    rest = text[tokens[place + 1].at :]
    return sign.text, f"${rest}$" if is_latex(text) and not is_latex(rest) else rest.replace("$", " ")


def split_first(text: str) -> tuple[str, str, str] | None:
    """Return what stands before the first relation of a text, the relation and the rest; None where there is none.

    Raises:
        Malformed: the text cannot be cut into tokens.
    """
    tokens = tokens_of(text, is_latex(text))
    place = _first_relation(tokens)
    if place is None or place == 0:
        return None
    rest = text[tokens[place + 1].at :]
    own = f"${rest}$" if is_latex(text) and not is_latex(rest) else rest.replace("$", " ")
    return text[tokens[0].at : tokens[place].at], tokens[place].text, own


def _first_relation(tokens: list[Token]) -> int | None:
    depth = 0
    for place, token in enumerate(tokens[:-1]):
        if token.kind != "sign":
            continue
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.text in ("=", "==", "<", "<=", ">", ">=", "≈", "∝"):
            return place
    return None


@lru_cache(maxsize=256)
def _sides(left: str) -> frozenset[str]:
    """Return every spelling of a left side."""
    written = _side(tokens_of(left, is_latex(left))[:-1])
    name = left if left.isidentifier() else re.sub(r"\W+", "_", written).strip("_") or "left"
    alone = Declared(symbols=(Symbol(name, latex=left if is_latex(left) else None),))
    return frozenset([written, *spellings(alone).names])


def _side(tokens: list[Token]) -> str:
    try:
        base, _, place = base_of([*tokens, Token("end", "", 0)], 0)
    except Malformed:
        base, place = "", 0
    return (base + flat(tokens[place:])).replace("[", "_").replace("]", "")


def _equals(tokens: list[Token]) -> list[int]:
    depth, found = 0, []
    for place, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in ("(", "[", "{"):
            depth += 1
        elif token.text in (")", "]", "}"):
            depth -= 1
        elif token.text in ("=", "==") and depth == 0:
            found.append(place)
    return found


def _refuse_tall(root: Node) -> None:
    waiting = [(root, 1)]
    while waiting:
        node, height = waiting.pop()
        if height > MAX_HEIGHT:
            raise Malformed(f"a formula strings at most {MAX_HEIGHT} operations together", node.at)
        waiting += [(child, height + 1) for child in children(node)]
