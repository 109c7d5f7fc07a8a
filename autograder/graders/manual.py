"""Leave prose to a person: what they need to mark it, and nothing that looks like a mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from autograder.kinds import grader
from autograder.model import Key, Mark, Observation, Part, Record, Response


class Settings(Record):
    """What an author may set under `grader: {manual: …}`.

    Attributes:
        words: the most words that are asked for. The marker is told the number; it takes no points by itself.
    """

    words: Annotated[int, Field(ge=1)] | None = None


@grader
def manual(key: Key, response: Response, seen: Observation | None) -> Mark:
    """Return a blank answer's 0, or a mark that waits for a person.

    Args:
        key: `key.rubric` has the marking points.
        response: the text as it was handed in.
        seen: unused; nothing runs.

    Returns:
        A graded mark with reason `blank`; else state `manual`, reason `to_mark`, with the rubric and the number of
        words in `detail`.
    """
    rubric = [{"points": point.points, "say": point.say} for point in key.rubric]
    if response.state == "blank":
        return key.mark(0, "blank", feedback="There is no answer.", detail={"rubric": rubric, "words": 0})
    text = str(response.value if response.value is not None else response.source)
    count = len(text.split())
    detail: dict[str, Any] = {"rubric": rubric, "words": count}
    return key.unmarked("manual", " ".join(filter(None, (response.hint, _length(key, count)))), text, detail=detail)


def problems(part: Part, settings: Settings | None) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a part for this grader: the field, the problem, a hint."""
    if not part.rubric:
        yield "id", "it has no rubric", "write `rubric:` as a list of {points, say}: what earns how much"
    for field in ("answer", "unit"):
        if getattr(part, field) is not None:
            yield field, f"a text has no {field!r}: a person marks it", "write what you expect under `solution:`"
    for field in ("also", "slips"):
        if getattr(part, field):
            yield field, f"a text has no {field!r}: a person marks it", "make marking points of it, under `rubric:`"


def _length(key: Key, count: int) -> str:
    most = key.settings.get("words")
    return f"{count} words, where at most {most} were asked for." if most is not None and count > most else ""
