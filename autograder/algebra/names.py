r"""Find what a name means: a declared symbol, a member of a family, a variable of a sum, a constant, several factors.

`np` is n·p where only n and p are declared, `beta_i` is beta[i] where beta is a family, `d_{\text{model}}` is d_model.
"""

from __future__ import annotations

import difflib
from fractions import Fraction
from typing import Final

from autograder.algebra.cursor import Cursor
from autograder.algebra.lexer import Token
from autograder.algebra.malformed import Malformed
from autograder.algebra.spelling import base_of, flat, shown
from autograder.algebra.symbols import Function, Given, Random, Symbol
from autograder.algebra.vocabulary import CONSTANTS, FUNCTIONS
from autograder.formula.tree import Call, Index, Name, Node, Number, Operation

_LONGEST_RUN: Final = 60


def latex_symbol(c: Cursor) -> Node:
    r"""Read a symbol of LaTeX with the index below it, `\bar\alpha_t` or `W^{(l)}_{ij}`; a power stays for later."""
    if c.peek().kind == "word":
        _cut_run(c)
    start = c.here
    base, font, c.here = base_of(c.tokens, c.here)
    at = c.tokens[start].at
    lowered, raised = _scripts(c, base)
    keys = [f"{font}({base})", base] if font else [base]
    for key in keys:
        node = _symbol_with(c, key, lowered, raised, at)
        if node is not None:
            return node
    if lowered is None and base in CONSTANTS and not font:
        return Name(CONSTANTS[base], at)
    if base == "delta" and lowered is not None:
        indices = _lowered_indices(c, lowered)
        pair = indices if len(indices) == 2 else _apart(indices[0], 2)
        if pair is not None:
            c.here = lowered[1]
            return Call("KroneckerDelta", tuple(pair), at)
    written = base + (f"_{flat(c.tokens[lowered[0] : lowered[1]])}" if lowered else "")
    raise unknown(c, written, at)


_Span = tuple[int, int]


def _scripts(c: Cursor, base: str) -> tuple[_Span | None, _Span | None]:
    """Return the spans of what stands below and above the symbol; the cursor stays before them."""
    place, lowered, raised = c.here, None, None
    while c.tokens[place].kind == "sign" and c.tokens[place].text in ("_", "^"):
        sign = c.tokens[place].text
        if (lowered if sign == "_" else raised) is not None:
            break
        end = _script_end(c, place + 1, base if sign == "_" else None)
        if sign == "_":
            lowered = (place, end)
        else:
            raised = (place, end)
        place = end
    if lowered and raised and raised[0] < lowered[0]:
        # x^2_i is x_i^2
        tokens = c.tokens
        first, second = tokens[raised[0] : raised[1]], tokens[lowered[0] : lowered[1]]
        tokens[raised[0] : lowered[1]] = second + first
        lowered = (raised[0], raised[0] + len(second))
        raised = (lowered[1], lowered[1] + len(first))
    return lowered, raised


def _script_end(c: Cursor, place: int, base: str | None) -> int:
    token = c.tokens[place]
    if token.text == "{" and token.kind == "sign":
        return c.closing(place) + 1
    if token.kind == "word" and len(token.text) > 1:
        whole = base is not None and f"{base}_{token.text}" in c.known.names
        if not whole:
            here, c.here = c.here, place
            c.split(1)
            c.here = here
    elif token.kind == "command" and c.tokens[place + 1].text == "{" and token.text in ("mathrm", "mathbf", "bm"):
        return c.closing(place + 1) + 1
    elif token.kind == "end":
        raise Malformed("something is missing after _ or ^", token.at)
    return place + 1


def _symbol_with(c: Cursor, key: str, lowered: _Span | None, raised: _Span | None, at: int) -> Node | None:
    """Return the node of a key with what stands below and above it, the longest spelling first."""
    below = flat(c.tokens[lowered[0] + 1 : lowered[1]]) if lowered else ""
    above = flat(c.tokens[raised[0] + 1 : raised[1]]) if raised else ""
    after_lowered = lowered[1] if lowered else c.here
    if lowered and raised and (name := _known(c, f"{key}_{below}^{above}")):
        c.here = raised[1]
        return named(c, name, at)
    if lowered and (name := _known(c, f"{key}_{below}")):
        c.here = after_lowered
        return _indexed_above(c, name, raised, [], at)
    if raised and lowered is None and (name := _known(c, f"{key}^{above}")):
        c.here = raised[1]
        return named(c, name, at)
    name = _known(c, key)
    if name is None:
        return _partly_lowered(c, key, lowered, at)
    if lowered is None:
        return _indexed_above(c, name, raised, [], at)
    if not _takes_index(c, name):
        return None
    indices = _lowered_indices(c, lowered)
    c.here = lowered[1]
    return _indexed_above(c, name, raised, indices, at)


