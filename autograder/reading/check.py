"""Tell a candidate how an answer in a notebook reads. This knows no key, and gives no marks."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import Any

from autograder.reading import Field, read_number, show_number


class NotReadable(ValueError):
    """An answer that is blank or cannot be read; Jupyter shows the sentence instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


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


def _plain(value: Any) -> Any:
    if isinstance(value, int | float | Fraction | str):
        return value
    with contextlib.suppress(Exception):
        # a number of numpy or torch is taken for the number it holds, as the reader of a submission would
        return value.item()
    return value
