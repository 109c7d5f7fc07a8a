"""Read words: an identifier of Python is one name, a member of a family or several names without a sign between them.

`np` is n·p where only n and p are declared, `beta_i` is beta[i] where beta is a family.
"""

from __future__ import annotations

from typing import Final

from autograder.algebra.cursor import Cursor
from autograder.algebra.lexer import Token
from autograder.algebra.names import indexed, indices_of, known, named, takes_index, unknown
from autograder.algebra.slopes import primed
from autograder.algebra.symbols import Function
from autograder.algebra.vocabulary import CONSTANTS, FUNCTIONS
from autograder.formula.tree import Name, Node, Number, Operation

_LONGEST_RUN: Final = 60


def python_word(c: Cursor) -> Node:
    """Read an identifier of Python: a name, a member of a family, or several names without a sign between them."""
    token = c.take()
    while c.at("'") and not c.peek().space:
        token = token._replace(text=token.text + c.take().text)
    if c.at("^") and c.peek(1).text == "*" and known(c, f"{token.text}^*"):
        token = token._replace(text=f"{token.text}^*")
        c.here += 2
    followed = c.at("(")
    if token.text.endswith("'") and (derived := primed(c, token.text, token.at)) is not None:
        return derived
    node = _word(c, token.text, token.at)
    if node is not None:
        return node
    for length in range(len(token.text) - 1, 0, -1):
        first, rest = token.text[:length], token.text[length:]
        if first.endswith("_") or rest.startswith("_") or len(token.text) > _LONGEST_RUN:
            continue
        if _plain_name(c, first) and (cuts(c, rest) or (followed and rest in FUNCTIONS)):
            c.tokens.insert(c.here, token._replace(text=rest, at=token.at + length, space=False))
            return named(c, known(c, first) or first, token.at)
    if token.text in CONSTANTS:
        return Name(CONSTANTS[token.text], token.at)
    if _split_at_function(c, token):
        return python_word(c)
    raise unknown(c, token.text, token.at)


def _split_at_function(c: Cursor, token: Token) -> bool:
    """Put `n`, `log` and `n` in the place of `nlogn`."""
    for function in ("log2", "log", "ln", "sqrt", "exp"):
        first, found, last = token.text.partition(function)
        if found and cuts(c, first) and cuts(c, last):
            pieces = [(first, 0), (function, len(first)), (last, len(first) + len(function))]
            c.here -= 1
            c.tokens[c.here : c.here + 1] = [
                token._replace(text=text, at=token.at + place) for text, place in pieces if text
            ]
            return bool(first)
    return False


def _word(c: Cursor, word: str, at: int) -> Node | None:
    name = known(c, word)
    if name is not None:
        return named(c, name, at)
    if word in CONSTANTS:
        return Name(CONSTANTS[word], at)
    for place in range(len(word) - 1, 0, -1):
        if word[place] == "_" and (name := known(c, word[:place])) and takes_index(c, name):
            indices = [_word_index(c, piece, at + place + 1) for piece in word[place + 1 :].split("_")]
            if all(index is not None for index in indices):
                return indexed(c, name, [index for index in indices if index is not None], at)
    return None


def _word_index(c: Cursor, piece: str, at: int) -> Node | None:
    if piece.isdigit():
        return Number(int(piece), at)
    if (name := known(c, piece)) is not None:
        return Name(name, at) if not indices_of(c, name) else None
    names = [known(c, char) for char in piece]
    if piece and all(names):
        product: Node = Name(names[0] or "", at)
        for name in names[1:]:
            product = Operation("*", (product, Name(name or "", at)), at)
        return product
    return None


def _plain_name(c: Cursor, word: str) -> bool:
    name = known(c, word)
    return name is not None and not isinstance(c.declared.by_name.get(name), Function)


def cuts(c: Cursor, word: str) -> bool:
    """Return whether a word is names one after another."""
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
    name = known(c, base) if last and index else None
    return name is not None and takes_index(c, name)


def cut_run(c: Cursor) -> None:
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
