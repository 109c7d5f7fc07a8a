"""Run a notebook's cells in order and tell what some names stand for after some of them.

This is the harness inside the jail. What it tells is the candidate's own answer, so there is nothing to gain by lying.
"""

from __future__ import annotations

import linecache
import math
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
import torch

from autograder.sandbox.channel import Channel

MAX_ITEMS: Final = 1_000
MAX_TEXT: Final = 10_000
MAX_DIGITS: Final = 1_000
"""Bounds of a value: members of a list, all inner ones counted; characters of a text; digits of a whole number."""


def answers(channel: Channel) -> dict[str, Any]:
    """Run the cells, and report each answer as soon as its cell has run.

    A cell that raises does not end the rest, as it does not for who runs cells one by one; an answer whose own cell
    raised has no value.

    Args:
        channel: its files are the cells, by name in order; `wanted` in its data says for each answer its ref, its
            variable, and the file after which it is read.
    """
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    # names that an editor provides, which many a cell uses for show
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None, "get_ipython": lambda: None}
    wanted = channel.inputs.data["wanted"]
    for file in sorted(channel.files):
        failed = _run(channel, file, names)
        for each in wanted:
            if each["file"] == file:
                channel.step({"ref": each["ref"]} | _told(names, each["variable"], failed))
    return {"cells": len(channel.files)}


def _run(channel: Channel, file: str, names: dict[str, Any]) -> str:
    """Run one cell; return in words how it failed, or an empty text."""
    text = channel.files[file]
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    try:
        exec(compile(text, file, "exec", dont_inherit=True), names)
    except BaseException as error:  # a cell that exits fails like any other
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _told(names: dict[str, Any], variable: str, failed: str) -> dict[str, Any]:
    if failed:
        return {"failed": failed}
    if variable not in names:
        return {"failed": f"{variable} has no value"}
    try:
        return {"value": plain(names[variable], [0])}
    except Exception as error:
        return {"failed": str(error)[:300]}


def plain(value: Any, seen: list[int]) -> Any:
    """Return a value as data that crosses the wall exactly: `{"number": digits}`, `{"text": …}`, `{"list": […]}`.

    Args:
        value: a number, a text, a truth value, `...`, a list, tuple or mapping of these, a numpy or torch value.
        seen: the number of members so far, in a list of one.

    Raises:
        TypeError, ValueError: it is of another kind, or too large.
    """
    seen[0] += 1
    if seen[0] > MAX_ITEMS:
        raise ValueError(f"its value has more than {MAX_ITEMS} members")
    match value:
        case bool() | None:
            return {"constant": str(value)}
        case _ if value is ...:
            return {"constant": "..."}
        case int():
            if abs(value) >= 10**MAX_DIGITS:
                raise ValueError(f"its value has more than {MAX_DIGITS} digits")
            return {"number": str(int(value))}
        case float():
            return {"number": repr(float(value))}
        case Fraction() | Decimal() if math.isfinite(value):
            exact = Fraction(value)
            return {"number": f"{plain(exact.numerator, seen)['number']}/{plain(exact.denominator, seen)['number']}"}
        case str():
            return {"text": str(value)[:MAX_TEXT]}
        case list() | tuple():
            return {"list": [plain(item, seen) for item in value]}
        case dict():
            return {"pairs": [[plain(name, seen), plain(item, seen)] for name, item in value.items()]}
        case np.generic() | np.ndarray() | torch.Tensor():
            return _of_array(value, seen)
    raise TypeError(f"its value is of type {type(value).__name__}, no number, text or list")


def _of_array(value: Any, seen: list[int]) -> Any:
    size = value.numel() if isinstance(value, torch.Tensor) else value.size
    if size > MAX_ITEMS:
        raise ValueError(f"its value has more than {MAX_ITEMS} members")
    # one number in brackets is meant as that number
    return plain(value.item() if size == 1 else value.tolist(), seen)
