"""Try every question out: draw it, look for slips that pass for the key, mark the author's own tests.

What `tenfold check` runs after the bank has loaded.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from autograder import kinds
from autograder.bank import Bank
from autograder.choosing.offers import pools, with_orders, without_orders
from autograder.errors import AutograderError, BankError, RenderError, RunnerError
from autograder.following import names_of, rebound
from autograder.formula import names
from autograder.key import keys_of
from autograder.model import Key, Part, Question
from autograder.observe import RunTogether
from autograder.selftest.equivalents import Equivalent, equivalents
from autograder.selftest.formulas import VARIANTS, compared
from autograder.selftest.proofs import is_proved, proof_draws, prove
from autograder.selftest.proving import Proved, has_code, prove_code
from autograder.selftest.texts import Unrendered, text_problems, unrendered
from autograder.selftest.trials import mark_tests, seed_for
from autograder.tabled import table_of
from autograder.variant import acceptance, draw_values, plan, show, space, with_given
from autograder.yamlsrc import Source

DRAWS: Final = 1_000
"""Variants of a question that is too large to list, in which its keys and claims are compared."""

ENUMERATED: Final = 5_000
"""Largest number of combinations that is gone through instead."""

TEXT_DRAWS: Final = 10
"""Variants whose texts are shown as a page would show them."""
ORDERS: Final = 50
"""Orders of options that are looked at, at least, where the values are gone through."""

_WHOLE_PART: Final = 2
"""Steps to a part in its file; there are more to a cell of its table, whose guesses count with the table's."""

LOW_ACCEPTANCE: Final = 0.05
_OFTEN: Final = "add a constraint under `where`"

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Report:
    """What trying a question out showed.

    Attributes:
        variants: how many were looked at; `complete` if these are all there are.
        notes: how many different ones among them.
        acceptance: the share of draws that satisfies `where`.
        tests: how many answers were marked.
        errors: what the author must mend; `warnings` what is worth knowing.
        guess: by part, the share of the points that blind guessing earns; the most in any variant.
        proved: variants on which the answers were also found by running.
        code: what running the code of its parts showed.
        unproved: why that could not be done, where it was to be done.
        equivalents: the formulas among the answers that are accepted as equal, proved or not.
    """

    question: str
    variants: int
    complete: bool
    notes: int
    acceptance: float
    tests: int
    errors: tuple[BankError, ...]
    warnings: tuple[str, ...]
    guess: Mapping[str, float] = dataclasses.field(default_factory=dict)
    proved: int = 0
    code: Proved | None = None
    unproved: RunnerError | None = None
    equivalents: tuple[Equivalent, ...] = ()


def try_out(question: Question, bank: Bank, run_together: RunTogether | None = None) -> Report:
    """Try one question out on many variants.

    Args:
        question: from a bank in which its formulas and templates were found sound.
        bank: for the places of errors; tests are left out for a question with other problems.
        run_together: of a runner; without one nothing is proved by running.
    """
    source = bank.sources[question.id]
    accepted = acceptance(question, seed_for(question, "acceptance"))
    if accepted == 0:
        problem = BankError(
            "no values satisfy `where`", where=source.place("where"), hint="loosen a constraint or widen a param"
        )
        return Report(question.id, 0, _complete(question), 0, 0.0, 0, (problem,), ())
    warnings = (
        () if accepted >= LOW_ACCEPTANCE else (f"only {accepted:.1%} of the draws satisfy `where`: drawing is slow",)
    )
    try:
        seen = _Seen(question, source)
        for values in _variants(question):
            seen.look_at(values)
        for values in _reordered(question):
            seen.look_at(values, again=True)
    except AutograderError as error:
        # drawing tells its own hint, that a constraint is too narrow; a text tells its place
        told = error.where if isinstance(error, Unrendered) else source.place("where" if error.hint else "given")
        problem = BankError(error.problem, where=told, hint=error.hint or _OFTEN)
        return Report(question.id, 0, _complete(question), 0, accepted, 0, (problem,), warnings)
    errors = [*seen.problems(), *text_problems(question, source, itertools.islice(_variants(question), TEXT_DRAWS))]
    tests, proved = 0, _Proved()
    same: tuple[Equivalent, ...] = ()
    if not errors and question.id not in bank.broken:
        tried = mark_tests(question, source)
        tests, same = tried.count, equivalents(tried.marks)
        if run_together is not None:
            proved = _prove(question, bank, run_together)
        errors += [*tried.errors, *proved.errors]
    return Report(
        question.id, seen.count, _complete(question), len(seen.notes), accepted,
        tests + (proved.code.tests if proved.code is not None else 0), tuple(errors), warnings, seen.guess,
        proved.variants, proved.code, proved.without, same,
    )  # fmt: skip


