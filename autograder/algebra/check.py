"""Tell a candidate how a formula or a derivation reads, typeset where that can be shown. This knows no key."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from autograder.algebra.declare import declare
from autograder.algebra.fields import RESERVED
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.shapes import shaped
from autograder.algebra.spelling import shown
from autograder.algebra.statements import ReadLine, line_to_latex, read_lines
from autograder.algebra.symbols import Declared, Function, Random, Symbol
from autograder.algebra.typeset import to_latex
from autograder.algebra.vocabulary import ARITY, CONSTANTS
from autograder.algebra.write import to_formula
from autograder.errors import NotReadable
from autograder.formula.tree import Call, Index, Name, Node

_WORD = re.compile(r"[^\W\d]\w*")
_READ_FROM = ("symbols", "left", "functions", "random")
_OF_A_SYMBOL = ("indexed", "matrix", "vector", "latex")
_OF_A_VARIABLE = ("indexed", "latex")


def for_reading(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a part's declarations its check cell needs.

    Bounds, constraints, moments and definitions are left out: one part's givens may be what another asks.

    Args:
        declared: the fields of the part, as plain data.
    """
    found = {name: declared[name] for name in _READ_FROM if declared.get(name)}
    owners = (*found.get("symbols", {}).values(), *found.get("random", {}).values())
    sizes = {size for said in owners for size in _sizes(said or {})}
    found["symbols"] = {
        name: _kept(said or {}) | ({"integer": True, "positive": True} if name in sizes else {})
        for name, said in found.get("symbols", {}).items()
    }
    if "random" in found:
        found["random"] = {
            name: {field: said[field] for field in _OF_A_VARIABLE if field in said}
            for name, said in found["random"].items()
        }
    for name, said in _givens(declared):
        found["symbols"].setdefault(name, said)
    count = _count(declared)
    if count in found["symbols"]:
        # a sum over all members of a family reads here as it does when it is marked
        found["symbols"][count] = found["symbols"][count] | {"integer": True, "positive": True}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _count(declared: Mapping[str, Any]) -> str | None:
    """Return the name that says how many members families have, where there are families."""
    if not any((said or {}).get("indexed") for said in (declared.get("symbols") or {}).values()):
        return None
    return declare({name: said for name, said in declared.items() if name != "only"}, known=_drawn(declared)).count


