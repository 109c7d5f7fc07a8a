"""Prove by running that a part that asks for code is marked as its author means it.

The reference passes every check. Each fault alone fails its own check and is told apart from the others; every drawn
set of faults fails what its members fail. Blanks left empty, a starter handed in, a listing left as it is: none passes.
The author's own tests earn what they should. And there is no check that nothing wrong was seen to fail.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from autograder import kinds
from autograder.answers import response_to
from autograder.bank import Bank
from autograder.course import SAMPLE_SECRET
from autograder.errors import AutograderError, BankError, RunnerError
from autograder.key import keys_of
from autograder.marking import mark_part
from autograder.model import Job, Key, Mark, Observation, Part, Question, Run, Test
from autograder.observe import Draws, RunTogether, in_order, observe_job
from autograder.runs import digest
from autograder.seeds import seed_of
from autograder.selftest.expected import said_in, unmet
from autograder.selftest.mutants import Path_, Trial, drawn_sets, mutants, unfinished
from autograder.variant import draw_values, is_small, space, with_given
from autograder.yamlsrc import Source

VARIANTS: Final = 3
"""Variants of a question on which its code is run."""

_DRAWN: Final = 400  # draws among which different sets of faults are looked for
_HIDDEN: Final = Draws(SAMPLE_SECRET, "selftest")

Drawn = Mapping[str, Any]
Fails = frozenset[str] | None


@dataclass(frozen=True)
class Proved:
    """What running a question's code showed.

    Attributes:
        codes: pieces of code that were run, each on several hidden draws; `tests`: answers of the author's besides.
        faults: how many were switched on alone, and `subsets` how many sets of them.
        guess: the most that blind guessing earns in a bug hunt on average, as a share of the points.
        errors: what the author must mend.
    """

    codes: int = 0
    tests: int = 0
    faults: int = 0
    subsets: int = 0
    guess: float | None = None
    errors: tuple[BankError, ...] = ()

    def __str__(self) -> str:
        said = [f"{self.codes} codes"]
        if self.faults:
            said.append(f"{self.faults} faults, {self.subsets} sets of them")
        if self.guess is not None:
            said.append(f"guessing earns {self.guess:.0%}")
        return "; ".join(said)


def has_code(question: Question) -> bool:
    """Return whether some part of a question asks for code."""
    return any(part.input == "code" for part in question.parts)


def prove_code(question: Question, bank: Bank, run_together: RunTogether) -> Proved:
    """Run everything that can be known beforehand about a question's parts that ask for code.

    Args:
        question: one in which nothing else is wrong.
        bank: for the places of errors.
        run_together: of a runner.

    Raises:
        RunnerError: nothing could be run, so nothing was found out.
    """
    kept = _Kept(run_together)
    found = [
        _Proof(question, place, bank.sources[question.id], kept)
        for place, part in enumerate(question.parts)
        if part.input == "code"
    ]
    for proof in found:
        proof.look()
    guesses = [proof.guess for proof in found if proof.guess is not None]
    return Proved(
        codes=sum(proof.codes for proof in found),
        tests=sum(proof.tests for proof in found),
        faults=sum(len(proof.singles) for proof in found),
        subsets=sum(len(proof.sets) for proof in found),
        guess=max(guesses) if guesses else None,
        errors=tuple(error for proof in found for error in proof.errors.values()),
    )


class _Kept:
    """A runner that makes the same run once; the reference's are wanted with every other code."""

    def __init__(self, run_together: RunTogether) -> None:
        self._run_together = run_together
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def __call__(self, jobs: Sequence[Job]) -> list[Run]:
        keys = [digest(job, {}) for job in jobs]
        with self._lock:
            missing = [(key, job) for key, job in zip(keys, jobs, strict=True) if key not in self._runs]
        made = self._run_together([job for _, job in missing]) if missing else []
        with self._lock:
            self._runs.update({key: run for (key, _), run in zip(missing, made, strict=False)})
            known = [self._runs.get(key) for key in keys]
        found: list[Run] = []
        for run in known:
            if run is None or (found and found[-1].status != "ok"):
                break
            found.append(run)
        return found


