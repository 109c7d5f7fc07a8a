r"""What does LaTeX or HTML say in plain signs? `\frac{3}{4}` is ((3)/(4)), `10^{14}` is 10^(14).

One pass over the text with a stack of what each closing brace stands for; nothing is looked at twice.
"""

from __future__ import annotations

import html
import re
from typing import Final

from autograder.reading.words import word_set

_PIECE: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}]|[^\\{}]+|\\", re.DOTALL)
_ENVIRONMENT: Final = re.compile(r"\\(?:begin|end)\s{0,4}\{[A-Za-z]{1,20}\*?\}")
_WITHDRAWN: Final = re.compile(r"<(s|del|strike)>[^<>]{0,200}</\1>", re.IGNORECASE)
_MIXED: Final = re.compile(r"(?<![\w.,^{*/])(\d{1,4}) ?\\[dt]?frac ?(?:\{(\d{1,4})\}\{(\d{1,4})\}|(\d)(\d))")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,60}>")
_RAISED: Final = re.compile(r"<sup>([^<>]{1,20})</sup>", re.IGNORECASE)
_ROOT: Final = re.compile(r"\s{0,4}\[(\d{1,2})\]")

# A Python string that isn't raw has turned these commands into control characters.
_MANGLED: Final = (
    ("\times", r"\times"), ("\text", r"\text"), ("\tfrac", r"\tfrac"), ("\frac", r"\frac"), ("\boxed", r"\boxed"),
    ("\x07pprox", r"\approx"), ("\to ", r"\to "), ("\right", r"\right"), ("\rm", r"\rm"), ("\nicefrac", r"\nicefrac"),
)  # fmt: skip

