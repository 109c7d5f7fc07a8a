"""A candidate's answer as they wrote it, and what its mark says, cut into pieces that a page can show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import groupby
from typing import Any, Final, NamedTuple

from markupsafe import Markup, escape

from autograder.errors import RenderError
from autograder.markup.html import to_inline_html
from autograder.markup.math import to_mathml
from autograder.model import Key, Mark, Response
from autograder.reading import Field, show_number

MAX_SHOWN: Final = 20_000
"""Characters of one answer that a page shows."""

MAX_PIECES: Final = 200
"""Items or rows of one answer that a page shows."""

_CODE: Final = re.compile("`([^`]+)`")
_READ: Final = re.compile(r"(?:^|: )Read as (\$[^$]+\$)\.")
_SIGNS: Final = {"✓ ": "passed", "✗ ": "failed", "· ": "neutral"}
_LISTED: Final = frozenset(_SIGNS.values())
_POINTED: Final = re.compile(r"(\n  [^\n]+\n  +\^(?=\n|\Z))")


class Written(NamedTuple):
    """A piece of an answer.

    Attributes:
        name: `claims`, `repair`, the number of a blank, or empty.
        text: as the candidate wrote it.
        block: its lines matter.
        rows: of a table, in place of a text.
    """

    name: str
    text: str
    block: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


class Line(NamedTuple):
    """A line that a mark says.

    Attributes:
        sign: passed, failed, neutral; `place` for an answer with a caret below the place that is meant; empty for a
            sentence.
    """

    sign: str
    text: Markup


def written(response: Response | None) -> tuple[Written, ...]:
    """Return an answer in the candidate's own words, whatever its shape; nothing where there is none."""
    if response is None or response.state == "blank":
        return ()
    return tuple(_pieces(response))


def said(mark: Mark, authored: Sequence[str] = ()) -> tuple[tuple[bool, tuple[Line, ...]], ...]:
    """Return what a mark says, in runs: lines with a sign, which make a list and come with True, or sentences.

    Args:
        mark: of a part.
        authored: what it may quote of the part's author, as `authored_math` returns it.
    """
    text = mark.feedback.strip()
    if "\n" not in text and text[:2] not in _SIGNS:
        return ((False, (Line("", coded(text, authored)),)),) if text else ()
    signed = (line for piece in _POINTED.split(text) for line in _signed(piece, authored))
    return tuple((is_list, tuple(run)) for is_list, run in groupby(signed, key=lambda line: line.sign in _LISTED))


def _signed(piece: str, authored: Sequence[str]) -> Iterator[Line]:
    if _POINTED.fullmatch(piece):
        yield Line("place", escape(piece.strip("\n")))
        return
    for line in piece.splitlines():
        if line.strip():
            yield (
                Line(_SIGNS[line[:2]], coded(line[2:], authored))
                if line[:2] in _SIGNS
                else Line("", coded(line, authored))
            )


def authored_math(key: Key) -> tuple[str, ...]:
    """Return the texts with math that a part's author wrote for candidates, as marks quote them, the longest first."""
    texts = [claim.say for claim in (*key.claims, *(key.follow.claims if key.follow is not None else ()))]
    texts += [option.say for option in key.choice.options] if key.choice is not None else []
    if key.code is not None:
        texts += [option.say for option in key.code.options]
        texts += [text for check in key.code.checks for text in (check.say, check.why)]
    # some graders quote a text line by line, others on one line
    found = {line.strip() for text in texts for line in (*text.splitlines(), " ".join(text.split())) if "$" in line}
    cells = {text for row in key.cells for cell in row if cell is not None for text in authored_math(cell)}
    return tuple(sorted(found | cells, key=lambda text: (-len(text), text)))


def coded(text: str, authored: Sequence[str] = ()) -> Markup:
    """Escape a text; show what stands in backticks as code, and a formula as it was read as math.

    A candidate's words in it get no other form; what its author wrote for candidates is set like any of their texts.
    """
    for own in authored:
        before, quoted, after = text.partition(own)
        if quoted:
            with suppress(RenderError):
                return coded(before, authored) + to_inline_html(own) + coded(after, authored)
    read = _READ.search(text) if "$" in text else None
    if read is not None:
        with suppress(RenderError):
            return coded(text[: read.start(1)]) + Markup(to_mathml(read[1][1:-1])) + coded(text[read.end(1) :])
    shown = str(escape(text))
    return Markup(_CODE.sub(r"<code>\1</code>", shown) if "`" in shown else shown)


def plain(value: Any) -> str:
    """Return any value of an answer as a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return f"({', '.join(plain(item) for item in value[:MAX_PIECES])})"
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        try:
            return show_number(value, Field(), digits=12)
        except (ValueError, ArithmeticError):
            return str(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _pieces(response: Response) -> Iterator[Written]:
    value = response.value
    if value is None or response.state == "run":
        yield from _piece("", response.source)
    elif isinstance(value, dict) and value.keys() <= {"claims", "repair"}:
        yield from _piece("claims", ", ".join(plain(claim) for claim in (value.get("claims") or ())[:MAX_PIECES]))
        yield from _piece("repair", value.get("repair") or "", block=True)
    elif isinstance(value, dict):
        for name, text in list(value.items())[:MAX_PIECES]:
            yield from _piece(str(name), text)
    elif isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        rows = tuple(tuple(cut(plain(cell)) for cell in row[:MAX_PIECES]) for row in value[:MAX_PIECES])
        yield Written("", "", rows=rows)
    elif isinstance(value, list):
        yield from _piece("", ", ".join(plain(item) for item in value[:MAX_PIECES]))
    else:
        yield from _piece("", value)


def _piece(name: str, value: Any, block: bool = False) -> Iterator[Written]:
    text = cut(plain(value)).strip("\n")
    if text.strip():
        yield Written(name, text, block or "\n" in text)


def cut(text: str) -> str:
    """Return as much of an answer as a page shows."""
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} …"