def _partly_lowered(c: Cursor, key: str, lowered: _Span | None, at: int) -> Node | None:
    r"""Read `\alpha_{q,t}` where alpha_q is the family."""
    if lowered is None:
        return None
    for place in range(lowered[0] + 1, lowered[1]):
        if c.tokens[place].text == ",":
            name = _known(c, f"{key}_{flat(c.tokens[lowered[0] + 1 : place])}")
            if name is not None and _takes_index(c, name):
                indices = c.listed(place + 1, lowered[1] - 1)
                c.here = lowered[1]
                return _index(c, name, indices, at)
    return None


def _lowered_indices(c: Cursor, lowered: _Span) -> list[Node]:
    start, end = lowered[0] + 1, lowered[1]
    if c.tokens[start].text == "(":
        raise Malformed("put what stands below into braces", c.tokens[start].at, "write x_{(i)}")
    braced = c.tokens[start].text == "{"
    return c.listed(start + braced, end - braced)


def _indexed_above(c: Cursor, name: str, raised: _Span | None, below: list[Node], at: int) -> Node:
    """Put the indices to a name; a family takes `^{(l)}` for its first one."""
    wanted = _indices_of(c, name)
    if wanted and raised and c.tokens[raised[0] + 2].text == "(" and c.tokens[raised[1] - 2].text == ")":
        below = [*c.listed(raised[0] + 3, raised[1] - 2), *below]
        c.here = raised[1]
    if below:
        return _index(c, name, below, at)
    return named(c, name, at)


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
    wanted = _indices_of(c, name)
    if c.at("[") and _takes_index(c, name) and not (c.latex and not wanted and c.peek().space):
        return Index(Name(name, at), tuple(bracketed(c, "[", "]")), at)
    if wanted and c.at("("):
        return _index(c, name, bracketed(c, "(", ")"), at)
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


def _index(c: Cursor, name: str, indices: list[Node], at: int) -> Node:
    wanted = _indices_of(c, name) or _rank(c, name)
    if wanted > 1 and len(indices) == 1:
        indices = _apart(indices[0], wanted) or indices
    if wanted and len(indices) != wanted:
        raise Malformed(f"{name} has {wanted} {'index' if wanted == 1 else 'indices'}, not {len(indices)}", at)
    return Index(Name(name, at), tuple(indices), at)


def _apart(index: Node, count: int) -> list[Node] | None:
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


def _known(c: Cursor, key: str) -> str | None:
    return c.scope.get(key) or c.known.names.get(key)


def _indices_of(c: Cursor, name: str) -> int:
    if name in c.scope.values():
        return 0
    entry = c.declared.by_name.get(name)
    return entry.indices if isinstance(entry, Symbol | Random) else 0


def _rank(c: Cursor, name: str) -> int:
    symbol = c.declared.symbol(name)
    return 0 if symbol is None or symbol.shape is None else 1 if symbol.is_vector else 2


def _takes_index(c: Cursor, name: str) -> bool:
    if name in c.scope.values() or name in c.values:
        return False
    return bool(_indices_of(c, name) or _rank(c, name) or isinstance(c.declared.by_name.get(name), Given))


def python_word(c: Cursor) -> Node:
    """Read an identifier of Python: a name, a member of a family, or several names without a sign between them."""
    token = c.take()
    followed = c.at("(")
    node = _word(c, token.text, token.at)
    if node is not None:
        return node
    for length in range(len(token.text) - 1, 0, -1):
        first, rest = token.text[:length], token.text[length:]
        if first.endswith("_") or rest.startswith("_") or len(token.text) > _LONGEST_RUN:
            continue
        if _plain_name(c, first) and (_cuts(c, rest) or (followed and rest in FUNCTIONS)):
            c.tokens.insert(c.here, token._replace(text=rest, at=token.at + length, space=False))
            return named(c, _known(c, first) or first, token.at)
    if token.text in CONSTANTS:
        return Name(CONSTANTS[token.text], token.at)
    raise unknown(c, token.text, token.at)


