"""The leaves of MathML in Typst's math: letters, numbers, words, signs and gaps, with every character escaped."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Final
from xml.etree import ElementTree

Element = ElementTree.Element

OPENING: Final = frozenset("([{⟨⌊⌈⟦")
CLOSING: Final = frozenset(")]}⟩⌋⌉⟧")
UPRIGHT: Final = frozenset("|‖∥∣")
INVISIBLE: Final = frozenset("\u2061\u2062\u2063\u2064\u200b")

_EM: Final = re.compile(r"(-?[\d.]+)em\Z")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?\Z")
_BOLD_DIGITS: Final = "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"
_CHOSEN: Final = "\ufe00"
"""What makes a letter of a script a round one."""


def text_of(element: Element) -> str:
    """Return what stands in an element, without blanks around it."""
    return (element.text or "").strip()


def escaped(text: str) -> str:
    """Return signs of which none is a command."""
    return "".join(f"\\{letter}" for letter in text if not letter.isspace())


def quoted(text: str) -> str:
    """Return a text as Typst's math sets words."""
    return json.dumps(text, ensure_ascii=False)


def _identifier(element: Element) -> str:
    name = text_of(element)
    if name.endswith(_CHOSEN):
        return f"cal({escaped(unicodedata.normalize('NFKC', name[:-1]))})"
    if name and all(letter in _BOLD_DIGITS for letter in name):
        return f"bold({unicodedata.normalize('NFKC', name)})"
    if len(name) > 1:
        return quoted(name)
    return f"upright({escaped(name)})" if element.get("mathvariant") == "normal" else escaped(name)


def _number(element: Element) -> str:
    number = text_of(element)
    if not number.isascii():
        return _identifier(element)
    return number if _NUMBER.match(number) else escaped(number)


def _words(element: Element) -> str:
    return quoted((element.text or "").replace("\xa0", " "))


def _space(element: Element) -> str:
    return gap(ems(element.get("width")) or ems(style_of(element, "margin-left")))


def gap(ems: float) -> str:
    """Return a gap of so many ems; nothing for none."""
    return f"#h({ems:.4g}em)" if ems else ""


def _operator(element: Element) -> str:
    sign = text_of(element)
    if not sign or sign in INVISIBLE:
        return gap(ems(element.get("lspace")))
    if len(sign) > 1:
        return quoted(sign)
    size = element.get("minsize")
    if size is not None:
        side = "opening" if sign in OPENING else "closing" if sign in CLOSING else "normal"
        return f'class("{side}",lr(size:#{ems(size):.4g}em,{escaped(sign)}))'
    side = {"prefix": "opening", "postfix": "closing"}.get(element.get("form", ""), "normal")
    if sign in UPRIGHT and (element.get("stretchy") == "false" or side != "normal"):
        return f'class("{side}",{escaped(sign)})'
    if sign in ",;:" and element.get("rspace") == "0":
        return f'class("normal",{escaped(sign)})'
    return escaped(sign)


def style_of(element: Element, name: str) -> str:
    """Return one entry of an element's style; empty where there is none."""
    found = re.search(rf"(?:\A|;)\s*{name}:\s*([^;]+)", element.get("style", ""))
    return found[1].strip() if found else ""


def ems(length: str | None) -> float:
    """Return a length in ems; 0 for anything else."""
    found = _EM.match(length or "")
    return float(found[1]) if found else 0.0


LEAVES: Final[dict[str, Callable[[Element], str]]] = {
    "mi": _identifier,
    "mn": _number,
    "mo": _operator,
    "ms": _words,
    "mtext": _words,
    "mspace": _space,
}
"""How each leaf is set."""
