"""Find a kind by the word an author writes: the one place that imports by name.

A kind is a file in `graders/`, `distributions/`, `formats/`, `runners/`, `gradebooks/`, `reports/` or `workers/` whose
name is the word, and in it an object of that name under the family's decorator. Packages outside add kinds by entry
point (`autograder.graders` …).
"""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import pkgutil
import re
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, Final, TypeVar

from autograder.errors import KindError

Kind = TypeVar("Kind", bound=Callable[..., Any])

FAMILIES: Final = ("distributions", "graders", "formats", "runners", "gradebooks", "reports", "workers")
INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "number": ("numeric",),
    "choice": ("choice",),
    "multi": ("choice",),
    "truefalse": ("choice",),
    "ordering": ("ordering",),
    "matching": ("matching",),
    "code": ("implement", "fill", "fix", "bughunt"),
    "text": ("manual",),
    "table": ("table",),
    "formula": ("formula",),
    "derivation": ("derivation",),
}
"""How a part is asked → the graders that can mark it, the default first."""
CELLS: Final = ("number", "formula", "truefalse", "choice", "multi")
"""How a cell of a table can be asked."""

LETTERED: Final = ("choice", "multi")
"""Inputs that are answered by letters of options, by one or by several."""

FORMULAS: Final = frozenset({"formula", "derivation"})
"""Inputs whose answers are formulas over declared symbols: they have no value by themselves."""

_WORD: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_MARK: Final = "__tenfold_kind__"


def _decorator(role: str) -> Callable[[Kind], Kind]:
    def mark(kind: Kind) -> Kind:
        setattr(kind, _MARK, role)
        return kind

    mark.__doc__ = f"Declare the {role} of the file's name."
    return mark


distribution = _decorator("distribution")
grader = _decorator("grader")
worker = _decorator("worker")  # beside a grader of the same name: what it needs worked out in a warm process
job = _decorator("job")  # beside a grader, under the name `job`: what must run before it can mark
format = _decorator("format")
runner = _decorator("runner")
gradebook = _decorator("gradebook")
report = _decorator("report")


@cache
def available(family: str) -> dict[str, str]:
    """Return every word of a family and the module that defines it; entry points come after our own files.

    Args:
        family: one of `FAMILIES`.
    """
    package = importlib.import_module(f"autograder.{family}")
    words = {found.name: f"{package.__name__}.{found.name}" for found in pkgutil.iter_modules(package.__path__)}
    for entry in importlib.metadata.entry_points(group=f"autograder.{family}"):
        words.setdefault(entry.name, entry.module)
    return words


@cache
def module_of(family: str, word: str) -> ModuleType:
    """Return the module of a kind.

    Raises:
        KindError: there is no such word, or its file cannot be imported (an extra is missing).
    """
    path = available(family).get(word) if _WORD.match(word) else None
    if path is None:
        near = difflib.get_close_matches(word, available(family), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(sorted(available(family)))}"
        raise KindError(f"there is no {family.removesuffix('s')} {word!r}", hint=hint)
    try:
        return importlib.import_module(path)
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "autograder":
            raise  # ours to mend, and no extra would
        raise KindError(
            f"the {family.removesuffix('s')} {word!r} needs {missing or error}, which is not installed",
            hint="install the extra that brings it, for example tenfold[all]",
        ) from error


@cache
def load(family: str, word: str) -> Any:
    """Return the function or class of a kind.

    Raises:
        KindError: there is no such kind, or its file does not define it.
    """
    module = module_of(family, word)
    kind = getattr(module, word, getattr(module, word.capitalize(), None))  # a class has its word as a class is spelt
    if getattr(kind, _MARK, None) != family.removesuffix("s"):
        raise KindError(f"{module.__name__} does not define the {family.removesuffix('s')} {word!r}")
    return kind


def settings_of(family: str, word: str) -> Any:
    """Return the `Settings` record of a kind, or None when it has no options."""
    return getattr(module_of(family, word), "Settings", None)
