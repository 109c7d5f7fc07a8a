"""Texts in Markdown, told apart from words that are shown as they are."""

from __future__ import annotations


class Prose(str):
    """A text in Markdown with LaTeX math, which a format sets; other strings are shown as they are."""

    __slots__ = ()
