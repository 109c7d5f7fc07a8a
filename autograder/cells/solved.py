"""What the staff copy of a notebook has more: answers and solutions between nbgrader's markers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from autograder.algebra.typed import typed_formula, typed_lines
from autograder.cells.cell import Folders, plain_number, rendered
from autograder.choosing.answers import as_typed
from autograder.errors import RenderError
from autograder.kinds import LETTERED
from autograder.markup.tables import list_of_rows
from autograder.model import Key, VariantPart
from autograder.reading.rows import place_of

BEGIN_SOLUTION: Final = "### BEGIN SOLUTION"
END_SOLUTION: Final = "### END SOLUTION"

_MARKERS: Final = re.compile("(BEGIN|END) SOLUTION")


def key_of(part: VariantPart, answers: Mapping[str, Key]) -> Key:
    """Return a part's key.

    Raises:
        RenderError: there is none.
    """
    try:
        return answers[part.ref]
    except KeyError:
        raise RenderError("the keys do not belong to this paper: there is none for this part", where=part.ref) from None


def solution_of(folders: Folders, key: Key, part: VariantPart) -> str:
    """Return what stands behind the answer cell's source: the answer, what else counts, the worked solution.

    Raises:
        RenderError: a template is wrong, or the solution contains nbgrader's markers.
    """
    shown = list_of_rows(part, _cell_answers(key)) if key.cells else _shown_answer(key)
    claims = [
        {"kind": claim.kind, "name": claim.name, "value": claim.formula if key.declared else _literal(claim.value)}
        for claim in key.claims
    ]
    cells = [
        {"place": place_of(row, column, (key.rows, key.columns)), "formula": _behind(cell), "unit": cell.unit}
        for row, keys in enumerate(key.cells)
        for column, cell in enumerate(keys)
        if cell is not None
    ]
    solution = rendered(
        folders, "solution.py", input=part.input, variable=part.variable, answer=shown, unit=key.unit,
        formula=key.formula, claims=claims, cells=cells, solution=key.solution.strip().splitlines(),
        cell=_solved_code(key),
    ).strip()  # fmt: skip
    return region(solution, part.ref)


def _shown_answer(key: Key) -> str:
    # an answer that cannot be computed leaves the dots, which mark the part as blank
    if key.input == "derivation":
        return typed_lines(key) or "..."
    return as_typed(key) or typed_formula(key) or ("..." if key.answer is None else _literal(key.answer))


def _cell_answers(key: Key) -> dict[tuple[int, int], str]:
    return {
        (row, column): _shown_answer(cell)
        for row, cells in enumerate(key.cells)
        for column, cell in enumerate(cells)
        if cell is not None
    }


def _behind(cell: Key) -> str:
    """Return what the answer to a cell is computed from, or the ids of the options to choose."""
    if cell.input not in LETTERED or cell.choice is None:
        return cell.formula
    return ", ".join(option.name or option.letter for option in cell.choice.options if option.right)


def _solved_code(key: Key) -> dict[str, str]:
    if key.code is None:
        return {}
    right = [option for option in key.code.options if option.on and not option.neutral]
    claims = ", ".join(f'({option.lines[0] if option.lines else 1}, "{option.letter}")' for option in right)
    return {"claims": f"[{claims}]" if key.code.options else "", "reference": key.code.reference.strip("\n")}


def region(solution: str, ref: str) -> str:
    """Return a solution between nbgrader's markers, which cut it out of the release; errors as for `solution_of`."""
    if _MARKERS.search(solution):
        raise RenderError("the solution contains one of nbgrader's markers, which would end it early", where=ref)
    return f"\n{BEGIN_SOLUTION}\n{solution}\n{END_SOLUTION}"


def rubric_of(folders: Folders, key: Key) -> str:
    """Return what prose is marked by, and the worked solution; errors as for `solution_of`."""
    rubric = [(plain_number(point.points), point.say) for point in key.rubric]
    return region(rendered(folders, "solution.md", rubric=rubric, solution=key.solution.strip()).strip(), key.ref)


def _literal(value: int | float | Fraction) -> str:
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return str(value)
