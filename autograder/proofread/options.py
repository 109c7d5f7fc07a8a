"""What is wrong with the texts and formulas of options, items and pairs; their graders tell the rest."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.choosing.authors import foreign_fields
from autograder.errors import BankError
from autograder.model import Question
from autograder.proofread.question import formula_problems, template_problems
from autograder.reading.letters import INPUTS
from autograder.yamlsrc import Path_, Source


def option_problems(question: Question, source: Source) -> Iterator[BankError]:
    """Yield everything wrong with what a question's parts offer to choose from, order or match.

    Args:
        question: as validated.
        source: the file it was read from.
    """
    declared = question.params.keys() | question.given.keys()
    for path, text in _texts(question):
        yield from template_problems(text, declared, source, *path)
    for place, part in enumerate(question.parts):
        for number, option in enumerate(part.options):
            yield from formula_problems(option.right, declared, source, "parts", place, "options", number, "right")
        # a grader of options tells it of its own parts
        own = ("options",) if part.input == "table" else ()
        for field, problem in foreign_fields(part, own) if part.input not in INPUTS else ():
            yield BankError(f"part {part.id}: {problem}", where=source.place("parts", place, field))


def _texts(question: Question) -> Iterator[tuple[Path_, str]]:
    for place, part in enumerate(question.parts):
        here = ("parts", place)
        for number, option in enumerate(part.options):
            yield (*here, "options", number, "text"), option.text
            yield (*here, "options", number, "say"), option.say
        for number, item in enumerate(part.items):
            yield (*here, "items", number), item
        for number, pair in enumerate(part.pairs):
            yield from (((*here, "pairs", number), text) for text in pair if text is not None)
