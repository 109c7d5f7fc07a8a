"""Where is the answer in this line? Takes bracketed remarks out, and parts the line at its relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from autograder.reading.compound import NOUN, Unit
from autograder.reading.fields import Unread
from autograder.reading.names import PREFIX_WORDS, is_noun, lookup
from autograder.reading.phrases import read_unit, token_at
from autograder.reading.tokens import Token
from autograder.reading.units import Asked
from autograder.reading.words import word_set

_CONDITIONS: Final = word_set("for with at using assuming where when if given because since under")


@dataclass(frozen=True, slots=True)
class Part:
    """A remark in brackets.

    Attributes:
        tokens: what stands between them.
        restates: whether it follows a number or its unit, so that a number in it says the same again.
    """

    tokens: tuple[Token, ...]
    restates: bool

    def is_whole(self, tokens: Sequence[Token], field: Asked) -> bool:
        """Say whether `tokens` are a quantity and no more words than its unit."""
        words = [token for token in tokens if token.kind == "word"]
        described = len(words) > 1 and _is_thing(words[-1].text) and bool(lookup(words[-2].text))  # `2 x 80 GB cards`
        return not described and (
            all(lookup(token.text) or is_noun(token.text) or len(token.text) < 3 for token in words) and len(words) <= 4
        )


def _is_thing(word: str) -> bool:
    return is_noun(word) or (("gpu", 1),) in lookup(word)


def split_asides(tokens: Sequence[Token]) -> tuple[list[Token], list[Part]]:
    """Return the line without its bracketed remarks, and the remarks.

    A bracket is a remark if it follows a number, a unit or a word (`28 GB (14 per copy)`); after an operator, a
    relation or a function's name it belongs to arithmetic.
    """
    main: list[Token] = []
    asides: list[Part] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text in ("(", "[") and main and _is_aside(tokens, at, main[-1]):
            end = _closing(tokens, at)
            before = main[-1]
            restates = before.kind != "word" or bool(lookup(before.text)) or is_noun(before.text)
            asides.append(Part(tuple(tokens[at + 1 : end]), restates))
            at = end + 1
            continue
        if token.text in ("(", "["):
            end = _closing(tokens, at)
            if not main and end + 1 < len(tokens) and any(inside.kind == "rel" for inside in tokens[at:end]):
                asides.append(Part(tuple(tokens[at + 1 : end]), restates=False))  # (B = 64) 28 MB
                at = end + 1
                continue
            main += tokens[at : end + 1]
            at = end + 1
            continue
        main.append(token)
        at += 1
    while main and main[-1].text in (")", "]") and _unopened(main):
        main.pop()
    return main, asides


def _is_aside(tokens: Sequence[Token], at: int, before: Token) -> bool:
    if before.kind == "num" or before.text in (")", "]", "%"):
        return tokens[at].gap or not _is_arithmetic(tokens, at, before.text == ")")
    return before.kind == "word" or before.text in ("$", "€", "£")


def _is_arithmetic(tokens: Sequence[Token], at: int, factor: bool) -> bool:
    """Say whether a bracket holds a sum or product of figures, or, as a further `factor` of `(2)(3)`, a figure."""
    inside = tokens[at + 1 : _closing(tokens, at)]
    return all(token.kind in ("num", "op") for token in inside) and (
        factor or any(token.kind == "op" for token in inside)
    )


def _closing(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        text = tokens[place].text
        depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        if depth == 0:
            return place
    return len(tokens)


def _unopened(tokens: Sequence[Token]) -> bool:
    return sum((t.text in ("(", "[")) - (t.text in (")", "]")) for t in tokens) < 0


def split_relations(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the stretches between `=`, `≈`, `is`, `:` and their like; a condition after the answer is cut off.

    In `28 GB for batch = 4` the relation belongs to the remark, so what follows it isn't the answer.
    """
    stretches: list[list[Token]] = [[]]
    for at, token in enumerate(tokens):
        if token.kind != "rel" and not _is_label_colon(tokens, at):
            stretches[-1].append(token)
            continue
        if _is_condition(stretches[-1]) or (token.text == ":" and _is_complete(stretches[-1])):
            break
        stretches.append([])
    return stretches


def _is_label_colon(tokens: Sequence[Token], at: int) -> bool:
    if tokens[at].text != ":":
        return False
    return not (
        token_at(tokens, at - 1).kind == "num"
        and token_at(tokens, at + 1).kind == "num"
        and not token_at(tokens, at + 1).gap
    )


def _is_complete(stretch: Sequence[Token]) -> bool:
    """Say whether a stretch ends on a number with its unit; a colon after it opens a remark."""
    return len(stretch) > 1 and stretch[-2].kind == "num" and bool(lookup(stretch[-1].text))


def _is_condition(stretch: Sequence[Token]) -> bool:
    """Say whether a stretch gives a number and then opens a remark with a name: `28 GB for batch`, `28 GB, N`."""
    for at in range(len(stretch) - 2, 0, -1):
        token = stretch[at]
        rest = stretch[at + 1 :]
        defined = len(rest) == 2 and rest[0].text == "1" and bool(lookup(rest[1].text))  # with 1 MB = …
        if not defined and (len(rest) > 3 or not all(_is_name(t) for t in rest)):
            if len(rest) > 1:
                return False
            continue
        if token.kind == "word" and token.text.lower() in _CONDITIONS:
            return any(t.kind == "num" for t in stretch[:at])
        if token.text == "," and len(stretch) - at == 2 and len(stretch[-1].text) <= 2:
            before = stretch[at - 1]
            return before.kind == "word" and bool(lookup(before.text)) and any(t.kind == "num" for t in stretch[:at])
    return False


def _is_name(token: Token) -> bool:
    return token.kind == "word" and (len(token.text) == 1 or not lookup(token.text))


def unit_alone(tokens: Sequence[Token], field: Asked) -> Unit | None:
    """Return the unit if `tokens` are nothing else, as in `28 (GB)` or `memory (GB) = 28`."""
    start = 1 if tokens and tokens[0].text == "in" else 0
    first = token_at(tokens, start)
    if not (lookup(first.text) or first.text in ("$", "€", "£") or first.text.lower() in PREFIX_WORDS):
        return None
    try:
        unit, factor, end = read_unit(tokens, start, field)
    except Unread:
        return None
    return unit if unit not in (None, NOUN) and end == len(tokens) and factor == 1 else None


def unit_in_label(stretches: Sequence[Sequence[Token]], field: Asked) -> Unit | None:
    """Return the unit that a label ends on, as in `memory in MB: 28`, or is, as in `MB: 28`."""
    for stretch in reversed(stretches):
        alone = unit_alone(stretch, field) if stretch and len(stretch[0].text) > 1 else None
        if alone is not None:
            return alone
        for at, token in enumerate(stretch):
            if token.text == "in" and not any(t.kind == "num" for t in stretch):
                return unit_alone(stretch[at:], field)
    return None