def _givens(declared: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is defined by givens as symbols of the same shape."""
    if not declared.get("givens"):
        return
    known = declare({name: said for name, said in declared.items() if name != "only"}, known=_drawn(declared))
    for given in known.givens:
        rows, columns = shaped(Name(given.name), known)[1] or (1, 1)
        if (rows, columns) == (1, 1):
            yield given.name, {}
        else:
            yield given.name, {"vector": rows} if columns == 1 else {"matrix": [rows, columns]}


def usable(declared: Mapping[str, Any]) -> str:
    """Return the names that a candidate may use, as they can be typed, with commas between them.

    Args:
        declared: the fields of the part, as plain data; `only` narrows them.
    """
    kept = for_reading(declared)
    names = shown(declare(kept, known=_drawn(kept))).split(", ")
    only = declared.get("only")
    return ", ".join(name for name in names if not only or name.partition("[")[0].partition("(")[0] in only)


def typeset_names(declared: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that a candidate may use in LaTeX, without dollars.

    Args:
        declared: the fields of the part, as plain data.
    """
    kept = for_reading(declared)
    known = declare(kept, known=_drawn(kept))
    return tuple(_typeset(name, known) for name in known.by_name)


def _typeset(name: str, known: Declared) -> str:
    entry, tree = known.by_name[name], Name(name)
    if isinstance(entry, Symbol | Random) and entry.indices:
        return to_latex(Index(tree, tuple(Name(letter) for letter in "ijkl"[: entry.indices])), known)
    if isinstance(entry, Function):
        return to_latex(Call(name, tuple(map(Name, entry.of))), known)
    return to_latex(tree, known)


def _sizes(said: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*said.get("matrix", ()), said.get("vector"))


def _kept(said: Mapping[str, Any]) -> dict[str, Any]:
    return {field: said[field] for field in _OF_A_SYMBOL if field in said}


def check_formula(name: str, value: Any, *, declared: Mapping[str, Any]) -> None:
    """Show how an answer reads.

    Args:
        name: the variable, for the message.
        value: what the candidate assigned to it; None and `...` are blank.
        declared: what the part declares, as `for_reading` gives it.

    Raises:
        NotReadable: the answer is blank or is no formula, so `nbgrader validate` complains.
    """
    if value is None or value is ... or (isinstance(value, str) and not value.strip()):
        raise NotReadable(f"{name} is blank.")
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise NotReadable(f'{name} is no text. Write the formula between r" and ".')
    known = declare(declared, known=_drawn(declared))
    try:
        tree = read(value, known)
    except Malformed as error:
        raise NotReadable(f"{name} does not read as a formula: {error}") from None
    print(f"{name} reads as {to_formula(tree)}")
    _show(to_latex(tree, known))


def check_derivation(name: str, value: Any, *, declared: Mapping[str, Any], relations: Collection[str] = ()) -> None:
    """Show how each line of a derivation reads.

    Args:
        name: the variable, for the message.
        value: what the candidate assigned to it: a text with a line a step, or a list of such lines.
        declared: what the part declares, as `for_reading` gives it.
        relations: which of ≈ and ∝ may be used.

    Raises:
        NotReadable: there is no line at all, or some line is no formula, so `nbgrader validate` complains.
    """
    if isinstance(value, list | tuple):
        value = [each if isinstance(each, str) else str(each) for each in value if each not in (None, ...)]
    elif value is not None and value is not ... and not isinstance(value, str):
        raise NotReadable(f'{name} is no text. Write the lines between r""" and """.')
    if value in (None, ...) or not "".join(value).strip():
        raise NotReadable(f"{name} is blank.")
    known = declare(declared, known=_drawn(declared))
    lines = read_lines(value, known, relations)
    steps = [line for line in lines if line.kind != "prose"]
    if not steps:
        raise NotReadable(f"{name} has no line with a formula: its {len(lines)} lines read as words.")
    number = 0
    for line in lines:
        number += line.kind != "prose"
        _tell(line, number, known)
    wrong = [number for number, line in enumerate(steps, 1) if line.kind != "step"]
    if wrong:
        raise NotReadable(f"{name}: line {', '.join(map(str, wrong))} does not read; see above. The others count.")


def _tell(line: ReadLine, number: int, known: Declared) -> None:
    if line.kind == "prose":
        print(f"   words: {line.text}")
    elif line.kind != "step":
        print(f"{number:2} does not {'read' if line.kind == 'unreadable' else 'fit together'}: {line.problem}")
    else:
        print(f"{number:2} reads as {' ⇒ '.join(_plain(sign, tree) for sign, tree in line.statements)}")
        _show(line_to_latex(line, known))


def _plain(sign: str, tree: Node) -> str:
    return f"{sign} {to_formula(tree)}".strip()


def cell_teller(declared: Mapping[str, Any]) -> Callable[[str, Any, Mapping[str, Any] | None], str]:
    """Return what shows how a formula in a cell of a table reads.

    Args:
        declared: what the table declares, as `for_reading` gives it.

    Returns:
        A function of the cell's name, what stands in it, and what it declares beside the table, if that is anything. It
        prints how that reads; else it returns why it does not.
    """

    def tell(name: str, value: Any, own: Mapping[str, Any] | None) -> str:
        if not isinstance(value, str | int | float | Fraction) or isinstance(value, bool):
            return 'is no text. Write the formula between r" and "'
        known = declare(own or declared, known=_drawn(own or declared))
        try:
            tree = read(str(value), known)
        except Malformed as error:
            return f"does not read as a formula: {error}"
        print(f"{name} reads as {to_formula(tree)}")
        _show(to_latex(tree, known))
        return ""

    return tell


def _drawn(declared: Mapping[str, Any]) -> set[str]:
    """Return the names in definitions that are no symbols: they stand for numbers, drawn for each candidate."""
    bodies = [*declared.get("givens", ())]
    for said in (*declared.get("functions", {}).values(), *declared.get("random", {}).values()):
        bodies += [str(text) for text in said.values()]
    named = {name for field in ("symbols", "functions", "random") for name in declared.get(field, {})}
    named |= {text.partition("=")[0].strip() for text in declared.get("givens", ())}
    named |= {size for said in declared.get("symbols", {}).values() for size in _sizes(said or {})}
    return set(_WORD.findall(" ".join(bodies))) - named - ARITY.keys() - CONSTANTS.keys() - RESERVED


def _show(latex: str) -> None:
    """Typeset a formula where the cell runs in a notebook."""
    screen = sys.modules.get("IPython.display")
    shell = sys.modules.get("IPython")
    if screen is not None and shell is not None and shell.get_ipython() is not None:
        screen.display(screen.Math(latex))