def _word(c: Cursor, word: str, at: int) -> Node | None:
    name = _known(c, word)
    if name is not None:
        return named(c, name, at)
    if word in CONSTANTS:
        return Name(CONSTANTS[word], at)
    for place in range(len(word) - 1, 0, -1):
        if word[place] == "_" and (name := _known(c, word[:place])) and _takes_index(c, name):
            indices = [_word_index(c, piece, at + place + 1) for piece in word[place + 1 :].split("_")]
            if all(index is not None for index in indices):
                return _index(c, name, [index for index in indices if index is not None], at)
    return None


def _word_index(c: Cursor, piece: str, at: int) -> Node | None:
    if piece.isdigit():
        return Number(int(piece), at)
    if (name := _known(c, piece)) is not None:
        return Name(name, at) if not _indices_of(c, name) else None
    names = [_known(c, char) for char in piece]
    if piece and all(names):
        product: Node = Name(names[0] or "", at)
        for name in names[1:]:
            product = Operation("*", (product, Name(name or "", at)), at)
        return product
    return None


def _plain_name(c: Cursor, word: str) -> bool:
    name = _known(c, word)
    return name is not None and not isinstance(c.declared.by_name.get(name), Function)


def _cuts(c: Cursor, word: str) -> bool:
    """Whether a word is names one after another."""
    good = {len(word)}
    for start in range(len(word) - 1, -1, -1):
        for end in list(good):
            if start < end and (
                _plain_name(c, word[start:end]) or _ends_in_index(c, word[start:end], end == len(word))
            ):
                good.add(start)
                break
    return 0 in good


def _ends_in_index(c: Cursor, word: str, last: bool) -> bool:
    base, _, index = word.rpartition("_")
    name = _known(c, base) if last and index else None
    return name is not None and _takes_index(c, name)


def _cut_run(c: Cursor) -> None:
    """Leave of a run of LaTeX letters the first name as a token of its own."""
    word = c.peek().text
    if _is_base(c, word) or len(word) == 1:
        return
    lowered = c.peek(1).text == "_"
    followed = c.peek(1).text == "("
    for length in range(min(len(word), _LONGEST_RUN) - 1, 0, -1):
        if _is_base(c, word[:length]) and _runs(c, word[length:], lowered, followed):
            c.split(length)
            c.here -= 1
            return


def _runs(c: Cursor, word: str, lowered: bool, followed: bool) -> bool:
    good = {len(word)}
    for start in range(len(word) - 1, -1, -1):
        piece_ends = [end for end in good if end > start]
        if any(_is_base(c, word[start:end]) for end in piece_ends) or (followed and word[start:] in FUNCTIONS):
            good.add(start)
    return 0 in good


def _is_base(c: Cursor, word: str) -> bool:
    return word in c.scope or word in c.known.bases or word in ("e", "E")


def number(token: Token) -> int | Fraction:
    """Return the exact value of a literal.

    Raises:
        Malformed: it has more than 40 digits, or a power of ten beyond 1,000.
    """
    digits = token.text.replace("_", "").lower()
    mantissa, _, exponent = digits.partition("e")
    if len(mantissa) > 41 or len(exponent) > 5 or abs(int(exponent or 0)) > 1_000:
        raise Malformed("a number has at most 40 digits", token.at)
    value = Fraction(mantissa.rstrip(".") or "0") * Fraction(10) ** int(exponent or 0)
    return value.numerator if value.denominator == 1 else value


def unknown(c: Cursor, word: str, at: int) -> Malformed:
    """Return the complaint about a name that is not declared, with those that are."""
    near = difflib.get_close_matches(word, [*c.known.names, *(FUNCTIONS if c.peek().text == "(" else ())], n=1)
    meant = c.known.names.get(near[0], near[0]) if near else ""
    hint = f"did you mean {meant}? " if near and meant != word else ""
    return Malformed(f"{word[:40]!r} is not known here", at, f"{hint}known are: {shown(c.declared)}")