@dataclass(frozen=True)
class _Proved:
    variants: int = 0
    code: Proved | None = None
    errors: tuple[BankError, ...] = ()
    without: RunnerError | None = None


def _prove(question: Question, bank: Bank, run_together: RunTogether) -> _Proved:
    """Prove by running what can be: numbers by their proofs, code by its probes."""
    errors: tuple[BankError, ...] = ()
    variants, code = 0, None
    try:
        if is_proved(question):
            errors += tuple(prove(question, bank, lambda job: run_together([job])[0]))
            variants = len(proof_draws(question))
        if has_code(question):
            code = prove_code(question, bank, run_together)
            errors += code.errors
    except RunnerError as error:
        return _Proved(variants, code, errors, error)
    return _Proved(variants, code, errors)


def _variants(question: Question) -> Iterator[Mapping[str, Any]]:
    if _complete(question):
        yield from space(question)
        return
    for number in range(DRAWS):
        yield draw_values(question, seed_for(question, number))


def _reordered(question: Question) -> Iterator[Mapping[str, Any]]:
    """Yield variants that were gone through once more, with orders of their options."""
    if not pools(question) or not _complete(question):
        return
    every = space(question)
    for number in range(max(ORDERS, len(every))):
        values = with_given(question, every[number % len(every)])
        yield with_orders(question, values, seed_for(question, f"order {number}"))


def _complete(question: Question) -> bool:
    combinations = plan(question).combinations
    return combinations is not None and combinations <= ENUMERATED


