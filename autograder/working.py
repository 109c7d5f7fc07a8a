"""A warm worker: a line of JSON in, the work that it names done, a line of JSON out.

Started by the runner `warm` as `python -m autograder.working`. What it does is our own code on data that was read; no
code of a candidate's runs here. It ends when its input does.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import IO, Any, Final

from autograder import kinds
from autograder.errors import KindError

try:
    import resource
except ImportError:  # not every system has such limits
    resource = None  # type: ignore[assignment]

MAX_MEMORY: Final = 4 << 30
"""Bytes of memory that a worker may take."""


def serve(lines: IO[str], replies: IO[str]) -> None:
    """Answer each line until there are no more.

    Args:
        lines: each `{"worker": word, "data": …}`, or `{"load": word}` to make ready for such work.
        replies: each `{"data": …}`, or `{"failure": type of the error}`, or `{"missing": what is not installed}`.
    """
    for line in lines:
        print(json.dumps(_done(json.loads(line)), separators=(",", ":")), file=replies, flush=True)


def _done(order: dict[str, Any]) -> dict[str, Any]:
    try:
        if "load" in order:
            kinds.load("workers", order["load"])
            return {"data": None}
        return {"data": kinds.load("workers", order["worker"])(order["data"])}
    except KindError as error:
        return {"missing": f"{error.problem}: {error.hint}" if error.hint else error.problem}
    except (Exception, MemoryError) as error:  # one piece of work that fails must not cost the next
        return {"failure": type(error).__name__}


def _bound_memory() -> None:
    if resource is not None:
        with suppress(ValueError, OSError):  # without the limit the budget of operations still holds
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


if __name__ == "__main__":
    _bound_memory()
    serve(sys.stdin, sys.stdout)
