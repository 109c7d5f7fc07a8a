r"""Find the relations between lines of a derivation: what a line begins with, and where ⇒ and ⇔ cut it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LOOSE: Final = ("≈", "∝")
"""Relations that a part must allow by name."""

SIGNS: Final = {
    "=": "=", "==": "=", ":=": "=", "≡": "=", "≤": "<=", "<=": "<=", "≥": ">=", ">=": ">=", "<": "<", ">": ">",
    "≈": "≈", "≃": "≈", "≅": "≈", "∝": "∝", "~=": "≈", "⇒": "⇒", "=>": "⇒", "==>": "⇒", "⟹": "⇒", "→": "⇒", "->": "⇒",
    "⟶": "⇒", "∴": "⇒", "⇔": "⇔", "<=>": "⇔", "<==>": "⇔", "⟺": "⇔", "↔": "⇔", "<->": "⇔",
    "coloneqq": "=", "equiv": "=", "triangleq": "=", "doteq": "=", "le": "<=", "leq": "<=", "leqslant": "<=",
    "leqq": "<=", "lt": "<", "ge": ">=", "geq": ">=", "geqslant": ">=", "geqq": ">=", "gt": ">", "approx": "≈",
    "simeq": "≈", "approxeq": "≈", "cong": "≈", "propto": "∝", "varpropto": "∝", "implies": "⇒", "Rightarrow": "⇒",
    "Longrightarrow": "⇒", "therefore": "⇒", "to": "⇒", "rightarrow": "⇒", "longrightarrow": "⇒", "leadsto": "⇒",
    "iff": "⇔", "Leftrightarrow": "⇔", "Longleftrightarrow": "⇔", "leftrightarrow": "⇔",
}  # fmt: skip
"""A relation as it is written, commands without their backslash → as it is kept."""

TO_LATEX: Final = {
    "<=": r"\le", ">=": r"\ge", "≈": r"\approx", "∝": r"\propto", "⇒": r"\Rightarrow", "⇔": r"\Leftrightarrow",
    "!=": r"\ne", "==": "=",
}  # fmt: skip

_COMMANDS: Final = "|".join(sorted((word for word in SIGNS if word.isalpha() and word.isascii()), key=len)[::-1])
_MARKS: Final = "|".join(
    re.escape(sign) for sign in sorted(SIGNS, key=len)[::-1] if not sign.isascii() or not sign.isalpha()
)
_LEADING: Final = re.compile(rf"(?:[\s&$]|\{{\}})*(?:\\({_COMMANDS})(?![A-Za-z])|({_MARKS}))(?:[\s&]|\{{\}})*(?!=)")
_IMPLIED: Final = re.compile(
    r"\s*(?:\\q?quad\s*|,\s*)*(?:\\(implies|rightarrow|longrightarrow|leadsto|Rightarrow|Longrightarrow|therefore|iff|Leftrightarrow|Longleftrightarrow)"
    r"(?![A-Za-z])|(==>|<==>|<=>|<->|->|=>|⇒|⟹|⇔|⟺|∴|→|⟶))\s*(?:\\q?quad\s*)*"
)
_RELATED: Final = re.compile(
    rf"[=<>≤≥≈∝⇒⇔≡]|\\(?:{_COMMANDS})(?![A-Za-z])",
)


def leading(text: str) -> tuple[str, str]:
    """Return the relation that a text begins with, or an empty text, and what follows it."""
    match = _LEADING.match(text)
    if match is None:
        return "", text
    rest = text[match.end() :]
    if text.lstrip().startswith("$") and rest.count("$") % 2:
        rest = f"${rest}"
    return SIGNS[match[1] or match[2]], rest


def implications(sign: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the statements of a line, cut at ⇒ and ⇔ outside of brackets, each with the sign before it."""
    start = 0
    for match in _IMPLIED.finditer(text):
        before = text[start : match.start()]
        if match.start() == 0 or _open(text[: match.start()]):
            continue
        yield sign, before
        sign, start = SIGNS[match[1] or match[2]], match.end()
    yield sign, text[start:]


def has_relation(text: str) -> bool:
    """Return whether any relation stands in a text."""
    return _RELATED.search(text) is not None


def _open(text: str) -> bool:
    return sum(text.count(sign) for sign in "([{") > sum(text.count(sign) for sign in ")]}")