class _Seen:
    """What has been seen of a question's variants: how often each claim stood, and where something was wrong."""

    def __init__(self, question: Question, source: Source) -> None:
        self.question = question
        self.source = source
        self.count = 0
        self.notes: set[str] = set()
        self.stood: Counter[Path] = Counter()
        self.same: Counter[tuple[Path, str]] = Counter()
        self.found: dict[Path, tuple[str, str]] = {}
        self.guess: dict[str, float] = {}
        self.compared: dict[Path, set[str]] = {}

    def look_at(self, drawn: Mapping[str, Any], *, again: bool = False) -> None:
        values = with_given(self.question, drawn)
        self.count += not again
        if len(self.notes) < DRAWS:
            try:
                self.notes.add(show(self.question, values).note)
            except RenderError as error:
                raise unrendered(self.question, self.source, values) or error from None
        for place, key in enumerate(keys_of(self.question, values)):
            self._key(("parts", place), self.question.parts[place], key, drawn)

    def problems(self) -> Iterator[BankError]:
        for path, (problem, hint) in self.found.items():
            yield BankError(problem, where=self.source.place(*path), hint=hint)
        for here, part in self._asked():
            for field, claims in part.claims():
                for number, claim in enumerate(claims):
                    path = (*here, field, number, "answer")
                    if path in self.found or self._keyless(here):
                        continue
                    if part.uses and names_of(part) & names(claim.answer):
                        continue  # it may differ where another earlier answer is carried on
                    shadow = self._shadow((*here, field, number))
                    if shadow is not None:
                        same = f"equals the convention {shadow!r} in every variant"
                        yield BankError(
                            f"part {part.id}: the slip {claim.name!r} {same}",
                            where=self.source.place(*path),
                            hint="the convention claims such an answer: mend the formula, or leave one of them out",
                        )
                    if not self.stood[*here, field, number]:
                        yield BankError(
                            f"part {part.id}: {_named(field)} {claim.name!r} equals the key in every variant",
                            where=self.source.place(*path),
                            hint="mend its formula, or leave it out",
                        )

    def _shadow(self, path: Path) -> str | None:
        """Return the convention that a slip equals wherever it stands."""
        return next((name for (p, name), n in self.same.items() if p == path and n == self.stood[path]), None)

    def _asked(self) -> Iterator[tuple[Path, Part]]:
        """Yield every part, and every cell of a table that is asked, with its path in the file."""
        for place, part in enumerate(self.question.parts):
            yield ("parts", place), part
            for (row, column), cell in table_of(part).asked.items():
                yield ("parts", place, "cells", row, column), cell

    def _keyless(self, here: Path) -> bool:
        return (*here, "answer") in self.found

    def _key(self, here: Path, part: Part, key: Key, drawn: Mapping[str, Any]) -> None:
        shown = ", ".join(f"{name} = {value}" for name, value in without_orders(drawn).items()) or "drawn"
        if key.problem:
            self.found.setdefault(
                (*here, "answer"),
                (f"part {part.id}: {key.problem} when {shown}", "add a constraint under `where`"),
            )
            return
        if key.follow is not None and rebound(key, {}) is None:
            self.found.setdefault(
                (*here, "plausible"),
                (f"part {part.id}: `plausible` refuses the right answers when {shown}", "widen it"),
            )
        inspect = getattr(kinds.module_of("graders", key.grader), "flaw", None)
        flaw = inspect(key) if inspect is not None else None
        if (key.choice is not None or key.cells) and len(here) == _WHOLE_PART:
            guess = kinds.module_of("graders", key.grader).guessed(key)
            self.guess[part.id] = max(guess, self.guess.get(part.id, 0.0))
        if flaw is not None:
            self.found.setdefault((*here, "answer"), (f"part {part.id}: {flaw} when {shown}", ""))
            return
        cells = table_of(part).asked if key.cells else {}
        for (row, column), cell in cells.items():
            own = key.cells[row][column]
            if own is not None:
                self._key((*here, "cells", row, column), cell, own, drawn)
        numbers = {claim.name: ("also", number) for number, claim in enumerate(part.also)}
        numbers |= {claim.name: ("slips", number) for number, claim in enumerate(part.slips)}
        if key.declared is not None:
            self._formula(here, part, key, numbers, shown)
            return
        for claim in key.claims:
            self.stood[*here, *numbers[claim.name]] += 1
            for other in key.claims if claim.kind == "slip" else ():
                if other.kind == "convention" and other.value == claim.value:
                    self.same[(*here, *numbers[claim.name]), other.name] += 1
        clashes = getattr(kinds.module_of("graders", key.grader), "clashes", None)
        for name, other in clashes(key) if clashes is not None else ():
            field, number = numbers[name]
            self.found.setdefault(
                (*here, field, number, "answer"),
                (
                    f"part {part.id}: {_named(field)} {name!r} passes for {other} when {shown}",
                    "draw other values, keep them apart under `where`, or set `near`",
                ),
            )

    def _formula(self, here: Path, part: Part, key: Key, numbers: Mapping[str, tuple[str, int]], shown: str) -> None:
        """Look at a key that is a formula: in some variants, since comparing formulas takes time."""
        seen = self.compared.setdefault(here, set())
        bound = str(key.values)
        if bound in seen or len(seen) >= VARIANTS:
            return
        seen.add(bound)
        found, when = compared(key), f" when {shown}" if key.values else ""
        if found.flaw:
            self.found.setdefault((*here, "answer"), (f"part {part.id}: {found.flaw}{when}", ""))
        for name in found.standing:
            self.stood[*here, *numbers[name]] += 1
        for name, clash in found.clashes.items():
            problem = f"part {part.id}: {_named(numbers[name][0])} {name!r} {clash}{when}"
            self.found.setdefault((*here, *numbers[name], "answer"), (problem, "mend its formula"))


def _named(field: str) -> str:
    return "the convention" if field == "also" else "the slip"


def try_out_all(bank: Bank, run_together: RunTogether | None = None) -> Iterator[Report]:
    """Try out every question whose formulas and templates are sound enough to be drawn; arguments as for `try_out`."""
    for question in bank.questions.values():
        if question.id not in bank.undrawable:
            yield try_out(question, bank, run_together)
