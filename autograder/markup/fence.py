"""Jinja, fenced in: a template can neither reach Python, change what it is given, nor run long.

Values stand in `[= … =]`, statements in `[% … %]`, comments in `[# … #]`: `{{` and `[[` belong to LaTeX and Python.
Loops and calls draw on a budget, strings on a cap, and numbers are computed by the formula language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from fractions import Fraction
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from autograder.formula import FormulaError, arithmetic
from autograder.markup import numerals

MAX_STEPS: Final = 100_000
"""Turns of loops and calls that one rendering may take."""

MAX_TEXT: Final = 1_000_000
"""Characters a joined string may have."""

_SHOWN: Final = (str, Undefined)
NUMERALS: Final[dict[str, Callable[..., str]]] = {
    "group": numerals.group,
    "sci": numerals.sci,
    "si": numerals.si,
    "sig": numerals.sig,
}


class _Template(jinja2.Template):
    """A template whose every rendering starts with a full budget."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        environment = self.environment
        assert isinstance(environment, Environment)
        environment.steps = MAX_STEPS
        return super().render(*args, **kwargs)


class Environment(ImmutableSandboxedEnvironment):
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
            **NUMERALS,
            "join": _join,
            "bounded": self.bounded,
            "concatenated": _concatenated,
        }

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every rendering may name, as one mapping."""
        # Jinja's chain of mappings is gone through anew for each rendering
        return {**self.globals, **(d or {})}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute as formulas do: numbers exactly and within bounds, texts joined up to a length."""
        if _is_number(left) and _is_number(right):
            return arithmetic.OPERATORS[operator](left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _concatenated((left, right))
        raise SecurityError(f"{operator} works on numbers only")

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call what the sandbox lets be called, at the cost of a step."""
        self.step()
        return super().call(context, obj, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field, if the sandbox lets it be seen."""
        # a field of a named tuple is data: asking the sandbox for each would take half of a page's time
        if attribute in getattr(type(obj), "_fields", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a member."""
        if isinstance(obj, tuple) and isinstance(argument, int):
            # a drawn list is counted from 1, as in formulas
            return obj[argument - 1] if 1 <= argument <= len(obj) else self.undefined(obj=obj, name=str(argument))
        return super().getitem(obj, argument)

    def step(self) -> None:
        """Take a step from the budget; raise a SecurityError where none is left."""
        self.steps -= 1
        if self.steps < 0:
            raise SecurityError(f"the template takes more than {MAX_STEPS:,} steps")

    def bounded(self, items: Iterable[Any]) -> Iterator[Any]:
        """Yield members, each at the cost of a step."""
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
        """Raise a TemplateSyntaxError for what no template may use."""
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise jinja2.TemplateSyntaxError("loops cannot be recursive", loop.lineno)
        for power in tree.find_all(nodes.Pow):
            if isinstance(power.left, nodes.Pow | nodes.Neg):
                # Jinja reads -a**2 as (-a)**2 and a**b**c as (a**b)**c, formulas do not: better no number than another
                raise jinja2.TemplateSyntaxError(
                    "a power of a power, or of a negative number, belongs under `given`", power.lineno
                )


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
