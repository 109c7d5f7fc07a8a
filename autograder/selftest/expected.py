"""What an author's test says, and what it wants to earn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograder.answers import response_to
from autograder.marking import mark_all
from autograder.markup.templates import render_text
from autograder.model import Key, Mark, Question, Test
from autograder.observe import observe_work

Drawn = Mapping[str, Any]


def unmet(test: Test, mark: Mark) -> str:
    """Return what a test wants that its mark is not, or an empty text."""
    close = mark.score is not None and test.score is not None and abs(mark.score - test.score) < 0.005
    broken = mark.detail.get("first_broken")
    wanted = [
        f"score {test.score:g}" if test.score is not None and not close else "",
        f"reason {test.reason}" if test.reason is not None and mark.reason != test.reason else "",
        f"line {test.broken} to break, not {broken}" if test.broken is not None and broken != test.broken else "",
    ]
    return " and ".join(filter(None, wanted))


def whole_derivations(question: Question) -> Iterator[tuple[tuple[str | int, ...], Test]]:
    """Yield the authors' own derivations as tests, each with its place in the file: they must earn all points."""
    for place, part in enumerate(question.parts):
        if part.model:
            yield ("parts", place, "model"), Test(part=part.id, say=part.model, score=part.points, reason="right")


def said_in(test: Test, values: Drawn) -> Any:
    """Return what a test says, with the drawn values in its texts.

    Raises:
        AutograderError: a text cannot be rendered.
    """
    return _rendered(test.say, dict(values))


def earlier_in(test: Test, values: Drawn) -> dict[str, Any]:
    """Return what a test says to earlier parts, by their ids; errors as for `said_in`."""
    return {name: _rendered(said, dict(values)) for name, said in test.earlier.items()}


def marked(keys: Mapping[str, Key], part: str, said: Any, earlier: Mapping[str, Any]) -> Mark:
    """Return the mark for an answer, after the answers to the parts that it uses.

    Args:
        keys: of a variant, by the part's id.
        part: of the answer.
        said: as in a test.
        earlier: the same of other parts, by their ids.
    """
    answers = {name: each for name, each in {**earlier, part: said}.items() if name in keys}
    responses = {keys[name].ref: response_to(keys[name], each) for name, each in answers.items()}
    done = {ref: observe_work(key, responses[ref]) for key in keys.values() if (ref := key.ref) in responses}
    observations = {ref: seen for ref, seen in done.items() if seen is not None}
    *_, mark = mark_all([keys[name] for name in answers], responses, observations)
    return mark


def _rendered(said: Any, values: dict[str, Any]) -> Any:
    if isinstance(said, str):
        return render_text(said, values) if "[=" in said or "[%" in said else said
    if isinstance(said, dict):
        return {name: _rendered(each, values) for name, each in said.items()}
    return [_rendered(each, values) for each in said] if isinstance(said, list) else said
