"""Jinja, fenced in: texts of the bank and layouts of the formats are somebody's input, not code.

Values stand in `[= … =]`, statements in `[% … %]`, comments in `[# … #]`: `{{` and `[[` belong to LaTeX and Python.
A text may show values, choose and loop. A layout may also define and import macros. Neither can reach Python, change
what it is given, or run long: loops and calls draw on a budget, strings on a cap, and numbers are computed by the
formula language.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from autograder.errors import RenderError
from autograder.formula import FormulaError, Value, arithmetic
from autograder.formula.arithmetic import to_float
from autograder.markup import numerals

MAX_STEPS: Final = 100_000
"""Turns of loops and calls that one rendering may take."""

MAX_TEXT: Final = 1_000_000
"""Characters a joined string may have."""

_NUMERALS: Final[dict[str, Callable[..., str]]] = {
    "group": numerals.group,
    "sci": numerals.sci,
    "si": numerals.si,
    "sig": numerals.sig,
}
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
_SHOWN: Final = (str, Undefined)
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


class _Template(jinja2.Template):
    """A template whose every rendering starts with a full budget."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        environment = self.environment
        assert isinstance(environment, _Environment)
        environment.steps = MAX_STEPS
        return super().render(*args, **kwargs)


class _Environment(ImmutableSandboxedEnvironment):
    """What texts and layouts share: delimiters, numbers, the budget."""

    intercepted_binops = frozenset(arithmetic.OPERATORS)
    template_class = _Template

    def __init__(
        self,
        loader: jinja2.BaseLoader | None,
        filters: Sequence[str],
        *,
        escapes: Callable[[str | None], bool] | None = None,
    ) -> None:
        super().__init__(
            variable_start_string="[=",
            variable_end_string="=]",
            block_start_string="[%",
            block_end_string="%]",
            comment_start_string="[#",
            comment_end_string="#]",
            undefined=jinja2.StrictUndefined,
            finalize=_finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            loader=loader,
            autoescape=escapes or False,
            auto_reload=False,
            cache_size=400,
        )
        self.steps = MAX_STEPS
        self.globals = {"range": _short_range}
        self.filters = {name: self.filters[name] for name in filters} | {
            **_NUMERALS,
            "join": _join,
            "bounded": self.bounded,
            "concatenated": _concatenated,
        }

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # Jinja's chain of mappings is gone through anew for each rendering
        return {**self.globals, **(d or {})}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if _is_number(left) and _is_number(right):
            return arithmetic.OPERATORS[operator](left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _concatenated((left, right))
        raise SecurityError(f"{operator} works on numbers only")

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        self.step()
        return super().call(context, obj, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        # a field of a named tuple is data: asking the sandbox for each would take half of a page's time
        if attribute in getattr(type(obj), "_fields", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, tuple) and isinstance(argument, int):
            # a drawn list is counted from 1, as in formulas
            return obj[argument - 1] if 1 <= argument <= len(obj) else self.undefined(obj=obj, name=str(argument))
        return super().getitem(obj, argument)

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise SecurityError(f"the template takes more than {MAX_STEPS:,} steps")

    def bounded(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.step()
            yield item

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        self.refuse(tree)
        for loop in list(tree.find_all(nodes.For)):
            if not loop.recursive:
                loop.iter = nodes.Filter(loop.iter, "bounded", [], [], None, None, lineno=loop.lineno)
        _replace_concatenations(tree)
        return tree

    def refuse(self, tree: nodes.Template) -> None:
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise jinja2.TemplateSyntaxError("loops cannot be recursive", loop.lineno)
        for power in tree.find_all(nodes.Pow):
            if isinstance(power.left, nodes.Pow | nodes.Neg):
                # Jinja reads -a**2 as (-a)**2 and a**b**c as (a**b)**c, formulas do not: better no number than another
                raise jinja2.TemplateSyntaxError(
                    "a power of a power, or of a negative number, belongs under `given`", power.lineno
                )


class _TextEnvironment(_Environment):
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
    if not isinstance(node, nodes.Filter) or not isinstance(node.node, nodes.Name) or node.name not in _NUMERALS:
        return None
    if node.kwargs or node.dyn_args or node.dyn_kwargs or not all(isinstance(each, nodes.Const) for each in node.args):
        return None
    apply, name = _NUMERALS[node.name], node.node.name
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
def _layouts(folders: tuple[Path, ...]) -> _Environment:
    loader = jinja2.FileSystemLoader([str(folder) for folder in folders])
    environment = _Environment(loader, (*_PLAIN_FILTERS, *_LAYOUT_FILTERS), escapes=_is_page)
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


def explain(error: Exception) -> str:
    """Return one sentence for an error of a template."""
    if isinstance(error, FormulaError):
        return error.problem
    if isinstance(error, RecursionError):
        return "the template nests too deep"
    return str(getattr(error, "message", None) or error)


def _finalize(value: Any) -> Any:
    # Undefined raises by itself, with its name; markup that is already safe stays as it is
    return value if isinstance(value, _SHOWN) else numerals.plain(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Fraction | float)


def _short_range(*bounds: Any) -> range:
    numbers = range(*(int(bound) for bound in bounds))
    if len(numbers) > MAX_STEPS:
        raise SecurityError(f"a range has at most {MAX_STEPS:,} members")
    return numbers


def _join(items: Iterable[Any], separator: str = "") -> str:
    pieces: list[str] = []
    length = 0
    for item in items:
        pieces.append(numerals.plain(item))
        length += len(pieces[-1]) + len(separator)
        if length > MAX_TEXT:
            raise SecurityError("the text grows too long")
    return separator.join(pieces)


def _concatenated(items: Sequence[Any]) -> str:
    return _join(items)


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _replace_concatenations(node: nodes.Node) -> None:
    for name, value in list(node.iter_fields()):
        if isinstance(value, nodes.Node):
            setattr(node, name, _bounded_concatenation(value))
            _replace_concatenations(value)
        elif isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, nodes.Node):
                    value[place] = _bounded_concatenation(item)
                    _replace_concatenations(item)


def _bounded_concatenation(node: nodes.Node) -> nodes.Node:
    if not isinstance(node, nodes.Concat):
        return node
    return nodes.Filter(
        nodes.List(node.nodes, lineno=node.lineno), "concatenated", [], [], None, None, lineno=node.lineno
    )
