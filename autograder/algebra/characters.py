"""Characters of formulas: fold what is one sign in two coats, refuse what hides or looks like another."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from autograder.algebra.malformed import Malformed

GREEK: Final = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
"""A letter → its name. Those that look like Latin ones are not among them."""

COMMANDS: Final = {
    "√": "sqrt", "∑": "sum", "∏": "prod", "∞": "infty", "⌈": "lceil", "⌉": "rceil", "⌊": "lfloor", "⌋": "rfloor",
    "‖": "Vert", "∥": "Vert", "⊙": "odot", "∘": "circ", "⟨": "langle", "⟩": "rangle", "∂": "partial", "∇": "nabla",
    "∫": "int", "±": "pm", "∓": "mp", "…": "dots", "⋯": "cdots", "∈": "in", "⊤": "top", "∧": "land", "∨": "lor",
    "¬": "neg", "⊗": "otimes", "⊕": "oplus", "′": "prime", "ℓ": "ell", "→": "to", "∀": "forall", "∪": "cup",
}  # fmt: skip
"""A sign → the LaTeX command that says the same."""

_SAME: Final = {
    "−": "-", "–": "-", "﹣": "-", "⁃": "-", "×": "*", "∗": "*", "⋅": "·", "∙": "·", "•": "·", "÷": "/", "∕": "/",
    "⁄": "/",
    "\N{MICRO SIGN}": "μ", "\N{OHM SIGN}": "Ω", "\N{INCREMENT}": "Δ", "ϵ": "ε", "ϕ": "φ", "ϑ": "θ", "ϱ": "ρ", "ς": "σ",
    "∣": "|", "❘": "|", "⩽": "≤", "⩾": "≥", "≦": "≤", "≧": "≥", "≔": "=", "〈": "⟨", "〉": "⟩",
    "’": "'", "‘": "'", "“": '"', "”": '"', "\N{ACUTE ACCENT}": "'",
}  # fmt: skip
_LETTERS: Final = {"𝔼": "\\mathbb{E}", "𝟙": "\\mathbf{1}", "𝟏": "\\mathbf{1}", "𝐈": "\\mathbf{I}"}
_PARTS: Final = {"½": "(1/2)", "⅓": "(1/3)", "⅔": "(2/3)", "¼": "(1/4)", "¾": "(3/4)", "⅛": "(1/8)"}
_RAISED: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵀᵏᵗᵐᵈˡ", "0123456789+-()niTktmdl", strict=True))
_LOWERED: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣ", "0123456789+-aeoxhklmnpstijr", strict=True))
_KEPT: Final = frozenset([*GREEK, *COMMANDS, *"·≤≥≠≈∝⇒"])


_ESCAPES: Final = {"\a": "a", "\b": "b", "\f": "f", "\v": "v", "\t": "t", "\r": "r"}
_ESCAPED: Final = re.compile(
    "([\a\b\f\v])(?=[a-z])|(\t)(?=au\\b|heta|imes|ext|frac|op\\b|ilde|an)|(\r)(?=ho|ight|[Vv]ert|ceil|floor|angle|m\\b)"
)


def mended(text: str) -> str:
    r"""Return a text with the commands that Python took for control characters: `"\frac"` without the r."""
    if text.isprintable():
        return text
    return _ESCAPED.sub(lambda match: "\\" + _ESCAPES[match[0]], text)


def folded(text: str, latex: bool) -> tuple[str, list[int] | None]:
    """Return a text in the characters that the lexer knows.

    Raised and lowered characters become `^` and `_`; their brackets are those of the syntax.

    Args:
        text: as written.
        latex: whether brackets are braces.

    Returns:
        The folded text, and for each of its characters the offset it comes from (None where nothing moved).

    Raises:
        Malformed: a character hides, turns the direction, looks like another, or belongs to no formula.
    """
    if text.isascii() and text.isprintable():
        return text, None
    pieces: list[str] = []
    origin: list[int] = []
    place = 0
    while place < len(text):
        char = text[place]
        table = _RAISED if char in _RAISED else _LOWERED if char in _LOWERED else None
        end = place + 1
        if table is None:
            piece = _folded(char, place)
        else:
            while end < len(text) and text[end] in table:
                end += 1
            piece = _shifted("".join(table[char] for char in text[place:end]), table is _RAISED, latex)
        pieces.append(piece)
        origin += [place] * len(piece)
        place = end
    return "".join(pieces), origin


def _shifted(inner: str, raised: bool, latex: bool) -> str:
    if latex:
        return f"{'^' if raised else '_'}{{{inner}}}"
    if not raised:
        return f"_{inner}"
    return "^T" if inner == "T" else f"^({inner})"


def _folded(char: str, place: int) -> str:
    if (char.isascii() and char.isprintable()) or char in _KEPT:
        return char
    piece = _known(char)
    if piece is None:
        raise Malformed(_refusal(char), place)
    return piece


@lru_cache(maxsize=1024)
def _known(char: str) -> str | None:
    for table in (_SAME, _LETTERS, _PARTS):
        if char in table:
            return table[char]
    if char in "\t\n\r" or unicodedata.category(char) == "Zs":
        return " "
    compatible = unicodedata.normalize("NFKC", char)
    if char != compatible and len(compatible) == 1:
        # letters and digits of mathematical or full-width fonts, as copied from a printed page
        compatible = _SAME.get(compatible, compatible)
        if (compatible.isascii() and compatible.isprintable()) or compatible in _KEPT:
            return compatible
    return None


def _refusal(char: str) -> str:
    code = f"U+{ord(char):04X}"
    name = unicodedata.name(char, "")
    category = unicodedata.category(char)
    if unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}:
        return f"there is a hidden character that turns the direction of writing, {name} ({code})"
    if category in ("Cc", "Cf", "Co", "Cn", "Cs"):
        return f"there is a hidden character, {name or 'a control character'} ({code})"
    if char.isalpha():
        return f"{char!r} is {name} ({code}), which is no Latin letter and none of the Greek ones used here"
    return f"{char!r} ({name or code}) does not belong in a formula"
