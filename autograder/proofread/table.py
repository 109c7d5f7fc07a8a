"""What is wrong with the table of a part, apart from what may be wrong with each of its cells as with any part."""

from __future__ import annotations

from collections.abc import Iterator, Set

from autograder.errors import BankError
from autograder.following import names_of
from autograder.kinds import CELLS, FORMULAS, LETTERED
from autograder.model import Cell, Part, Question
from autograder.proofread.formulas import declaration_problems
from autograder.proofread.pooled import offered_problems, pool_problems
from autograder.proofread.question import formula_problems, part_problems, template_problems
from autograder.tabled import asks_formulas, table_of
from autograder.yamlsrc import Source

_NOT_IN_CELLS = ("uses", "plausible", "rubric", "solution", "cells", "pools", "proof", "catalogue")
_NOT_BESIDE_CELLS = ("answer", "also", "slips")


def table_problems(question: Question, source: Source) -> Iterator[BankError]:
    """Yield everything wrong with a question's tables, each with its file and line.

    Args:
        question: as validated.
        source: the file it was read from.
    """
    declared = question.params.keys() | question.given.keys()
    for place, part in enumerate(question.parts):
        here = ("parts", place)
        if part.input != "table":
            for field in ("cells", "pools"):
                if getattr(part, field):
                    yield BankError(
                        f"part {part.id}: {field!r} belongs to a part with `input: table`",
                        where=source.place(*here, field),
                    )
            continue
        for problem, field, hint in _shape_problems(part):
            yield BankError(f"part {part.id}: {problem}", where=source.place(*here, field), hint=hint)
        for heading in ("rows", "columns"):
            for text in part.marking()[1].get(heading) or ():
                yield from template_problems(str(text), declared, source, *here, "grader")
        if part.cells:
            yield from _cell_problems(part, declared, source, place)


def _shape_problems(part: Part) -> Iterator[tuple[str, str, str]]:
    lengths = {len(row) for row in part.cells}
    if not lengths or lengths == {0}:
        yield "a table has no cells", "id", "write `cells:` as a list of rows"
        return
    if len(lengths) > 1:
        yield "its rows are not equally long", "cells", "write '' for a cell that stays empty"
    settings = part.marking()[1]
    for heading, count in (("rows", len(part.cells)), ("columns", max(lengths))):
        if settings.get(heading) and len(settings[heading]) != count:
            yield f"there are {count} {heading}, but {len(settings[heading])} headings", "grader", ""
    for field in _NOT_BESIDE_CELLS:
        if getattr(part, field):
            yield f"a table has no {field!r}; its cells have", field, ""
    yield from _point_problems(part)


def _point_problems(part: Part) -> Iterator[tuple[str, str, str]]:
    cells = [cell for row in part.cells for cell in row if isinstance(cell, Cell)]
    if all(cell.ask is not None for cell in cells):
        yield "no cell is asked in every variant", "cells", "write a cell as `{answer: …}`, at least one without `ask`"
    said = [cell.own_points for cell in cells if cell.own_points is not None]
    if len(said) == len(cells) and cells and abs(sum(said) - part.points) > 1e-9:
        yield f"the cells' points add up to {sum(said):g}, the part has {part.points:g}", "cells", ""
    elif said and len(said) < len(cells) and sum(said) >= part.points:
        yield f"{sum(said):g} of {part.points:g} points are taken, and none are left for the other cells", "cells", ""


def _cell_problems(part: Part, declared: Set[str], source: Source, place: int) -> Iterator[BankError]:
    asked = table_of(part).asked
    # what is wrong with the declarations of a table is told once, not for each of its cells
    undeclared = list(declaration_problems(part, declared, source, "parts", place)) if asks_formulas(part) else []
    yield from undeclared
    unoffered = list(pool_problems(part, declared, source, place))
    yield from unoffered
    for row, cells in enumerate(part.cells):
        for column, written in enumerate(cells):
            here = ("parts", place, "cells", row, column)
            if isinstance(written, str):
                yield from template_problems(written, declared, source, *here)
                continue
            for field in _NOT_IN_CELLS:
                if getattr(written, field):
                    yield BankError(f"part {part.id}: a cell has no {field!r}", where=source.place(*here, field))
            if written.input not in CELLS:
                yield BankError(
                    f"part {part.id}: a cell cannot be asked by the input {written.input!r}",
                    where=source.place(*here, "input"),
                    hint=f"there is: {', '.join(CELLS)}",
                )
                continue
            cell = asked[row, column]
            if cell.input in FORMULAS and undeclared:
                continue
            offered = list(offered_problems(part, written, declared, source, here))
            yield from offered
            if offered or (cell.input in LETTERED and unoffered and not written.options):
                continue
            yield from formula_problems(cell.ask, declared, source, *here, "ask")
            if cell.ask is not None and names_of(part):
                # where it is not asked, it shows its answer
                cell = cell.model_copy(update={"uses": {}})
            yield from part_problems(cell, declared, source, *here)
