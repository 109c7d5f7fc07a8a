"""Texts of the bank and layouts of the formats: both are somebody's input, and rendered inside the fence.

A text may show values, choose and loop. A layout may also define and import macros.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2 import nodes

from autograder.errors import RenderError
from autograder.formula import FormulaError, Value
from autograder.formula.arithmetic import to_float
from autograder.markup import numerals
from autograder.markup.fence import NUMERALS, Environment, explain

_PLAIN_FILTERS: Final = (
    "abs",
    "first",
    "last",
    "length",
    "list",
    "lower",
    "max",
    "min",
    "sort",
    "sum",
    "trim",
    "upper",
)
_DRAWING: Final[dict[str, Callable[[Value], float]]] = {
    "cos": lambda value: math.cos(to_float(value)),
    "log10": lambda value: math.log10(to_float(value)),
    "sin": lambda value: math.sin(to_float(value)),
}
"""What figures are computed with."""
_LAYOUT_FILTERS: Final = ("e", "escape", "indent", "replace", "tojson", "default", "map", "selectattr", "rejectattr")
_TEXT_NODES: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.If,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.Test,
    nodes.Getitem,
    nodes.Compare,
    nodes.Operand,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.CondExpr,
    nodes.Tuple,
    nodes.List,
    nodes.Assign,
    nodes.Getattr,
    nodes.Call,
)


class _TextEnvironment(Environment):
    """For texts of the bank: values, choices and loops, nothing else."""

    def __init__(self) -> None:
        super().__init__(None, _PLAIN_FILTERS)

    def refuse(self, tree: nodes.Template) -> None:
        super().refuse(tree)
        for node in _walk(tree):
            allowed = isinstance(node, _TEXT_NODES)
            if isinstance(node, nodes.Getattr):
                allowed = isinstance(node.node, nodes.Name) and node.node.name == "loop"
            elif isinstance(node, nodes.Call):
                allowed = isinstance(node.node, nodes.Name) and node.node.name == "range"
            if not allowed:
                raise jinja2.TemplateSyntaxError(
                    f"a text cannot use {type(node).__name__.lower()} here", node.lineno or 1
                )


@lru_cache(maxsize=1)
def _texts() -> _TextEnvironment:
    return _TextEnvironment()


@lru_cache(maxsize=8192)
def text(source: str) -> jinja2.Template:
    """Compile a text of the bank.

    Raises:
        jinja2.TemplateSyntaxError: with the line inside the text.
    """
    return _texts().from_string(source)


def render_text(source: str, values: Mapping[str, Any]) -> str:
    """Render a text of the bank with drawn and given values.

    Raises:
        RenderError: the template is wrong or uses a name that is not defined.
    """
    if "[=" not in source and "[%" not in source and "[#" not in source:
        return source
    try:
        pieces = _pieces(source)
        if pieces is None:
            return text(source).render(values)
        return "".join([piece if isinstance(piece, str) else piece(values) for piece in pieces])
    except (jinja2.TemplateError, FormulaError, TypeError, ValueError, RecursionError) as error:
        raise RenderError(explain(error)) from None


@lru_cache(maxsize=8192)
def _pieces(source: str) -> tuple[str | Callable[[Mapping[str, Any]], str], ...] | None:
    """Return a text that only shows names, perhaps through filters, as what to join; None for any other text.

    Most texts of a bank are of this kind, and joining them costs a fifth of entering Jinja for each candidate.
    """
    pieces: list[str | Callable[[Mapping[str, Any]], str]] = []
    for output in _texts().parse(source).body:
        if not isinstance(output, nodes.Output):
            return None
        for node in output.nodes:
            piece = node.data if isinstance(node, nodes.TemplateData) else _shown_name(node)
            if piece is None:
                return None
            pieces.append(piece)
    return tuple(pieces)


def _shown_name(node: nodes.Node) -> Callable[[Mapping[str, Any]], str] | None:
    if isinstance(node, nodes.Name):
        name = node.name

        def show(values: Mapping[str, Any]) -> str:
            if name not in values:
                raise jinja2.UndefinedError(f"{name!r} is undefined")
            value = values[name]
            return str(value) if type(value) is int else numerals.plain(value)

        return show
    if not isinstance(node, nodes.Filter) or not isinstance(node.node, nodes.Name) or node.name not in NUMERALS:
        return None
    if node.kwargs or node.dyn_args or node.dyn_kwargs or not all(isinstance(each, nodes.Const) for each in node.args):
        return None
    apply, name = NUMERALS[node.name], node.node.name
    arguments = [each.value for each in node.args if isinstance(each, nodes.Const)]

    def show_filtered(values: Mapping[str, Any]) -> str:
        if name not in values:
            raise jinja2.UndefinedError(f"{name!r} is undefined")
        return apply(values[name], *arguments)

    return show_filtered


def names_in(source: str) -> frozenset[str]:
    """Return the names a text needs; errors as for `text`."""
    tree = _texts().parse(source)
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    loaded = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    return frozenset(loaded - stored - {"range", "loop"})


@lru_cache(maxsize=16)
def _layouts(folders: tuple[Path, ...]) -> Environment:
    loader = jinja2.FileSystemLoader([str(folder) for folder in folders])
    environment = Environment(loader, (*_PLAIN_FILTERS, *_LAYOUT_FILTERS), escapes=_is_page)
    environment.filters |= _DRAWING
    return environment


def _is_page(name: str | None) -> bool:
    # what somebody wrote must not become part of a page or a figure
    return name is not None and name.endswith((".html.jinja", ".svg.jinja"))


@lru_cache(maxsize=256)
def layout(folders: tuple[Path, ...], name: str) -> jinja2.Template:
    """Return a layout by its path below the template folders; the first folder that has it wins.

    Raises:
        RenderError: there is none, or it is wrong.
    """
    try:
        return _layouts(folders).get_template(name)
    except jinja2.TemplateNotFound as error:
        raise RenderError(f"there is no template {error.name!r}") from None
    except jinja2.TemplateSyntaxError as error:
        raise RenderError(explain(error), where=f"{error.filename or name}:{error.lineno}") from None


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)
