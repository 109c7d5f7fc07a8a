"""What is wrong with a question whose YAML has the right shape: kinds, names, formulas, templates, units.

Nothing is drawn here; `selftest` does that.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Iterator, Set
from typing import Any, Final

import jinja2
from pydantic import BaseModel, ValidationError

from autograder import kinds
from autograder.errors import BankError, KindError
from autograder.following import names_of
from autograder.formula import Cycle, FormulaError, compiled, dependency_order, names
from autograder.formula.functions import CONSTANTS
from autograder.markup import templates
from autograder.markup.fence import explain
from autograder.model import Part, Question, word_and_settings
from autograder.proofread.formulas import spoken_problems
from autograder.proofread.shape import validation_problems
from autograder.yamlsrc import Source

_TEMPLATE: Final = "values stand in [= … =], statements in [% … %]"


def problems_of(question: Question, source: Source) -> Iterator[BankError]:
    """Yield everything wrong with one question, each with its file and line.

    Args:
        question: as validated.
        source: the file it was read from.
    """
    declared = question.params.keys() | question.given.keys()
    yield from _params(question, source)
    yield from _givens(question, source)
    for place, formula in enumerate(question.where):
        yield from formula_problems(formula, declared, source, "where", place)
    if "[=" in question.title or "[%" in question.title:
        problem, hint = "title: it is the same in every variant and shows no values", "put them into the text"
        yield BankError(problem, where=source.place("title"), hint=hint)
    yield from template_problems(question.text, declared, source, "text")
    yield from template_problems(question.note, declared, source, "note")
    yield from repeated((part.id for part in question.parts), "part", source, "parts")
    for place, part in enumerate(question.parts):
        yield from part_problems(part, declared, source, "parts", place)
    yield from _tests(question, declared, source)


def _params(question: Question, source: Source) -> Iterator[BankError]:
    for name, spec in question.params.items():
        if name in question.given:
            problem, hint = f"{name!r} is both a param and a given", "give one of them another name"
            yield BankError(problem, where=source.place("given", name), hint=hint)
        yield from _kind("distributions", spec, source, "params", name)


def _kind(family: str, written: Any, source: Source, *path: str | int) -> Iterator[BankError]:
    try:
        word, settings = word_and_settings(written)
        record = kinds.settings_of(family, word)
        kinds.load(family, word)
    except ValueError as error:
        hint = f"as in `{path[-1]}: {{word: {{setting: value}}}}`"
        yield BankError(f"{path[-1]}: {error}", where=source.place(*path), hint=hint)
        return
    except KindError as error:
        yield BankError(error.problem, where=source.place(*path), hint=error.hint)
        return
    yield from _settings(record, word, settings, source, *path)


def _settings(
    record: type[BaseModel] | None, word: str, settings: Any, source: Source, *path: str | int
) -> Iterator[BankError]:
    if record is None:
        if settings:
            yield BankError(f"{word} takes no settings", where=source.place(*path, word), hint=f"write {word} alone")
        return
    try:
        record.model_validate_json(json.dumps(settings))
    except ValidationError as error:
        yield from validation_problems(error, source, record, *path, word)


def _givens(question: Question, source: Source) -> Iterator[BankError]:
    broken = False
    for name, formula in question.given.items():
        for error in formula_problems(formula, question.params.keys() | question.given.keys(), source, "given", name):
            broken = True
            yield error
    if broken:
        return
    try:
        dependency_order(question.given)
    except Cycle as cycle:
        yield BankError(
            f"given: {cycle.problem}",
            where=source.place("given", cycle.members[0]),
            hint="a given may use params and other givens, not itself",
        )


def formula_problems(
    text: str | None, declared: Collection[str], source: Source, *path: str | int
) -> Iterator[BankError]:
    """Yield what is wrong with a formula, by the place where it is written."""
    if text is None:
        return
    label = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    try:
        compiled(text)
    except FormulaError as error:
        near = f" near {text[error.at : error.at + 20]!r}" if error.at is not None else ""
        problem = f"{label}: {text!r} is no formula{near}: {error.problem}"
        yield BankError(
            problem, where=source.place(*path), hint="write a formula such as 3*n + 2**k, see docs/formulas.md"
        )
        return
    yield from _undefined(names(text) - CONSTANTS.keys(), declared, label, source, 0, *path)


def _undefined(
    used: Iterable[str], declared: Collection[str], label: str, source: Source, below: int, *path: str | int
) -> Iterator[BankError]:
    for name in sorted(set(used) - set(declared)):
        near = difflib.get_close_matches(name, declared, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"declared are: {', '.join(sorted(declared)) or 'no names'}"
        if name.startswith("part_"):
            hint = f"a part that says `uses: {{{name.removeprefix('part_')}: 1}}` may name that part's answer so"
        yield BankError(f"{label}: {name!r} is not defined", where=_below(source, below, *path), hint=hint)


def template_problems(text: str, declared: Collection[str], source: Source, *path: str | int) -> Iterator[BankError]:
    """Yield what is wrong with a text that shows values, by the place where it is written."""
    label = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    try:
        used = templates.names_in(text)
        templates.text(text)
    except jinja2.TemplateSyntaxError as error:
        line = error.lineno if "\n" in text.strip() else 0
        yield BankError(
            f"{label}: the template is wrong: {error.message}",
            where=_below(source, line, *path),
            hint=_TEMPLATE,
        )
        return
    except (jinja2.TemplateError, RecursionError) as error:
        problem = f"{label}: the template is wrong: {explain(error)}"
        yield BankError(problem, where=source.place(*path), hint=_TEMPLATE)
        return
    for name in sorted(used - set(declared)):
        line = (
            next((number for number, row in enumerate(text.splitlines(), 1) if name in row), 0)
            if "\n" in text.strip()
            else 0
        )
        yield from _undefined([name], declared, label, source, line, *path)


def _below(source: Source, lines: int, *path: str | int) -> str:
    place = source.place(*path)
    file, _, line = place.rpartition(":")
    return f"{file}:{int(line) + lines}"


def part_problems(part: Part, declared: Set[str], source: Source, *here: str | int) -> Iterator[BankError]:
    """Yield what is wrong with a part, or with a cell of a table, by the place where it is written."""
    yield from template_problems(part.text, declared, source, *here, "text")
    declared = declared | names_of(part)
    yield from template_problems(part.solution, declared, source, *here, "solution")
    yield from template_problems(part.model, declared, source, *here, "model")
    spoken = part.input in kinds.FORMULAS
    if spoken:
        yield from spoken_problems(part, declared, source, *here)
    else:
        yield from formula_problems(part.answer, declared, source, *here, "answer")
    for field, claims in part.claims():
        for number, claim in enumerate(claims):
            if not spoken:
                yield from formula_problems(claim.answer, declared, source, *here, field, number, "answer")
            yield from template_problems(getattr(claim, "say", ""), declared, source, *here, field, number, "say")
    named = [claim.name for _, claims in part.claims() for claim in claims]
    yield from repeated(named, "convention or slip", source, *here)
    yield from _grader(part, source, *here)
    for number, point in enumerate(part.rubric):
        yield from template_problems(point.say, declared, source, *here, "rubric", number, "say")
    total = sum(point.points for point in part.rubric)
    if part.rubric and abs(total - part.points) > 1e-9:
        yield BankError(
            f"the rubric's points add up to {total:g}, the part has {part.points:g}",
            where=source.place(*here, "rubric"),
            hint="make them equal",
        )


def _grader(part: Part, source: Source, *here: str | int) -> Iterator[BankError]:
    if part.input not in kinds.INPUTS:
        near = difflib.get_close_matches(part.input, kinds.INPUTS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(kinds.INPUTS)}"
        yield BankError(f"there is no input {part.input!r}", where=source.place(*here, "input"), hint=hint)
        return
    written = part.grader or kinds.INPUTS[part.input][0]
    found = list(_kind("graders", written, source, *here, "grader"))
    yield from found
    if found:
        return
    word, settings = part.marking()
    if word not in kinds.INPUTS[part.input]:
        yield BankError(
            f"the grader {word!r} cannot mark the input {part.input!r}",
            where=source.place(*here, "grader"),
            hint=f"use {' or '.join(kinds.INPUTS[part.input])}",
        )
        return
    inspect = getattr(kinds.module_of("graders", word), "problems", None)
    record = kinds.settings_of("graders", word)
    if inspect is not None:
        for field, problem, hint in inspect(part, record.model_validate_json(json.dumps(settings)) if record else None):
            yield BankError(f"part {part.id}: {problem}", where=source.place(*here, field), hint=hint)


def _tests(question: Question, declared: Set[str], source: Source) -> Iterator[BankError]:
    parts = {part.id: part for part in question.parts}
    for place, test in enumerate(question.tests):
        here = ("tests", place)
        if test.part not in parts:
            yield BankError(
                f"there is no part {test.part!r}", where=source.place(*here), hint=f"the parts are: {', '.join(parts)}"
            )
        elif test.score is not None and test.score > parts[test.part].points:
            yield BankError(
                f"the score {test.score:g} is above the part's {parts[test.part].points:g} points",
                where=source.place(*here),
                hint="a test says points of the part as the question has them",
            )
        if test.score is None and test.reason is None and test.broken is None:
            problem, hint = "a test says the score or the reason it expects", "add `score:` or `reason:`"
            yield BankError(problem, where=source.place(*here), hint=hint)
        known = declared | (names_of(parts[test.part]) if test.part in parts else frozenset())
        for text in texts_in([test.say, *test.earlier.values()]):
            yield from template_problems(text, known, source, *here)
        for used in test.earlier:
            if test.part in parts and used not in parts[test.part].uses:
                problem = f"part {test.part} does not use an earlier part {used!r}"
                hint = f"add `uses: {{{used}: 1}}` to the part, or leave it out"
                yield BankError(problem, where=source.place(*here, "earlier", used), hint=hint)


def texts_in(said: Any) -> Iterator[str]:
    """Yield every text of an answer, which may be a list or a mapping of them."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict | list):
        for inner in said.values() if isinstance(said, dict) else said:
            yield from texts_in(inner)


def repeated(words: Iterable[str], what: str, source: Source, *path: str | int) -> Iterator[BankError]:
    """Yield an error for each word that stands in a list again."""
    seen: set[str] = set()
    for word in words:
        if word in seen:
            problem = f"the {what} {word!r} stands here twice"
            yield BankError(problem, where=source.place(*path), hint="give each a name of its own")
        seen.add(word)
