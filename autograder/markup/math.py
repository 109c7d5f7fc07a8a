"""LaTeX math to MathML, which browsers set by themselves: no script, no request, no picture."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from autograder.errors import RenderError

try:
    import math_core
except ImportError:  # the extra `paper` is not installed
    HAS_MATH = False
else:
    HAS_MATH = True

MACROS: Final[dict[str, str]] = {
    "R": r"\mathbb{R}",
    "E": r"\mathbb{E}",
    "Var": r"\operatorname{Var}",
    "Cov": r"\operatorname{Cov}",
    "KL": r"\operatorname{KL}",
    "argmax": r"\operatorname*{arg\,max}",
    "argmin": r"\operatorname*{arg\,min}",
    "diag": r"\operatorname{diag}",
    "rank": r"\operatorname{rank}",
    "tr": r"\operatorname{tr}",
    "softmax": r"\operatorname{softmax}",
    "relu": r"\operatorname{ReLU}",
    "sigmoid": r"\operatorname{sigmoid}",
}
"""The macros of the house: what authors may write beyond LaTeX's own commands."""

_HOUSE: Final = re.compile(rf"\\({'|'.join(MACROS)})(?![A-Za-z])")
_BETWEEN_DOLLARS: Final = re.compile(r"\$\$.+?\$\$|\$[^$\n]+(?:\n[^$\n]+)*\$", re.DOTALL)

MAX_LENGTH: Final = 20_000
"""Characters of one expression."""


def spelt_out(text: str) -> str:
    """Return a text whose math uses LaTeX's own commands only: a notebook's reader knows no macros of the house."""
    if not _HOUSE.search(text):
        return text
    return _BETWEEN_DOLLARS.sub(lambda math: _HOUSE.sub(lambda found: MACROS[found[1]], math[0]), text)


class MathError(RenderError):
    """An expression that cannot be shown.

    Attributes:
        latex: the expression.
    """

    def __init__(self, latex: str, trouble: str) -> None:
        super().__init__(f"the math ${' '.join(latex.split())}$ {trouble}")
        self.latex = latex


def in_its_place(error: RenderError, text: str, where: str) -> RenderError:
    """Return an error of a text with the text's name and, where math is to blame and the text has lines, the line."""
    place = text.find(error.latex) if isinstance(error, MathError) else -1
    if place >= 0 and "\n" in text.strip():
        where = f"{where}, line {text.count(chr(10), 0, place) + 1}"
    return RenderError(error.problem, where=where, hint=error.hint)


def require_math() -> None:
    """Raise a RenderError where the package that reads math is not installed."""
    if not HAS_MATH:
        raise RenderError("math-core, which reads math, is not installed", hint="install the extra: tenfold[paper]")


@lru_cache(maxsize=8192)
def to_mathml(latex: str, display: bool = False) -> str:
    r"""Return an expression as a `<math>` element.

    Args:
        latex: what stands between the dollars.
        display: set on a line of its own.

    Raises:
        MathError: a command is unknown, a brace is missing and the like; with the expression.
    """
    if len(latex) > MAX_LENGTH:
        raise RenderError(f"math of {len(latex):,} characters is too long", hint="split it")
    reader = _reader()
    try:
        return reader.convert_with_local_state(latex, displaystyle=display)
    except math_core.LatexError as error:
        raise MathError(latex, f"cannot be read: {' '.join(str(error).split())}") from None


@lru_cache(maxsize=1)
def _reader() -> math_core.LatexToMathML:
    require_math()
    return math_core.LatexToMathML(macros=MACROS, fancy_error=False)
