r"""Split a derivation into its lines, as people write them: a raw text, aligned or displayed math, a list, bullets.

Only the text is looked at here. A line that goes on in the next one, because a bracket is open or an operator stands at
the break, is one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MAX_LINES: Final = 60
MAX_TEXT: Final = 20_000

DISPLAYS: Final = frozenset(
    {"equation", "align", "aligned", "gather", "gathered", "split", "displaymath", "math", "eqnarray", "multline"}
    | {"flalign", "alignat", "alignedat"}
)
r"""Environments that only display; what stands between their `\\` are lines."""


_LISTS: Final = frozenset({"itemize", "enumerate", "description", "proof", "solution", "center", "quote", "document"})
"""Environments around lines that are no math."""


@dataclass(frozen=True)
class Line:
    """One line of a derivation.

    Attributes:
        text: as it was written, without bullets and what only displays.
        math: it stood in displayed math, so it is LaTeX.
    """

    text: str
    math: bool = False


@dataclass
class _Piece:
    text: str
    math: bool
    soft: bool  # only the end of a line in the file stands before it


_MARK: Final = re.compile(
    r"\\\\\*?(?:[ \t]*\[[^\]\n]*\])?|\\(?P<end>begin|end)\s*\{(?P<name>\w+)\*?\}(?P<columns>\{\d+\})?"
    r"|(?P<item>\\item(?![A-Za-z])(?:\s*\[[^\]\n]*\])?)|(?P<display>\$\$|\\\[|\\\])|(?P<newline>\n)"
)
_BULLET: Final = re.compile(r"\s*(?:[-*+•‣–]\s+|\(?(?:\d{1,2}|[a-hA-H])[.)]\s+|>\s+)")
_GOES_ON: Final = re.compile(
    r"(?:[-+*/^_({\[=<>≤≥≈·×]|\\(?:cdot|times|left|frac|sqrt|leq?|geq?|odot|sum|prod))\s*&?\s*\Z"
)
_WENT_ON: Final = re.compile(
    r"\s*&?\s*(?!\*\*?[^\W\d_])(?:[-+*/·×)\]}^]|\\(?:cdot|times|right|odot|qquad\s*[-+])(?![A-Za-z]))"
)
BEGINS: Final = re.compile(r"\s*&?\s*(?:[=<>≤≥≈∝⇒⟹]|\\(?:leq?|geq?|approx|propto|implies|Rightarrow|iff)(?![A-Za-z]))")
"""How a line begins that goes on from the one before it."""

_EQUATION: Final = re.compile(r"[=<>≤≥≈]|\\(?:leq?|geq?|approx)(?![A-Za-z])")
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)


def lines_of(said: str | Sequence[object]) -> tuple[Line, ...]:
    """Split what a candidate handed in.

    Args:
        said: a text, or a list of texts, of which each begins a line.

    Returns:
        At most `MAX_LINES` lines, none of them empty.
    """
    texts = [said] if isinstance(said, str) else [str(each) for each in said if each is not None]
    found = [line for text in texts for line in _split(text[:MAX_TEXT])]
    return tuple(found[:MAX_LINES])


def _split(text: str) -> Iterator[Line]:
    text = _FENCE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    for piece in _joined(_unbulleted([piece for piece in _pieces(text) if piece.text.strip(" \t&.,;$")])):
        yield Line(piece.text.strip().removeprefix("&").strip(), piece.math)


def _pieces(text: str) -> Iterator[_Piece]:
    r"""Yield what stands between the ends of lines, `\\` and what begins or ends a display."""
    display, inner, start = 0, 0, 0
    held, soft = "", False
    for mark in _MARK.finditer(text):
        before = text[start : mark.start()]
        start = mark.end()
        held += before
        name = mark["name"]
        if name is not None and name not in DISPLAYS | _LISTS:
            inner += 1 if mark["end"] == "begin" else -1
            held += mark[0]
            continue
        if inner > 0:
            held += " " if mark["newline"] else mark[0]
            continue
        yield _Piece(held, display > 0, soft)
        held, soft = "", mark["newline"] is not None
        if name is not None and name in DISPLAYS:
            display = max(0, display + (1 if mark["end"] == "begin" else -1))
        elif mark["display"] == "$$":
            display = 0 if display else 1
        elif mark["display"]:
            display = max(0, display + (1 if mark["display"] == r"\[" else -1))
    yield _Piece(held + text[start:], display > 0, soft)


def _unbulleted(pieces: list[_Piece]) -> list[_Piece]:
    """Leave out bullets and numbers before lines; one dash among lines without is a sign."""
    plain = [piece for piece in pieces if not piece.math]
    marked = [piece for piece in plain if _BULLET.match(piece.text)]
    if 2 * len(marked) >= len(plain) and (len(marked) > 1 or len(plain) == 1):
        for piece in marked:
            piece.text, piece.soft = _BULLET.sub("", piece.text, count=1), False
    return pieces


def _joined(pieces: list[_Piece]) -> Iterator[_Piece]:
    held: _Piece | None = None
    for piece in pieces:
        if held is not None and piece.soft and piece.math == held.math and _is_one(held.text, piece.text):
            held.text = f"{held.text.rstrip()} {piece.text.strip()}"
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _is_one(before: str, after: str) -> bool:
    if BEGINS.match(after) or " #" in before:
        return False
    opened = sum(before.count(sign) for sign in "([{") - sum(before.count(sign) for sign in ")]}")
    if opened > 0 or _GOES_ON.search(before):
        return True
    if after.lstrip(" \t&")[:1] in "+-" and _EQUATION.search(after) and _EQUATION.search(before):
        return False  # an equation of its own, whose left side begins with a sign
    return _WENT_ON.match(after) is not None
