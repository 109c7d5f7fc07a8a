"""Tell a candidate how an answer in a notebook reads. This knows no key, and gives no marks."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import Any

from autograder.errors import NotReadable
from autograder.kinds import LETTERED
from autograder.reading import Field, read_number, show_number
from autograder.reading.claims import read_claims
from autograder.reading.letters import INPUTS, read_chosen, say_chosen, unknown_in
from autograder.reading.rows import Unread, place_of, read_rows


def check_answer(name: str, value: Any, *, input: str, unit: str | None = None, whole: bool = False) -> None:
    """Print how an answer reads.

    Args:
        name: the variable, for the message.
        value: what the candidate assigned to it; None and `...` are blank.
        input: how the part is asked; kinds that this version does not know are let pass.
        unit: the unit that the part asks for.
        whole: whether a whole number is asked.

    Raises:
        NotReadable: the answer is blank or does not read, so `nbgrader validate` complains.
    """
    if value is None or value is ... or (isinstance(value, str) and not value.strip()):
        raise NotReadable(f"{name} is blank.")
    if input != "number":
        print(f"{name} is there. Hand in as usual.")
        return
    field = Field(unit=unit, whole=whole)
    reading = read_number(_plain(value), field)
    ends = reading.ends or (() if reading.value is None else (reading.value,))
    if reading.reason is not None or not ends:
        raise NotReadable(f"{name} does not read as an answer: {reading.hint}".rstrip(": "))
    print(f"{name} reads as {' to '.join(show_number(end, field) for end in ends)}.")


def check_chosen(name: str, value: Any, *, input: str, options: int, prompts: int = 0) -> None:
    """Print how an answer in letters, or of true or false, reads.

    Args:
        name: the variable, for the message.
        value: what the candidate assigned to it.
        input: how the part is asked.
        options: how many options are printed.
        prompts: how many numbers they belong to.

    Raises:
        NotReadable: the answer is blank, does not read, or names what is not printed.
    """
    read = read_chosen(input, _plain(value))
    if not read.hint and not read.chosen:
        raise NotReadable(f"{name} is blank.")
    strange = read.hint or unknown_in(input, read.chosen, ascii_uppercase[:options], prompts)
    if strange:
        raise NotReadable(f"{name} does not read as an answer: {strange}")
    print(f"{name} reads as {say_chosen(input, read.chosen)}.")


Asked = tuple[Any, ...]
"""How a cell is asked, its unit, whether it is whole, whether it is given in some variants; of a formula perhaps its
names, of a choice how many options it has."""

TellFormula = Callable[[str, Any, Any], str]
"""Prints how a formula in a cell reads, from the cell's name, what stands there and its names; else returns why not."""


def check_table(
    name: str, value: Any, *, cells: Sequence[Sequence[Asked | None]], formula: TellFormula | None = None
) -> None:
    """Print how each cell of a table reads.

    Args:
        name: the variable, for the message.
        value: what the candidate assigned to it: rows of cells.
        cells: for each cell of each row, how it is asked; None where it is given in all variants.
        formula: of a table that asks for formulas.

    Raises:
        NotReadable: a cell that is asked in all variants is blank or does not read.
    """
    if value is None or value is ...:
        raise NotReadable(f"{name} is blank.")
    read = read_rows(_plain(value), [["" if cell is None else cell[0] for cell in row] for row in cells])
    if read.hint:
        raise NotReadable(f"{name} does not read as this table: {read.hint}")
    missing = []
    for row, asked in enumerate(cells):
        for column, cell in enumerate(asked):
            if cell is None:
                continue
            trouble = _trouble(f"{name}: {place_of(row, column)}", read.rows[row][column], cell, formula)
            if trouble and not cell[3]:
                missing.append(f"{place_of(row, column)} {trouble}")
    if missing:
        raise NotReadable(f"{name}: {'; '.join(each.rstrip('.') for each in missing)}.")


def _trouble(name: str, value: Any, cell: Asked, formula: TellFormula | None) -> str:
    """Print how a cell reads; where it does not, return why."""
    if value is None:
        return "is blank"
    if isinstance(value, Unread):
        return f"does not read: {value.hint}".rstrip(".")
    if cell[0] == "formula" and formula is not None:
        return formula(name, value, cell[4] if len(cell) > 4 else None)
    says = _cell_says(value, *cell[:3], letters=ascii_uppercase[: cell[4]] if cell[0] in LETTERED else "")
    if not says.startswith("reads as"):
        return says
    print(f"{name} {says}.")
    return ""


def _cell_says(value: Any, input: str, unit: str | None, whole: bool, *, letters: str) -> str:
    if input in INPUTS:
        chosen = read_chosen(input, _plain(value))
        if not chosen.hint and not chosen.chosen:
            return "is blank"
        strange = chosen.hint or unknown_in(input, chosen.chosen, letters)
        return f"does not read: {strange}" if strange else f"reads as {say_chosen(input, chosen.chosen)}"
    if input != "number":
        return f"reads as {value}"
    field = Field(unit=unit, whole=whole)
    reading = read_number(_plain(value), field)
    ends = reading.ends or (() if reading.value is None else (reading.value,))
    if reading.reason is not None or not ends:
        return f"does not read as an answer: {reading.hint}".rstrip(": ")
    return f"reads as {' to '.join(show_number(end, field) for end in ends)}"


def check_code(ref: str, ran: Sequence[str], *, asked: str, claims: Any = None) -> None:
    """Print whether code reads as Python, without running it.

    Args:
        ref: the part's; the last line of its cell names it.
        ran: the cells that were run, the latest last, as Jupyter keeps them in `In`.
        asked: `implement`, `fill`, `fix` or `bughunt`.
        claims: of a bug hunt, what its variable holds.

    Raises:
        NotReadable: the code is no Python, or no claims can be read, so `nbgrader validate` complains.
    """
    if asked == "bughunt":
        _check_claims(claims)
    end = f"# End of the answer to {ref}."
    cells = [cell for cell in list(ran)[:-1] if isinstance(cell, str) and end in cell]
    if not cells:
        print(f"Run the cell with the code first; its last line is {end!r}.")
        return
    try:
        ast.parse(cells[-1])
    except SyntaxError as error:
        line = f"line {error.lineno}: {(error.text or '').strip()}" if error.lineno else ""
        raise NotReadable(f"The code is not Python yet: {error.msg}. {line}".rstrip()) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotReadable(f"The code is not Python yet: {error}.") from None
    print(f"The code of {ref} reads as Python. It was not run here.")


def _check_claims(value: Any) -> None:
    read = read_claims(value)
    if read.unread:
        raise NotReadable(f'Not a claim: {", ".join(read.unread)}. Write claims as [(3, "A"), (7, "C")].')
    if not read.claims:
        print("There are no claims yet.")
    for line, letter in read.claims:
        print(f"Line {line} is claimed for {letter}.")


def _plain(value: Any) -> Any:
    if isinstance(value, int | float | Fraction | str | list | tuple | set | frozenset | dict):
        return value
    with contextlib.suppress(Exception):
        # a number of numpy or torch is taken for the number it holds, as the reader of a submission would
        return value.item()
    with contextlib.suppress(Exception):
        return value.tolist()
    return value
