"""Say what was raised, and at which of the candidate's lines. Runs beside the candidate's code; believed by nobody."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

OUT_OF_MEMORY_TYPES: Final = frozenset({"MemoryError", "OutOfMemoryError"})
OUT_OF_MEMORY_WORDS: Final = ("can't allocate memory", "cannot allocate memory", "out of memory")
"""How an error says that memory ran out, in small letters."""


def describe(error: BaseException, files: Mapping[str, str], entry: str, loading: str) -> dict[str, Any]:
    """Return an error as plain data: type, message, file, line and the text of that line.

    Args:
        error: as it was caught.
        files: the job's files; the line is one of theirs, and of the harness only where no other has one.
        entry: `module:function` of the harness.
        loading: the file that was loaded last, for an error that has no line.
    """
    try:
        message = str(error)[:2000]
    except BaseException:
        message = "(an error that cannot be shown)"
    harness = entry.partition(":")[0] + ".py"
    places = _places(error, error.__traceback__, files)
    own = [place for place in places if place[0] != harness]
    file, line = (own or places or [(loading, 0)])[-1]
    lines = files.get(file, "").splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    return {"type": type(error).__name__[:100], "message": message, "file": file, "line": line, "source": source[:200]}


def _places(error: BaseException, trace: TracebackType | None, files: Mapping[str, str]) -> list[tuple[str, int]]:
    places = []
    while trace is not None:
        name = os.path.basename(trace.tb_frame.f_code.co_filename)
        if name in files:
            places.append((name, trace.tb_lineno))
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename is not None and error.filename in files:
        places.append((error.filename, error.lineno or 0))
    return places
