"""Where in an answer is the reader? A place in its signs that moves forward, and back where a guess fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograder.reading.fields import Unread
from autograder.reading.tokens import END, Token
from autograder.reading.units import Asked

MAX_DEPTH: Final = 40
"""Brackets and powers inside one another."""


class Cursor:
    """A place in the signs of an answer.

    Attributes:
        tokens: the signs.
        at: the next one.
        field: what is asked.
        depth: brackets and powers that are open.
    """

    __slots__ = ("at", "depth", "field", "tokens")

    def __init__(self, tokens: Sequence[Token], at: int, field: Asked) -> None:
        self.tokens = tokens
        self.at = at
        self.field = field
        self.depth = 0

    def peek(self, ahead: int = 0) -> Token:
        """Return the sign at the cursor or after it."""
        at = self.at + ahead
        return self.tokens[at] if 0 <= at < len(self.tokens) else END

    def take(self) -> Token:
        """Return the next sign and step over it."""
        self.at += 1
        return self.peek(-1)

    def deeper(self) -> None:
        """Note one more level.

        Raises:
            Unread: past `MAX_DEPTH`.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unread("unreadable", "This is nested too deeply.")
