"""What is written here, sign by sign? Figures, words, operators and relations, in one pass over the text."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from autograder.reading.fields import Unread
from autograder.reading.names import exactly, is_noun, lookup
from autograder.reading.words import EQUALS, OPERATORS, word_set

MAX_TOKENS: Final = 300

CALLS: Final = word_set(
    "sqrt log log2 log10 ln exp ceil floor round abs min max prod pow int float ceiling fabs product fraction "
    "decimal tensor array float64 float32 float16 int64 int32 log_2 log_10 log_e O"
)
"""Functions that an answer may call, without their `math.` or `np.`."""

_EXPONENT: Final = r"(?:\.?(?: ?[eE] ?[+\-–]?\d+))?"
_FIGURES: Final = (
    r"\d+\.\d{3}(?: \d{3})+(?: \d{1,2})?(?![\d.,/])"
    r"|0\.\d{3}(?: \d{3})* \d{1,2}(?![\d.,/])"
    r"|[1-9]\d{0,2}(?: \d{3})+(?!\d)(?:[.,]\d+(?!\d))?"
    r"|\d+(?:[.,'_]\d+)*"
    r"|[.,]\d+(?:_\d+)*"
)
_IN_CALL: Final = r"\d+(?:_\d+)*(?:\.\d+)?|\.\d+"
_REST: Final = (
    r"|(?P<word>(?:[^\W\d]|_)\w*(?:[.\-'](?=[^\W\d])\w+)*)"
    r"|(?P<ne>!=|<>|≠)"
    r"|(?P<rel>:=|~=|=+>?|-+>|≈=?|∝)"
    r"|(?P<cmp><=?|>=?|≤|≥)"
    r"|(?P<pm>\+ ?/ ?-|\+-|±)"
    r"|(?P<op>\*\*|//|--+|[*/^+\-–%√])"
    r"|(?P<dots>\.{2,})"
    r"|(?P<sep>[;\n|&])"
    r"|(?P<mark>[(),:\[\]{}~?!.$€£¢¥π'@\\])"
    r"|(?P<other>\S)"
)
_SPACE: Final = r"(?P<gap>[ \t\r]*)"
_TOKEN: Final = re.compile(_SPACE + r"(?:(?P<num>(?:" + _FIGURES + ")" + _EXPONENT + ")" + _REST + ")")
_CALL_TOKEN: Final = re.compile(_SPACE + r"(?:(?P<num>(?:" + _IN_CALL + ")" + _EXPONENT + ")" + _REST + ")")
_NUMBERED: Final = re.compile(r"-\d+(?:\.\d+)?(?![\w(^*/])")
_TIMES: Final = re.compile(r"[ \t]*[xX](?=[ \t]*[\d(√.])")


class Token(NamedTuple):
    """One sign.

    Attributes:
        kind: `num word call code rel ne cmp pm op dots sep mark other end`; a `call` is a function that may be
            called, `code` a name that is called or indexed and may not be.
        text: as written, but words for operators are the operators.
        gap: whether a space stands before it.
    """

    kind: str
    text: str
    gap: bool


END: Final = Token("end", "", True)


def tokenise(text: str) -> list[Token]:
    """Return the signs of a bounded text in plain characters.

    Raises:
        Unread: `unreadable` if there are more than `MAX_TOKENS`.
    """
    tokens: list[Token] = []
    calls: list[bool] = []  # for each open bracket, whether commas in it part arguments
    at, previous, operand = 0, "", text[:1] in ("x", "X")  # `x4` is a factor
    end = len(text)
    while at < end:
        if operand:
            times = _TIMES.match(text, at)
            if times is not None:
                tokens.append(Token("op", "*", times[0][0] == " "))
                at, previous, operand = times.end(), "op", False
                continue
        found = (_CALL_TOKEN if calls and calls[-1] else _TOKEN).match(text, at)
        if found is None:
            break
        kind = found.lastgroup or "other"
        said, gap = found[kind], bool(found["gap"])
        at = found.end()
        if kind == "mark" and said in "([{":
            calls.append(previous == "call" or bool(calls and calls[-1]))
        elif kind == "mark" and said in ")]}" and calls:
            calls.pop()
        elif kind == "word":
            named = _NUMBERED.match(text, at) if previous != "num" else None
            if named is not None:
                said, at = said + named[0], named.end()
            kind, said = _word(said, text, at, tokens)
        tokens.append(Token(kind, said, gap))
        previous = kind
        operand = (
            kind == "num"
            or (kind == "mark" and said in ")]")
            or (kind == "word" and (exactly(said) is not None or is_noun(said)))
        )
        if len(tokens) > MAX_TOKENS:
            raise Unread("unreadable", "This is too long to be a number.")
    return tokens


def _word(said: str, text: str, at: int, tokens: list[Token]) -> tuple[str, str]:
    """Return kind and text of a word: an operator, a relation, a function's call, or itself."""
    low = said.lower()
    if low in OPERATORS:
        return "op", OPERATORS[low]
    if low in EQUALS and tokens:
        return "rel", low
    follows = text[at] if at < len(text) else ""
    name = said.rpartition(".")[2] if "." in said else said
    known = name if name in CALLS else name.lower()
    if known in CALLS and (
        follows == "(" or (follows == " " and text[at : at + 2] == " (" and known not in ("min", "max", "O"))
    ):
        return "call", known
    if known in ("log", "ln", "log2", "log10", "log_2", "log_10", "sqrt") and follows in " 0123456789" and follows:
        return "call", known
    if low in ("def", "import", "return"):
        return "code", said
    if follows and follows in "([" and not (lookup(said) or is_noun(said)):
        return "code", said
    return "word", said
