"""What comes back: a returned file as read, a response for each part."""

from __future__ import annotations

from typing import Any, Literal

from autograder.model.record import Exact, Record


class Response(Record):
    """What a candidate answered to one part.

    Attributes:
        state: `given`; `blank`; `unreadable`; `run`: only running the code would tell; or `lost`: the file is damaged
            where the answer may have stood.
        value: a text, or a number that the notebook's own code states. Options: a list of letters, of `True` or
            `False`, or of `[number, letter]` each. Code: the source; for blanks, the text of each
            by its number; for a bug hunt `{"claims": [[line, letter], …], "repair": source or None}`.
        source: the lines it was read from, for staff; empty when `value` is all there is.
        hint: why it could not be read, for the candidate.
        cell: of a `run`: the place among the submission's cells after which the answer is there.
    """

    ref: str
    state: Literal["given", "blank", "unreadable", "run", "lost"]
    value: bool | Exact | str | dict[str, Any] | list[Any] | None = None
    source: str = ""
    hint: str = ""
    cell: int | None = None


class Submission(Record):
    """One returned file, read.

    Attributes:
        code: the paper assigned to this candidate: what is marked against.
        found: the paper code that stands in the file, if any; another one is flagged, never trusted.
        file: its place below the candidate's folder.
        digest: SHA-256 of the file's bytes.
        flags: what staff should look at.
        cells: the notebook's own code in order, its check cells left out, where an answer is to be had by running it.
    """

    exam: str
    candidate: str
    code: str
    found: str | None
    file: str
    digest: str
    responses: tuple[Response, ...]
    flags: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
