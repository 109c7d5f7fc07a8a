"""How a declared name is written in LaTeX: as its author says, or the obvious way."""

from __future__ import annotations

from functools import lru_cache

from autograder.algebra.lexer import tokens_of
from autograder.algebra.malformed import Malformed
from autograder.algebra.spelling import ACCENTS, GREEK_NAMES, SHORT, base_of
from autograder.algebra.symbols import Declared


@lru_cache(maxsize=4096)
def latex_name(name: str, declared: Declared) -> tuple[str, str, str]:
    """Return a name in LaTeX: what stands on the line, below it and above it."""
    latex = getattr(declared.by_name.get(name), "latex", None)
    if latex:
        return _apart(latex)
    base, *rest = name.split("_")
    digits = base.rstrip("0123456789")
    if digits and digits != base:
        rest = [base[len(digits) :], *rest]
        base = digits
    longer = "_".join((SHORT.get(base, base), *rest))
    shown = _word(base if longer in declared.by_name else SHORT.get(base, base))
    while rest and rest[0] in ACCENTS:
        shown = f"\\{rest.pop(0)}{{{shown}}}"
    above = "*" if rest and rest[0] == "star" else ""
    if above:
        rest = rest[1:]
    return shown, ", ".join(_word(piece) for piece in rest) if len(rest) < 2 else f"\\text{{{'_'.join(rest)}}}", above


def _word(word: str) -> str:
    if word in GREEK_NAMES:
        return f"\\{word}"
    if len(word) == 1 or word.isdigit():
        return word
    return f"\\mathrm{{{word}}}"


def _apart(latex: str) -> tuple[str, str, str]:
    try:
        tokens = tokens_of(latex, latex=True)
        _, _, place = base_of(tokens, 0)
    except Malformed:
        return latex, "", ""
    cut = tokens[place].at if place < len(tokens) - 1 else len(latex)
    base, rest = latex[:cut].strip(), latex[cut:].strip()
    found = {"_": "", "^": ""}
    while rest[:1] in found:
        sign, rest = rest[0], rest[1:].lstrip()
        end = _group_end(rest)
        found[sign] = rest[:end].removeprefix("{").removesuffix("}") if rest[:1] == "{" else rest[:end]
        rest = rest[end:].lstrip()
    return (latex, "", "") if rest else (base, found["_"], found["^"])


def _group_end(text: str) -> int:
    if not text.startswith("{"):
        return len(text) if text.startswith("\\") else 1
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return place + 1
    return len(text)
