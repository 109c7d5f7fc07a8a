r"""MathML to the math of Typst: what browsers show, set again on paper.

The walk writes no names of Typst but its functions: every character is escaped, so that nothing in an expression can be
a command. No spaces either, because some of them would be seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final
from xml.etree import ElementTree

from autograder.markup.math import MathError, to_mathml
from autograder.markup.typst_leaves import (
    CLOSING,
    INVISIBLE,
    LEAVES,
    OPENING,
    UPRIGHT,
    Element,
    escaped,
    quoted,
    style_of,
    text_of,
)

_BIG: Final = frozenset("∑∏∐⋃⋂⨁⨂⨀⋁⋀⨄⨆")
_PRIMES: Final = {"′": 1, "″": 2, "‴": 3, "⁗": 4}
_ACCENTS: Final = {
    "ˆ": "hat", "^": "hat", "̂": "hat", "ˉ": "macron", "¯": "macron", "̄": "macron", "˜": "tilde", "~": "tilde",
    "̃": "tilde", "→": "arrow", "⃗": "arrow", "˙": "dot", "̇": "dot", "¨": "dot.double", "̈": "dot.double",
    "⃛": "dot.triple", "ˇ": "caron", "˘": "breve", "´": "acute", "`": "grave", "˚": "circle",
    "‾": "overline", "_": "overline", "̅": "overline", "̲": "overline",
    "⏞": "overbrace", "⎴": "overbracket", "⏜": "overparen",
}  # fmt: skip
_BELOW: Final = {"⏟": "underbrace", "_": "underline", "‾": "underline", "̲": "underline", "⎵": "underbracket"}
_BRACES: Final = ("overbrace", "underbrace", "overbracket", "underbracket", "overparen")
_DOTS: Final = {"···": 'class("normal",⋯)', "...": 'class("normal",…)'}
"""The reader writes dots one by one."""


@lru_cache(maxsize=8192)
def to_typst_math(latex: str, display: bool = False) -> str:
    r"""Return an expression as Typst's math without its dollars.

    Args:
        latex: what stands between LaTeX's dollars.
        display: set on a line of its own.

    Raises:
        MathError: the expression cannot be read, or uses what cannot be set on paper; with the expression.
    """
    # the one name of HTML that the reader writes
    mathml = to_mathml(latex, display).replace("&ApplyFunction;", "\u2061")
    try:
        return from_mathml(ElementTree.fromstring(mathml))
    except _UnsetError as error:
        raise MathError(latex, f"cannot be set on paper: {error}") from None


class _UnsetError(ValueError):
    """An element that we do not know how to set."""


def from_mathml(math: Element) -> str:
    """Return a `<math>` element as Typst's math.

    Raises:
        ValueError: there is no way to set one of its elements.
    """
    if len(math) == 1 and _is_aligned(math[0]):
        return "\\ ".join(_aligned_row(row) for row in math[0])
    return _row(list(math))


def _row(children: Sequence[Element]) -> str:
    signs = [text_of(child) if child.tag == "mo" else "" for child in children]
    shown: list[str] = []
    place = 0
    while place < len(children):
        dots = _DOTS.get("".join(signs[place : place + 3]))
        shown.append(dots or _set(children[place]))
        place += 3 if dots else 1
    return "".join(shown)


def _set(element: Element) -> str:
    setter = _SETTERS.get(element.tag)
    if setter is None:
        raise _UnsetError(f"there is no way to set <{element.tag}>")
    return setter(element)


def _argument(element: Element) -> str:
    # an empty argument would be none at all
    return _set(element) or '""'


def _group(element: Element) -> str:
    children = list(element)
    if len(children) >= 2 and _is_fence(children[0]) and _is_fence(children[-1]):
        shown = _fenced(children)
    elif len(children) == 1 and _is_aligned(children[0]):
        shown = _set(children[0])
    else:
        shown = _row(children)
    shown = _styled(element, shown)
    colour = re.fullmatch(r"#[0-9A-Fa-f]{3,8}", style_of(element, "color"))
    return f'#text(fill:rgb("{colour[0]}"))[${shown}$]' if colour and shown else shown


def _styled(element: Element, shown: str) -> str:
    if not shown or element.tag == "math" or not element.get("displaystyle"):
        return shown
    return f"{'display' if element.get('displaystyle') == 'true' else 'inline'}({shown})"


def _is_fence(element: Element) -> bool:
    sign = text_of(element)
    known = not sign or sign in OPENING | CLOSING | UPRIGHT | INVISIBLE or sign in "/\\↑↓⇑⇓"
    return element.tag == "mo" and known and element.get("stretchy") != "false" and element.get("minsize") is None


def _fenced(children: Sequence[Element]) -> str:
    left, right = (escaped(sign) if sign not in INVISIBLE else "" for sign in map(text_of, (children[0], children[-1])))
    inner = children[1:-1]
    if len(inner) == 1 and inner[0].tag == "mfrac" and inner[0].get("linethickness") == "0" and left == "\\(":
        return f"binom({_argument(inner[0][0])},{_argument(inner[0][1])})"
    if len(inner) == 1 and inner[0].tag == "mtable" and left == "\\{" and not right and not _is_aligned(inner[0]):
        # every second column is set to the left
        return f"cases({','.join('&' + '&&#h(1em)'.join(_cells(row, 'inline')) for row in inner[0])})"
    middle = "".join(
        f"mid({escaped(text_of(child))})" if child.tag == "mo" and child.get("stretchy") == "true" else _set(child)
        for child in inner
    )
    return f"lr({left}{middle}{right})" if left or right else middle


def _fraction(element: Element) -> str:
    above, below = _argument(element[0]), _argument(element[1])
    if element.get("linethickness") == "0":
        return f"mat(delim:#none,{above};{below})"
    return _styled(element, f"frac({above},{below})")


def _root(element: Element) -> str:
    if element.tag == "msqrt":
        return f"sqrt({_row(list(element)) or quoted('')})"
    return f"root({_argument(element[1])},{_argument(element[0])})"


def _scripts(element: Element) -> str:
    """Set what stands beside a base: `msub`, `msup`, `msubsup`."""
    base, rest = element[0], list(element)[1:]
    shown = f"scripts({_set(base)})" if base.tag == "mo" and text_of(base) else _argument(base)
    if element.tag == "msub":
        return f"attach({shown},b:{_argument(rest[0])})"
    below = f",b:{_argument(rest[0])}" if element.tag == "msubsup" else ""
    return f"attach({shown}{below},t:{_superscript(rest[-1])})"


def _superscript(element: Element) -> str:
    first = element[0] if element.tag == "mrow" and len(element) else element
    signs = text_of(first)
    if first.tag == "mo" and signs and all(sign in _PRIMES for sign in signs):
        rest = _row(list(element)[1:]) if first is not element else ""
        return f"primes(#{sum(_PRIMES[sign] for sign in signs)}){rest}"
    return _argument(element)


def _stacked(element: Element) -> str:
    """Set what stands above and below a base: `munder`, `mover`, `munderover`."""
    base = element[0]
    sign = text_of(element[1])
    if element.get("accent") == "true" or element.get("accentunder") == "true":
        accents = _ACCENTS if element.tag == "mover" else _BELOW
        if sign not in accents:
            raise _UnsetError(f"there is no accent {sign!r}")
        return f"{accents[sign]}({_argument(base)})"
    inner = _set(base)
    if inner.startswith(_BRACES) and base.tag in ("munder", "mover"):
        # the label of a brace
        return f"{inner[:-1]},{_argument(element[1])})"
    if base.tag == "mo" and text_of(base) in "→←⇒⇐⟶⟵↔" and text_of(base):
        inner = f"limits(stretch({inner},size:#(100% + 1em)))"
    elif base.tag != "mo" or text_of(base) not in _BIG:
        inner = f"limits({inner or quoted('')})"
    below = f",b:{_argument(element[1])}" if element.tag != "mover" else ""
    above = f",t:{_argument(element[-1])}" if element.tag != "munder" else ""
    return f"attach({inner}{below}{above})"


def _is_aligned(element: Element) -> bool:
    styles = [cell.get("style", "") for row in element[:1] for cell in row] if element.tag == "mtable" else []
    return element.get("displaystyle") == "true" and any("right" in style.split(";")[0] for style in styles)


def _aligned_row(row: Element, style: str = "") -> str:
    # a pair of columns stands apart from the pair before it
    cells = _cells(row, style)
    return "&".join(f"#h(1.5em){cell}" if place and place % 2 == 0 else cell for place, cell in enumerate(cells))


def _cells(row: Element, style: str = "") -> list[str]:
    cells = [_row(list(cell)) or '""' for cell in row]
    # Typst sets what stands in a matrix smaller than what stands around it, LaTeX does not
    return [f"{style}({cell})" for cell in cells] if style else cells


def _table(element: Element) -> str:
    if _is_aligned(element):
        rows = ";".join(_aligned_row(row, "display") for row in element)
        return f"mat(delim:#none,row-gap:#0.6em,{rows})"
    first = [cell.get("style", "") for cell in element[0]] if len(element) else []
    side = next(
        (side for side in ("left", "right") if any(f"text-align: {side}" in style for style in first)), "center"
    )
    across = [place for place, row in enumerate(element) if place and "border-top" in row[0].get("style", "")]
    down = [place for place, style in enumerate(first, 1) if "border-right" in style]
    lines = ""
    if across or down:
        places = [
            f"{name}:({''.join(f'{place},' for place in at)})" for name, at in (("hline", across), ("vline", down))
        ]
        lines = f",augment:#({','.join(places)},stroke:0.5pt)"
    style = "" if element.get("scriptlevel") == "1" else "inline"
    rows = ";".join(",".join(_cells(row, style)) for row in element)
    return f"mat(delim:#none,align:#{side}{lines},{rows})"


def _hidden(element: Element) -> str:
    return f"#hide[${_row(list(element))}$]"


def _enclosed(element: Element) -> str:
    # browsers draw a stroke as an empty element of its own
    inner = _row([child for child in element if not child.get("class", "").startswith("menclose")])
    strokes = element.get("notation", "").split()
    if strokes == ["box"]:
        return f"#box(stroke:0.5pt,inset:3pt,baseline:3pt)[${inner}$]"
    if all("diagonalstrike" in stroke or stroke == "horizontalstrike" for stroke in strokes):
        turned = ",inverted:#true" if strokes == ["downdiagonalstrike"] else ",cross:#true" if len(strokes) > 1 else ""
        return f"cancel({inner}{turned})"
    raise _UnsetError(f"there is no way to enclose math in {' '.join(strokes)!r}")


_SETTERS: Final[dict[str, Callable[[Element], str]]] = {
    "math": _group,
    **LEAVES,
    "mrow": _group,
    "mstyle": _group,
    "mpadded": _group,
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _root,
    "msub": _scripts,
    "msup": _scripts,
    "msubsup": _scripts,
    "munder": _stacked,
    "mover": _stacked,
    "munderover": _stacked,
    "mtable": _table,
    "mphantom": _hidden,
    "menclose": _enclosed,
}
