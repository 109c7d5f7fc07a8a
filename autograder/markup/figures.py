"""Figures drawn from a variant's values: SVG by a template, put into the text itself, so that every format has them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2

from autograder.errors import RenderError
from autograder.formula import FormulaError, Value, compiled
from autograder.markup.fence import explain
from autograder.markup.templates import layout, render_text
from autograder.model import Figure
from autograder.resources import template_folders

DATA: Final = "data:image/svg+xml;base64,"
"""How the address of a figure in a text begins."""

_SHOWN: Final = re.compile(r"!\[([^\]]*)\]\(figure:(\w+)\)")
_PICTURE: Final = re.compile(rf"!\[([^\]]*)\]\(({re.escape(DATA)}[\w+/=]+)\)")


def with_figures(text: str, figures: Mapping[str, Figure], values: Mapping[str, Any]) -> str:
    """Return a text with its figures in it: `![what is to be seen](figure:name)` gets the address of a drawing.

    Args:
        text: rendered.
        figures: of the question, by name.
        values: drawn and given.

    Raises:
        RenderError: there is no such figure, nothing says what is to be seen on it, or it cannot be drawn.
    """
    if "](figure:" not in text:
        return text

    def put_in(found: re.Match[str]) -> str:
        seen, name = found.groups()
        if name not in figures:
            raise RenderError(f"there is no figure {name!r}", hint=f"there is: {', '.join(figures) or 'none'}")
        if not seen.strip():
            raise RenderError(
                f"nothing says what is to be seen on the figure {name!r}", hint=f"![what is to be seen](figure:{name})"
            )
        return f"![{seen}]({_address(figures[name], values)})"

    return _SHOWN.sub(put_in, text)


def as_elements(text: str) -> str:
    """Return a text whose figures are elements of HTML: notebooks' own Markdown shows no drawing."""
    if DATA not in text:
        return text
    return _PICTURE.sub(lambda found: f'<img src="{found[2]}" alt="{_quoted(found[1])}">', text)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _address(figure: Figure, values: Mapping[str, Any]) -> str:
    try:
        given = tuple((name, compiled(formula)(values)) for name, formula in figure.values.items())
    except FormulaError as error:
        raise RenderError(f"the figure {figure.drawn!r} has no values: {error.problem}") from None
    words = tuple((name, render_text(text, values)) for name, text in figure.words.items())
    return _drawn(figure.drawn, (*given, *words), _folders())


@lru_cache(maxsize=1024)
def _drawn(name: str, values: tuple[tuple[str, Value | str], ...], folders: tuple[Path, ...]) -> str:
    """Return the address of a drawing, which holds all of it."""
    path = f"figures/{name}.svg.jinja"
    try:
        drawn = layout(folders, path).render(dict(values))
    except (jinja2.TemplateError, FormulaError, ArithmeticError, TypeError, ValueError) as error:
        raise RenderError(explain(error), where=f"templates/{path}") from None
    lines = "".join(line.strip() + "\n" for line in drawn.splitlines() if line.strip())
    return DATA + base64.b64encode(lines.encode()).decode()


def _folders() -> tuple[Path, ...]:
    return tuple(template_folders(Path.cwd()))
