"""What is wrong with a formula that cannot be read, and where: words for the one who wrote it."""

from __future__ import annotations

from typing import Final

from autograder.formula import FormulaError

_WIDTH: Final = 72


class Malformed(FormulaError):
    """A candidate's formula cannot be read.

    Attributes:
        problem: what is wrong, in words, without a full stop.
        at: offset in the text where it shows, or None.
        hint: what to do about it, or an empty text.
        text: the formula as it was written.
    """

    def __init__(self, problem: str, at: int | None = None, hint: str = "", text: str = "") -> None:
        super().__init__(problem, at)
        self.hint = hint
        self.text = text

    def __str__(self) -> str:
        words = f"{self.problem}; {self.hint}" if self.hint else self.problem
        shown = self.pointed()
        return f"{words}.\n{shown}" if shown else f"{words}."

    def pointed(self) -> str:
        """Return the line of the text with a caret below the place, or an empty text where there is no place."""
        if self.at is None or not self.text:
            return ""
        at = min(self.at, len(self.text))
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        line, column = self.text[start : end if end >= 0 else len(self.text)], at - start
        cut = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
        shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line[cut:][:_WIDTH])
        before, after = "…" if cut else "", "…" if len(line) - cut > _WIDTH else ""
        return f"  {before}{shown}{after}\n  {' ' * (len(before) + column - cut)}^"


class Mismatch(Malformed):
    """A formula that is read well, and that nothing can be: its vectors and matrices do not fit together."""