_SIGNS: Final = {
    "times": "*", "cdot": "*", "ast": "*", "div": "/", "over": "/", "approx": "≈", "simeq": "≈", "cong": "≈",
    "doteq": "≈", "sim": "~", "le": "≤", "leq": "≤", "leqslant": "≤", "lesssim": "≤", "ge": "≥", "geq": "≥",
    "geqslant": "≥", "gtrsim": "≥", "lt": "<", "gt": ">", "ll": "<", "gg": ">", "ne": "≠", "neq": "≠", "equiv": "=",
    "to": "=", "rightarrow": "=", "Rightarrow": "=", "implies": "=", "longrightarrow": "=", "Longrightarrow": "=",
    "pm": "±", "infty": " infinity ", "mu": "u", "pi": "π", "ldots": "...", "dots": "...", "cdots": "...",
    "lceil": " ceil(", "rceil": ")", "lfloor": " floor(", "rfloor": ")", "log": " log", "ln": " ln", "lg": " lg",
    "exp": " exp", "min": " min", "max": " max", "colon": ":", "lbrack": "[", "rbrack": "]", "percent": "%",
    "euro": "€", "pounds": "£", "texteuro": "€", "textdollar": "$", "textmu": "u", "micro": "u",
    "textasciitilde": "~", "land": " and ", "lor": " or ", "mid": "|", "quad": " ", "qquad": " ", "thinspace": " ",
    "space": " ", "enspace": " ", "newline": "\n", "byte": " byte", "bit": " bit", "second": " s", "giga": " giga",
    "mega": " mega", "kilo": " kilo", "tera": " tera", "textperthousand": " permille ", "textonehalf": " 1/2",
}  # fmt: skip
_SILENT: Final = word_set(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle textstyle scriptstyle rm bf it tt sf em large "
    "Large small limits nolimits nonumber centering hfill noindent"
)
_SPACING: Final = {
    "!": "",
    "(": " ",
    ")": " ",
    "[": " ",
    "]": " ",
    "\\": "\n",
    "%": "%",
    "$": "$",
    "#": "#",
    "_": "_",
    "&": "&",
}
_FRACTIONS: Final = frozenset({"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "textfrac"})
_DROPPED: Final = word_set(
    "label tag hspace vspace phantom color textcolor vphantom hphantom cancel bcancel xcancel sout"
)


def plain(text: str) -> str:
    """Return `text` with LaTeX and HTML turned into plain signs; where something is boxed, only that.

    Unknown commands become words. Math delimiters and layout vanish.
    """
    if "<" in text and ">" in text:
        text = _WITHDRAWN.sub(" ", text)
        text = _TAG.sub(" ", _RAISED.sub(r"^(\1)", text))
    if "&" in text:
        text = html.unescape(text)
    for wrong, right in _MANGLED:
        if wrong in text:
            text = text.replace(wrong, right)
    if "\\" not in text and "{" not in text:
        return text
    text = _MIXED.sub(_mixed, text)
    return _unset(_ENVIRONMENT.sub(" ", text).replace("{,}", ",").replace("{.}", "."))


def _mixed(found: re.Match[str]) -> str:
    """Write a whole number and the fraction after it as a sum, as `2 1/2` is read."""
    whole, top, bottom = found[1], found[2] or found[4], found[3] or found[5]
    return f" {whole} {top}/{bottom} " if int(top) < int(bottom) else found[0]


def _unset(text: str) -> str:
    out: list[str] = []
    closers: list[str] = []
    pending = ""  # what the next brace belongs to
    box: tuple[int, int] | None = None
    for piece in _PIECE.findall(text):
        if piece == "{":
            closers.append(_open(out, pending))
            if pending == "boxed":
                closers[-1] = f"boxed {len(out)}"
            pending = ""
        elif piece == "}":
            closer = closers.pop() if closers else ""
            if closer.startswith("boxed"):
                box = (int(closer.split()[1]), len(out))
            pending = _close(out, closer)
        elif piece[0] == "\\":
            pending = _command(out, piece[1:].rstrip("*"))
        else:
            pending = _words(out, piece, pending)
    return "".join(out[box[0] : box[1]] if box else out)


def _open(out: list[str], pending: str) -> str:
    """Write what the opening brace stands for; return what its closing one will."""
    if pending == "frac":
        out.append(" ((")
        return "middle"
    if pending == "middle":
        out.append("(")
        return "frac end"
    if pending.startswith("sqrt"):
        out.append(f" {'sqrt(' if pending == 'sqrt' else '(('}")
        return pending
    if pending == "dropped":
        out.append("\0")
        return "dropped"
    if out and out[-1].rstrip().endswith("^"):
        out.append("(")
        return "paren"
    if out and out[-1].endswith("_"):
        return "subscript"
    out.append(" " if pending else "")
    return "word" if pending else ""


def _close(out: list[str], closer: str) -> str:
    """Write what the closing brace stands for; return what a brace right after it belongs to."""
    if closer == "middle":
        out.append(")/")
        return "middle"
    if closer == "dropped":
        while out and out.pop() != "\0":
            pass
        return ""
    if closer.startswith("sqrt "):
        out.append(f")^(1/{closer.split()[1]}))")
    else:
        out.append({"frac end": "))", "sqrt": ")", "paren": ")", "word": " "}.get(closer, ""))
    return "word" if closer == "word" else ""


def _command(out: list[str], name: str) -> str:
    """Write what a command stands for; return what a brace right after it belongs to."""
    if name in _SIGNS:
        out.append(_SIGNS[name])
    elif name in _FRACTIONS:
        return "frac"
    elif name == "sqrt":
        return "sqrt"
    elif name in ("boxed", "fbox"):
        return "boxed"
    elif name in _DROPPED:
        return "dropped"
    elif len(name) <= 1 and not name.isalpha():
        out.append(_SPACING.get(name, " "))
    elif name not in _SILENT:
        return "word" if name in _WRAPPERS else _unknown(out, name)
    return ""


_WRAPPERS: Final = word_set(
    "text mathrm mathbf mathit mathsf mathtt mathcal mathbb textbf textit textrm texttt textsf textnormal emph "
    "underline overline operatorname mbox hbox num SI si qty unit mathop ensuremath bm boldsymbol bar hat tilde "
    "widehat underbrace overbrace uline textsuperscript small"
)


def _unknown(out: list[str], name: str) -> str:
    out.append(f" {name} ")
    return ""


def _words(out: list[str], piece: str, pending: str) -> str:
    r"""Write a run of text; a fraction or root without braces takes its next signs, as in \frac34 and \sqrt2."""
    rest = piece
    if pending == "sqrt":
        root = _ROOT.match(rest)
        if root:
            rest = rest[root.end() :]
            if not rest:
                return f"sqrt {int(root[1]) or 1}"
        if rest.strip():
            rest = f" √{rest.lstrip()}"
    elif pending in ("frac", "middle"):
        stripped = rest.lstrip()
        if pending == "frac" and len(stripped) > 1:
            rest = f" (({stripped[0]})/({stripped[1]})){stripped[2:]}"
        elif pending == "middle" and stripped:
            rest = f"({stripped[0]})){stripped[1:]}"
        elif stripped:
            out.append(f" (({stripped})/")
            return "middle"
    elif not rest.strip():
        out.append(" ")
        return pending
    out.append(rest)
    return ""
