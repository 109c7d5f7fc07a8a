"""Markdown as authors write it: tables, code, lists and LaTeX math between dollars; no raw HTML."""

from __future__ import annotations

from markdown_it import MarkdownIt

from autograder.markup.figures import DATA
from autograder.markup.math import HAS_MATH, require_math

if HAS_MATH:
    from mdit_py_plugins.dollarmath import dollarmath_plugin


def markdown_reader() -> MarkdownIt:
    """Return a reader of Markdown, to which a format may add how it writes things.

    Raises:
        RenderError: the packages that read math are not installed.
    """
    require_math()
    reader = _Reader("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.use(dollarmath_plugin, allow_labels=False, allow_blank_lines=False, double_inline=True)
    return reader


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        # as a picture, which is the only place where pages take data, a drawing runs nothing
        return super().validateLink(url) or url.startswith(DATA)
