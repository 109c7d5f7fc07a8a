"""Cut a formula into tokens: LaTeX and Python alike, so that one parser serves both."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from autograder.algebra.characters import COMMANDS, GREEK, folded
from autograder.algebra.malformed import Malformed

MAX_LENGTH: Final = 2_000


class Token(NamedTuple):
    """One piece of a formula.

    Attributes:
        kind: `number`, `word` (letters, of Python also digits and _), `text` (letters that LaTeX sets as one word),
            `command` (its name without the backslash), `sign` or `end`.
        at: offset in the text as written.
        space: whether white space or a LaTeX space stands before it; `wide` for a LaTeX one.
        font: of a text, the command that set it.
    """

    kind: str
    text: str
    at: int
    space: bool = False
    wide: bool = False
    font: str = ""


_FONTS: Final = (
    r"text(?:rm|it|bf|sf|tt|normal)?|math(?:rm|it|bf|bb|cal|scr|frak|sf|tt|bbm|ds)|mathds"
    r"|operatorname\*?|boldsymbol|bm|mbox"
)
_SIGNS: Final = r"\*\*|//|<=|>=|==|!=|:=|\\\\|[-+*/%^_()\[\]{},<>=.!|&'@:;~\"·≤≥≠≈∝⇒]"
_NUMBER: Final = r"(?:\d+(?:_\d{3})*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LATEX: Final = re.compile(
    rf"(?P<text>\\(?P<font>{_FONTS})(?:\s*\{{(?P<inner>(?:[^{{}}\\]|\\_|\\ )*)\}}"
    r"|\s*(?P<single>[A-Za-z\d](?![A-Za-z])|(?<=\s)[A-Za-z])))"
    r"|\\(?P<side>left|right|[bB]igg?[lrm]?|middle)\s*(?P<bar>\\?\||\\l?r?[vV]ert\b|\.|(?=.))"
    r"|(?P<grouped>\d{1,3}(?:(?:\{,\}|\\[,;:! ])\d{3})+(?!\d)(?:\.\d+)?)|(?P<comma>\d+\{,\}\d+)"
    rf"|\\(?P<command>[A-Za-z]+|[^A-Za-z\\])\*?|(?P<number>{_NUMBER})|(?P<word>[A-Za-z][A-Za-z0-9]*)|(?P<sign>{_SIGNS})"
    rf"|(?P<letter>[{''.join([*GREEK, *COMMANDS])}])"
)
_PYTHON: Final = re.compile(
    rf"(?P<number>{_NUMBER})|(?P<word>[A-Za-z{''.join(GREEK)}][\w]*)|(?P<sign>{_SIGNS})|(?P<letter>[{''.join(COMMANDS)}])"
)
_AROUND: Final = (
    ("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)"), ("**", "**"),
    ('r"', '"'), ("r'", "'"), ('"', '"'), ("'", "'"),
)  # fmt: skip
_SPACES: Final = frozenset(
    {",", ";", ":", "!", " ", ">", "quad", "qquad", "thinspace", "medspace", "thickspace", "enspace"}
)
_NOTHING: Final = frozenset(
    [
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "limits",
        "nolimits",
        "rm",
        "bf",
        "it",
        "sf",
        "tt",
        "mathstrut",
        "strut",
        "nonumber",
        "notag",
        "relax",
        "null",
    ]
)
_SAME: Final = {
    "lt": "<", "gt": ">", "le": "≤", "leq": "≤", "leqslant": "≤", "leqq": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥",
    "geqq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "simeq": "≈", "propto": "∝", "Rightarrow": "⇒", "implies": "⇒",
    "cdot": "·", "cdotp": "·", "bullet": "·", "times": "*", "ast": "*", "div": "/", "slash": "/", "coloneqq": "=",
    "vert": "|", "mid": "|", "lbrack": "[", "rbrack": "]", "_": "_", "&": "&", "colon": ":",
}  # fmt: skip
_RENAMED: Final = {
    "{": "lbrace", "}": "rbrace", "|": "Vert", "intercal": "top", "tfrac": "frac", "dfrac": "frac", "cfrac": "frac",
    "sfrac": "frac", "nicefrac": "frac", "dbinom": "binom", "tbinom": "binom", "varepsilon": "epsilon", "varphi": "phi",
    "vartheta": "theta", "varrho": "rho", "varsigma": "sigma", "varpi": "pi", "wedge": "land", "vee": "lor",
    "lnot": "neg", "overline": "bar", "widehat": "hat", "widetilde": "tilde", "wedgeq": "land", "ldots": "dots",
    "%": "percent",
    "dotsc": "dots", "dotsb": "dots", "dotsm": "dots", "lparen": "(", "rparen": ")", "iff": "Leftrightarrow",
}  # fmt: skip
_SIGN_OF: Final = {"≤": "<=", "≥": ">=", "≠": "!=", ":=": "="}


def is_latex(text: str) -> bool:
    r"""Return whether a text says that it is LaTeX: by a backslash, a dollar, `_{` or `^{`."""
    return any(mark in text for mark in ("\\", "$", "_{", "^{", "{,}", "∑", "∏", "𝔼", "𝟙", "𝟏", "𝐈"))


def tokens_of(text: str, latex: bool) -> list[Token]:
    """Cut a text into tokens, the last of kind `end`.

    Args:
        text: what was written, at most `MAX_LENGTH` characters.
        latex: in which of the two syntaxes.

    Raises:
        Malformed: a character does not belong there, or it is too long.
    """
    if len(text) > MAX_LENGTH:
        raise Malformed(f"a formula has at most {MAX_LENGTH:,} characters, this has {len(text):,}")
    clean, origin = folded(text, latex)
    start, end = _inner(clean)
    if latex:
        clean = clean.replace("$", " ")
    pattern = _LATEX if latex else _PYTHON
    found: list[Token] = []
    space = wide = False
    while start < end:
        if clean[start] in " ~" and not (clean[start] == "~" and not latex):
            start, space, wide = start + 1, True, wide or clean[start] == "~"
            continue
        match = pattern.match(clean, start, end)
        at = start if origin is None else origin[start]
        if match is None:
            raise Malformed(_unexpected(clean[start:end], latex), at)
        token = _token(match, at)
        start = match.end()
        if token is None:
            space, wide = space or match["side"] is None, wide or match["command"] in _SPACES
            continue
        if token.kind == "number" and not latex:
            _refuse_grouping(clean, match, at)
        found.append(token._replace(space=space, wide=wide) if space else token)
        space = wide = False
    found.append(Token("end", "", end if origin is None else (origin[end] if end < len(origin) else len(text))))
    return found


def _inner(text: str) -> tuple[int, int]:
    """Return where the formula begins and ends inside of what only surrounds it: dollars, backquotes, a full stop."""
    start, end = 0, len(text)
    if " #" in text:
        end = text.index(" #")  # a comment
    changed = True
    while changed and start < end:
        before = (start, end)
        while start < end and text[start] in " `":
            start += 1
        while start < end and text[end - 1] in " `.;,":
            if text[end - 1] in ".;," and (text[: end - 1].endswith(("\\", "\\right"))):
                break  # `\,` and `\right.`
            end -= 1
        for opening, closing in _AROUND:
            if text.startswith(opening, start) and text.endswith(closing, start + len(opening), end):
                start, end = start + len(opening), end - len(closing)
                break
        if text.startswith("=", start, end) and not text.startswith("==", start, end):
            start += 1
        if text.endswith("\\\\", start, end):
            end -= 2
        changed = before != (start, end)
    return start, end


def _token(match: re.Match[str], at: int) -> Token | None:
    """Return the token of a match, or None where it only spaces."""
    groups = match.groupdict()
    kind = match.lastgroup or ""
    if groups.get("text") is not None:
        inner = groups["inner"] if groups["inner"] is not None else groups["single"]
        return _text(inner or "", groups["font"] or "", at)
    if groups.get("side") is not None:
        return _delimiter(groups["side"] or "", groups["bar"] or "", at)
    if groups.get("grouped") is not None:
        return Token("number", re.sub(r"\{,\}|\\.", "", groups["grouped"] or ""), at)
    if groups.get("comma") is not None:
        return Token("number", (groups["comma"] or "").replace("{,}", "."), at)
    if kind == "command":
        return _command(groups["command"] or "", at)
    written = match[kind]
    if kind == "letter":
        return Token("command", GREEK.get(written) or COMMANDS[written], at)
    if kind == "sign":
        return Token("sign", _SIGN_OF.get(written, written), at)
    return Token(kind, written, at)


def _text(inner: str, font: str, at: int) -> Token | None:
    word = inner.replace("\\", "").strip()
    if not word:
        return None
    if word.isdigit() and font.startswith("text"):
        return Token("number", word, at)
    return Token("text", word, at, font=font)


def _delimiter(side: str, bar: str, at: int) -> Token | None:
    if bar in ("", "."):
        return None
    double = bar in (r"\|", r"\Vert", r"\lVert", r"\rVert")
    hand = "l" if side == "left" or side.endswith("l") else "r" if side == "right" or side.endswith("r") else ""
    if not hand:
        return Token("command", "Vert", at) if double else Token("sign", "|", at)
    return Token("command", hand + ("Vert" if double else "vert"), at)


def _command(name: str, at: int) -> Token | None:
    if name in _SPACES or name in _NOTHING:
        return None
    if name in _SAME:
        return Token("sign", _SIGN_OF.get(_SAME[name], _SAME[name]), at)
    name = _RENAMED.get(name, name)
    return Token("sign", name, at) if name in "()" else Token("command", name, at)


def _refuse_grouping(text: str, match: re.Match[str], at: int) -> None:
    # (1,000) is a pair for a machine and a thousand for a person
    group = re.compile(r",\d{3}(?!\d)").match(text, match.end())
    before = text[: match.start()]
    if group and match[0].isdigit() and len(match[0]) <= 3 and before.count("(") == before.count(")"):
        raise Malformed("a comma separates two formulas here", at, f"write {match[0]}{group[0][1:]} without it")


def _unexpected(rest: str, latex: bool) -> str:
    if rest[0] == "\\":
        return "a backslash has to be followed by a command"
    return f"{rest[0]!r} does not belong in a formula"
