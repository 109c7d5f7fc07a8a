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
    reading = read_number(_plain(value), Field(unit=unit, whole=whole))
    if reading.reason is not None:
        raise NotReadable(f"{name} does not read as an answer: {reading.hint}".rstrip(": "))
    shown = [show_number(end, unit) for end in reading.ends] if reading.ends else [show_number(reading.value, unit)]
    print(f"{name} reads as {' to '.join(shown)}.")


def _plain(value: Any) -> int | float | Fraction | str:
    # a number of numpy or torch is taken for the number it holds, as the reader of a submission would
    if not isinstance(value, bool | int | float | Fraction | str):
        with contextlib.suppress(Exception):
            value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | str):
        return str(value)
    return value