@dataclass
class _Proof:
    """One part that asks for code, and what running it showed so far."""

    question: Question
    place: int
    source: Source
    run_together: RunTogether
    codes: int = 0
    tests: int = 0
    singles: set[str] = field(default_factory=set)
    sets: list[tuple[str, ...]] = field(default_factory=list)
    guess: float | None = None
    errors: dict[Path_, BankError] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    @property
    def part(self) -> Part:
        return self.question.parts[self.place]

    def look(self) -> None:
        variants = _variants(self.question)
        for values in variants:
            self._tests(values)
        if self.part.marking()[0] == "bughunt":
            self.guess = max(
                max(_grader(key).guessed(key), default=0.0) / key.points for key in map(self._key, variants)
            )
        if not (self.part.probe and self.part.reference and self.part.checks):
            return
        self.sets = drawn_sets(self.part, self._draws(variants))
        if all(self._variant(values, self.sets[number::VARIANTS]) for number, values in enumerate(variants)):
            self._covered()

    def _key(self, values: Drawn) -> Key:
        return keys_of(self.question, values)[self.place]

    def _draws(self, variants: Sequence[Drawn]) -> list[Drawn]:
        """Return variants in which sets of faults are looked for, those that are tried first."""
        if self.part.faults_on is None:
            return list(variants)
        if is_small(self.question):
            return [*variants, *space(self.question)]
        return [*variants, *(draw_values(self.question, _seed(self.question, number)) for number in range(_DRAWN))]

    def _error(self, problem: str, *path: str | int, hint: str = "") -> None:
        where = self.source.place("parts", self.place, *path)
        self.errors.setdefault(path, BankError(f"part {self.part.id}: {problem}", where=where, hint=hint))

    def _variant(self, values: Drawn, sets: Sequence[tuple[str, ...]]) -> bool:
        """Try everything on one variant; false where the reference is so wrong that nothing more is worth trying."""
        key = self._key(values)
        when = ", ".join(f"{name} = {values[name]}" for name in self.question.params)
        assert key.code is not None
        # another text, or the run it is compared with would be this very run
        reference = self._fails(key, Trial("the reference", ("reference",), key.code.reference + "\n# handed in\n"))
        if reference is None or reference:
            if reference:
                self._error(
                    f"the reference, handed in as an answer, fails {_listed(reference)} when {when}", "reference",
                    hint="a probe draws nothing at random but from its seeds, and sees the same at every run",
                )  # fmt: skip
            return False
        trials = [*unfinished(self.part, key), *mutants(self.question, self.part, values, sets)]
        fails = dict(in_order(lambda trial: self._fails(key, trial), trials))
        for trial, found in fails.items():
            if found is not None and not found and not trial.faults:
                self._error(f"{trial.what} passes every check when {when}", *trial.path)
        alone = {
            trial.faults[0]: found for trial, found in fails.items() if len(trial.faults) == 1 and found is not None
        }
        self.singles |= alone.keys()
        self._told_apart(alone)
        for trial, found in fails.items():
            if len(trial.faults) > 1 and found is not None and alone.keys() >= set(trial.faults):
                self._adds_up(trial, found, frozenset().union(*(alone[name] for name in trial.faults)))
        return True

    def _fails(self, key: Key, trial: Trial) -> Fails:
        """Return the checks that some code fails; None where it could not be made or judged, which is told."""
        if trial.source is None:
            self._error(trial.problem, *trial.path)
            return None
        assert key.code is not None
        grader = _grader(key)
        settings = grader.Settings.model_validate_json(json.dumps(key.settings))
        seen = self._observed(key, grader.job_for(key, trial.source, settings))
        judged = grader.judge(key.code.checks, seen)
        self.codes += 1
        if judged.problem:
            self._error(judged.problem, "probe")
            return None
        self.failed |= {each.check.id for each in judged.checks if each.why}
        return frozenset(each.check.id for each in judged.checks if not each.passed)

    def _observed(self, key: Key, job: Job) -> Observation:
        seen = observe_job(key, job, _HIDDEN, self.run_together)
        broken = next((run for run in (*seen.runs, *seen.reference) if run.status in ("unavailable", "error")), None)
        if broken is not None:
            raise RunnerError("the code could not be run", where=key.ref, hint=broken.why)
        return seen

    def _told_apart(self, alone: Mapping[str, frozenset[str]]) -> None:
        for number, fault in enumerate(self.part.faults):
            fails = alone.get(fault.id)
            if fails is None:
                continue
            path = ("faults", number)
            if fault.check is not None and fault.check not in fails:
                problem = f"alone does not fail its check {fault.check!r}, but {_listed(fails)}"
                self._error(f"the fault {fault.id!r} {problem}", *path, "check")
            elif not fault.neutral and not fails:
                self._error(f"the fault {fault.id!r} alone fails no check", *path)
            elif fault.neutral and fails and fault.check is None:
                self._error(f"the neutral fault {fault.id!r} fails {_listed(fails)}", *path)
            for other in self.part.faults[:number]:
                if fails and alone.get(other.id) == fails and not (fault.neutral or other.neutral):
                    problem = f"the faults {other.id!r} and {fault.id!r} fail the same checks: {_listed(fails)}"
                    self._error(problem, *path, hint="add a check that tells them apart")

    def _adds_up(self, trial: Trial, found: frozenset[str], wanted: frozenset[str]) -> None:
        if found != wanted:
            problem = f"{trial.what} fails {_listed(found)}, but each alone {_listed(wanted)}"
            self._error(problem, *trial.path, hint="one hides the other: keep them apart by `where`, or look closer")

    def _tests(self, values: Drawn) -> None:
        key = self._key(values)
        own = [number for number, test in enumerate(self.question.tests) if test.part == self.part.id]
        for number, mark in in_order(lambda number: self._marked(self.question.tests[number], key, values), own):
            self.tests += 1
            problem = mark if isinstance(mark, str) else self._unmet(self.question.tests[number], mark)
            if problem:
                where, hint = self.source.place("tests", number), "" if isinstance(mark, str) else mark.feedback
                self.errors.setdefault(("tests", number), BankError(problem, where=where, hint=hint))

    def _marked(self, test: Test, key: Key, values: Drawn) -> Mark | str:
        try:
            response = response_to(key, said_in(test, values))
        except AutograderError as error:
            return f"the test's answer cannot be rendered: {error.problem}"
        job = _grader(key).job(key, response) if response.state == "given" else None
        return mark_part(key, response, self._observed(key, job) if job is not None else None)

    def _unmet(self, test: Test, mark: Mark) -> str:
        # without a reason a check was not even looked at
        self.failed |= {each["id"] for each in mark.detail.get("checks", ()) if each["why"]}
        wanted = unmet(test, mark)
        got = "no score" if mark.score is None else f"{mark.score:g}"
        return f"the test of part {test.part} wants {wanted}, got {got} ({mark.reason})" if wanted else ""

    def _covered(self) -> None:
        for number, check in enumerate(self.part.checks):
            if check.id not in self.failed:
                problem = f"nothing that was tried fails the check {check.id!r}"
                self._error(problem, "checks", number, hint="add a test whose answer fails it, or a fault")


def _grader(key: Key) -> Any:
    """Return the module of a part's grader: only a bank with code needs what comparing arrays needs."""
    return kinds.module_of("graders", key.grader)


def _variants(question: Question) -> list[Drawn]:
    """Return different variants, givens included, the same at every call."""
    if is_small(question) and len(space(question)) <= VARIANTS:
        return [with_given(question, values) for values in space(question)]
    found: list[Drawn] = []
    for number in range(10 * VARIANTS):
        values = draw_values(question, _seed(question, number))
        if values not in found:
            found.append(values)
        if len(found) == VARIANTS:
            break
    return found


def _seed(question: Question, number: int) -> bytes:
    return seed_of(SAMPLE_SECRET, "proving", question.id, number)


def _listed(checks: frozenset[str]) -> str:
    return ", ".join(sorted(checks)) or "nothing"
