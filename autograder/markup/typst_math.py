r"""MathML to the math of Typst: what browsers show, set again on paper.

The walk writes no names of Typst but its functions: every character is escaped, so that nothing in an expression can be
a command. No spaces either, because some of them would be seen.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final
from xml.etree import ElementTree

from autograder.markup.math import MathError, to_mathml

_BIG: Final = frozenset("∑∏∐⋃⋂⨁⨂⨀⋁⋀⨄⨆")
_OPENING: Final = frozenset("([{⟨⌊⌈⟦")
_CLOSING: Final = frozenset(")]}⟩⌋⌉⟧")
_UPRIGHT: Final = frozenset("|‖∥∣")
_INVISIBLE: Final = frozenset("\u2061\u2062\u2063\u2064\u200b")
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
_EM: Final = re.compile(r"(-?[\d.]+)em\Z")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?\Z")
_BOLD_DIGITS: Final = "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"
_CHOSEN: Final = "\ufe00"
"""What makes a letter of a script a round one."""

_Element = ElementTree.Element


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


def from_mathml(math: _Element) -> str:
    """Return a `<math>` element as Typst's math.

    Raises:
        ValueError: there is no way to set one of its elements.
    """
    if len(math) == 1 and _is_aligned(math[0]):
        return "\\ ".join(_aligned_row(row) for row in math[0])
    return _row(list(math))


def _row(children: Sequence[_Element]) -> str:
    signs = [_text(child) if child.tag == "mo" else "" for child in children]
    shown: list[str] = []
    place = 0
    while place < len(children):
        dots = _DOTS.get("".join(signs[place : place + 3]))
        shown.append(dots or _set(children[place]))
        place += 3 if dots else 1
    return "".join(shown)


def _set(element: _Element) -> str:
    setter = _SETTERS.get(element.tag)
    if setter is None:
        raise _UnsetError(f"there is no way to set <{element.tag}>")
    return setter(element)


def _argument(element: _Element) -> str:
    # an empty argument would be none at all
    return _set(element) or '""'


def _text(element: _Element) -> str:
    return (element.text or "").strip()


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" for letter in text if not letter.isspace())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _identifier(element: _Element) -> str:
    name = _text(element)
    if name.endswith(_CHOSEN):
        return f"cal({_escaped(unicodedata.normalize('NFKC', name[:-1]))})"
    if name and all(letter in _BOLD_DIGITS for letter in name):
        return f"bold({unicodedata.normalize('NFKC', name)})"
    if len(name) > 1:
        return _quoted(name)
    return f"upright({_escaped(name)})" if element.get("mathvariant") == "normal" else _escaped(name)


def _number(element: _Element) -> str:
    number = _text(element)
    if not number.isascii():
        return _identifier(element)
    return number if _NUMBER.match(number) else _escaped(number)


def _words(element: _Element) -> str:
    return _quoted((element.text or "").replace("\xa0", " "))


def _space(element: _Element) -> str:
    return _gap(_ems(element.get("width")) or _ems(_style(element, "margin-left")))


def _gap(ems: float) -> str:
    return f"#h({ems:.4g}em)" if ems else ""


def _operator(element: _Element) -> str:
    sign = _text(element)
    if not sign or sign in _INVISIBLE:
        return _gap(_ems(element.get("lspace")))
    if len(sign) > 1:
        return _quoted(sign)
    size = element.get("minsize")
    if size is not None:
        side = "opening" if sign in _OPENING else "closing" if sign in _CLOSING else "normal"
        return f'class("{side}",lr(size:#{_ems(size):.4g}em,{_escaped(sign)}))'
    side = {"prefix": "opening", "postfix": "closing"}.get(element.get("form", ""), "normal")
    if sign in _UPRIGHT and (element.get("stretchy") == "false" or side != "normal"):
        return f'class("{side}",{_escaped(sign)})'
    if sign in ",;:" and element.get("rspace") == "0":
        return f'class("normal",{_escaped(sign)})'
    return _escaped(sign)


def _group(element: _Element) -> str:
    children = list(element)
    if len(children) >= 2 and _is_fence(children[0]) and _is_fence(children[-1]):
        shown = _fenced(children)
    elif len(children) == 1 and _is_aligned(children[0]):
        shown = _set(children[0])
    else:
        shown = _row(children)
    shown = _styled(element, shown)
    colour = re.fullmatch(r"#[0-9A-Fa-f]{3,8}", _style(element, "color"))
    return f'#text(fill:rgb("{colour[0]}"))[${shown}$]' if colour and shown else shown


def _styled(element: _Element, shown: str) -> str:
    if not shown or element.tag == "math" or not element.get("displaystyle"):
        return shown
    return f"{'display' if element.get('displaystyle') == 'true' else 'inline'}({shown})"


def _is_fence(element: _Element) -> bool:
    sign = _text(element)
    known = not sign or sign in _OPENING | _CLOSING | _UPRIGHT | _INVISIBLE or sign in "/\\↑↓⇑⇓"
    return element.tag == "mo" and known and element.get("stretchy") != "false" and element.get("minsize") is None


def _fenced(children: Sequence[_Element]) -> str:
    left, right = (_escaped(sign) if sign not in _INVISIBLE else "" for sign in map(_text, (children[0], children[-1])))
    inner = children[1:-1]
    if len(inner) == 1 and inner[0].tag == "mfrac" and inner[0].get("linethickness") == "0" and left == "\\(":
        return f"binom({_argument(inner[0][0])},{_argument(inner[0][1])})"
    if len(inner) == 1 and inner[0].tag == "mtable" and left == "\\{" and not right and not _is_aligned(inner[0]):
        # every second column is set to the left
        return f"cases({','.join('&' + '&&#h(1em)'.join(_cells(row, 'inline')) for row in inner[0])})"
    middle = "".join(
        f"mid({_escaped(_text(child))})" if child.tag == "mo" and child.get("stretchy") == "true" else _set(child)
        for child in inner
    )
    return f"lr({left}{middle}{right})" if left or right else middle


def _fraction(element: _Element) -> str:
    above, below = _argument(element[0]), _argument(element[1])
    if element.get("linethickness") == "0":
        return f"mat(delim:#none,{above};{below})"
    return _styled(element, f"frac({above},{below})")


def _root(element: _Element) -> str:
    if element.tag == "msqrt":
        return f"sqrt({_row(list(element)) or _quoted('')})"
    return f"root({_argument(element[1])},{_argument(element[0])})"


def _scripts(element: _Element) -> str:
    """Set what stands beside a base: `msub`, `msup`, `msubsup`."""
    base, rest = element[0], list(element)[1:]
    shown = f"scripts({_set(base)})" if base.tag == "mo" and _text(base) else _argument(base)
    if element.tag == "msub":
        return f"attach({shown},b:{_argument(rest[0])})"
    below = f",b:{_argument(rest[0])}" if element.tag == "msubsup" else ""
    return f"attach({shown}{below},t:{_superscript(rest[-1])})"


def _superscript(element: _Element) -> str:
    first = element[0] if element.tag == "mrow" and len(element) else element
    signs = _text(first)
    if first.tag == "mo" and signs and all(sign in _PRIMES for sign in signs):
        rest = _row(list(element)[1:]) if first is not element else ""
        return f"primes(#{sum(_PRIMES[sign] for sign in signs)}){rest}"
    return _argument(element)


def _stacked(element: _Element) -> str:
    """Set what stands above and below a base: `munder`, `mover`, `munderover`."""
    base = element[0]
    sign = _text(element[1])
    if element.get("accent") == "true" or element.get("accentunder") == "true":
        accents = _ACCENTS if element.tag == "mover" else _BELOW
        if sign not in accents:
            raise _UnsetError(f"there is no accent {sign!r}")
        return f"{accents[sign]}({_argument(base)})"
    inner = _set(base)
    if inner.startswith(_BRACES) and base.tag in ("munder", "mover"):
        # the label of a brace
        return f"{inner[:-1]},{_argument(element[1])})"
    if base.tag == "mo" and _text(base) in "→←⇒⇐⟶⟵↔" and _text(base):
        inner = f"limits(stretch({inner},size:#(100% + 1em)))"
    elif base.tag != "mo" or _text(base) not in _BIG:
        inner = f"limits({inner or _quoted('')})"
    below = f",b:{_argument(element[1])}" if element.tag != "mover" else ""
    above = f",t:{_argument(element[-1])}" if element.tag != "munder" else ""
    return f"attach({inner}{below}{above})"


def _is_aligned(element: _Element) -> bool:
    styles = [cell.get("style", "") for row in element[:1] for cell in row] if element.tag == "mtable" else []
    return element.get("displaystyle") == "true" and any("right" in style.split(";")[0] for style in styles)


def _aligned_row(row: _Element, style: str = "") -> str:
    # a pair of columns stands apart from the pair before it
    cells = _cells(row, style)
    return "&".join(f"#h(1.5em){cell}" if place and place % 2 == 0 else cell for place, cell in enumerate(cells))


def _cells(row: _Element, style: str = "") -> list[str]:
    cells = [_row(list(cell)) or '""' for cell in row]
    # Typst sets what stands in a matrix smaller than what stands around it, LaTeX does not
    return [f"{style}({cell})" for cell in cells] if style else cells


def _table(element: _Element) -> str:
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


def _hidden(element: _Element) -> str:
    return f"#hide[${_row(list(element))}$]"


def _enclosed(element: _Element) -> str:
    # browsers draw a stroke as an empty element of its own
    inner = _row([child for child in element if not child.get("class", "").startswith("menclose")])
    strokes = element.get("notation", "").split()
    if strokes == ["box"]:
        return f"#box(stroke:0.5pt,inset:3pt,baseline:3pt)[${inner}$]"
    if all("diagonalstrike" in stroke or stroke == "horizontalstrike" for stroke in strokes):
        turned = ",inverted:#true" if strokes == ["downdiagonalstrike"] else ",cross:#true" if len(strokes) > 1 else ""
        return f"cancel({inner}{turned})"
    raise _UnsetError(f"there is no way to enclose math in {' '.join(strokes)!r}")


def _style(element: _Element, name: str) -> str:
    found = re.search(rf"(?:\A|;)\s*{name}:\s*([^;]+)", element.get("style", ""))
    return found[1].strip() if found else ""


def _ems(length: str | None) -> float:
    found = _EM.match(length or "")
    return float(found[1]) if found else 0.0


_SETTERS: Final[dict[str, Callable[[_Element], str]]] = {
    "math": _group,
    "mi": _identifier,
    "mn": _number,
    "mo": _operator,
    "ms": _words,
    "mtext": _words,
    "mspace": _space,
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
