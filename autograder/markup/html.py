"""Markdown with LaTeX math to HTML that works offline: tables, code and lists, math as MathML, no raw HTML.

Texts of one question differ between candidates in their numbers only. So a text is taken apart once for all texts that
are equal but for digits, and a candidate's numbers are put into the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from autograder.errors import RenderError
from autograder.markup.markdown import markdown_reader
from autograder.markup.math import to_mathml

_NUMBER: Final = "\ue000"
_MATH: Final = "\ue001"
_RESERVED: Final = re.compile(f"[{_NUMBER}{_MATH}]")

_DIGITS: Final = re.compile(r"(\d(?:[\d.,\u202f]*\d)?)([.)](?=\s|\Z))?")
_ITEM: Final = re.compile(r"(?:[ \t>*+-]|\d{1,9}[.)][ \t]+)*")
"""What may stand before the number of a list's item."""

# Where digits are more than text: addresses, references and their labels, characters by number.
_DIGITS_MATTER: Final = re.compile(r"\]\(|^[ >]*\[[^\]\n]+\]:|&(?:#|\w*\d\w*;)|<[A-Za-z][\w.+-]*[:@]", re.MULTILINE)


_OPENING: Final = re.compile(r"[(\[“‘«]+\Z")
_CLOSING: Final = re.compile(r"[,.;:!?%)\]”’»…-]+")


class _Math(NamedTuple):
    """An expression, cut where numbers go."""

    latex: tuple[str, ...]
    display: bool


_Piece = str | _Math
"""Finished HTML, with `_NUMBER` alone for a number; or math."""


@lru_cache(maxsize=2048)
def to_html(text: str) -> Markup:
    """Return a text as HTML.

    Raw HTML in it is shown, not obeyed. Pictures are taken only when they stand in the text itself, as `data:`.

    Raises:
        RenderError: an expression cannot be read, or a picture lies outside the text.
    """
    text = _RESERVED.sub("\ufffd", text)
    # most texts have none of these characters, and looking for them costs next to nothing
    if ("](" in text or "]:" in text or "&" in text or "<" in text) and _DIGITS_MATTER.search(text):
        return _whole(text)
    numbers: list[str] = []

    def leave_out(found: re.Match[str]) -> str:
        number, stop = found.groups()
        if stop is not None and _ITEM.fullmatch(text, text.rfind("\n", 0, found.start()) + 1, found.start()):
            return found[0]  # this number makes a list, and what else is a digit is text like any other
        numbers.append(number)
        return _NUMBER + stop if stop else _NUMBER

    pieces = _taken_apart(_DIGITS.sub(leave_out, text), len(numbers))
    if pieces is None:
        return _whole(text)
    return Markup("".join(_filled(pieces, numbers)))


def to_inline_html(text: str) -> Markup:
    """Return a text of one paragraph as HTML without the paragraph's own tags; errors as for `to_html`."""
    shown = to_html(text).strip()
    if shown.startswith("<p>") and shown.endswith("</p>") and shown.count("<p>") == 1:
        return Markup(shown[3:-4])
    return Markup(shown)


def _whole(text: str) -> Markup:
    pieces = _pieces(text, 0)
    assert pieces is not None
    return Markup("".join(_filled(pieces, ())))


def _filled(pieces: Sequence[_Piece], numbers: Sequence[str]) -> Iterator[str]:
    place = 0
    for piece in pieces:
        if piece is _NUMBER:
            yield numbers[place]
            place += 1
        elif isinstance(piece, str):
            yield piece
        else:
            latex = piece.latex[0]
            for after in piece.latex[1:]:
                latex += numbers[place] + after
                place += 1
            yield to_mathml(latex, piece.display)


@lru_cache(maxsize=4096)
def _taken_apart(text: str, numbers: int) -> tuple[_Piece, ...] | None:
    return _pieces(text, numbers)


def _pieces(text: str, numbers: int) -> tuple[_Piece, ...] | None:
    """Return a text in pieces, or None where its numbers would not come out in their order."""
    math: list[_Math] = []
    shown = _reader().render(text, {"math": math})
    found = [piece for each in math for piece in each.latex[1:]]
    if shown.count(_NUMBER) + len(found) != numbers:
        return None
    waiting = iter(math)
    pieces: list[_Piece] = []
    for piece in re.split(f"([{_NUMBER}{_MATH}])", shown):
        if piece == _NUMBER:
            pieces.append(_NUMBER)
        elif piece == _MATH:
            each = next(waiting)
            # what is the same for everybody is read once
            pieces.append(each if len(each.latex) > 1 else to_mathml(each.latex[0], each.display))
        elif piece:
            pieces.append(piece)
    return tuple(pieces)


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = markdown_reader()
    reader.core.ruler.push("whole", _keep_whole)
    for name in ("math_inline", "math_inline_double", "math_block"):
        reader.add_render_rule(name, _math)
    reader.add_render_rule("table_open", _table_open)
    reader.add_render_rule("table_close", _table_close)
    reader.add_render_rule("image", _image)
    reader.add_render_rule("fence", _fence)
    return reader


def _keep_whole(state: StateCore) -> None:
    """Give an expression in a line the signs that touch it: browsers would begin a line with a comma."""
    for block in state.tokens:
        children = block.children or []
        for before, math, after in zip([None, *children], children, [*children[1:], None], strict=False):
            if math.type != "math_inline":
                continue
            for other, signs, side in ((before, _OPENING.search, "before"), (after, _CLOSING.match, "after")):
                found = signs(other.content) if other is not None and other.type == "text" else None
                if other is not None and found is not None:
                    math.meta[side] = found[0]
                    other.content = other.content[: found.start()] + other.content[found.end() :]


def _math(renderer: Any, tokens: Sequence[Any], place: int, options: Any, env: Any) -> str:
    token = tokens[place]
    display = token.type != "math_inline"
    env["math"].append(_Math(tuple(token.content.strip().split(_NUMBER)), display))
    if display:
        # a wide formula is scrolled by itself, so that the page stays as wide as the screen
        return f'<span class="display" tabindex="0">{_MATH}</span>'
    before, after = (escapeHtml(token.meta.get(side, "")) for side in ("before", "after"))
    return f'<span class="whole">{before}{_MATH}{after}</span>' if before or after else _MATH


def _table_open(renderer: Any, tokens: Sequence[Any], place: int, options: Any, env: Any) -> str:
    return '<div class="scroll" tabindex="0"><table>'


def _table_close(renderer: Any, tokens: Sequence[Any], place: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _fence(renderer: Any, tokens: Sequence[Any], place: int, options: Any, env: Any) -> str:
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[place].content)}</code></pre>\n'


def _image(renderer: Any, tokens: Sequence[Any], place: int, options: Any, env: Any) -> str:
    token = tokens[place]
    source = str(token.attrs.get("src", ""))
    if not source.startswith("data:image/"):
        raise RenderError(f"the picture {source[:80]!r} lies outside the text", hint="pages are read without a network")
    alt = renderer.renderInlineAsText(token.children or [], options, env)
    return f'<img src="{escapeHtml(source)}" alt="{escapeHtml(alt)}" />'
