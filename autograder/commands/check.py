"""Find everything wrong with the bank and its exams: load, draw, and mark every question's own tests."""

from __future__ import annotations

import difflib
import json as jsonlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from autograder import kinds
from autograder.bank import Bank, inspect_bank
from autograder.commands.console import (
    ERR,
    OUT,
    AsJson,
    BankFolder,
    CourseFolder,
    RunnerWord,
    Unsafe,
    progress,
    say,
    table,
)
from autograder.course import SAMPLE_SECRET
from autograder.errors import AutograderError, BankError, BankErrors, KindError
from autograder.exam import exam_files, load_exam, pick
from autograder.model import Question
from autograder.resources import bank_folder
from autograder.selftest.check import Report, try_out_all
from autograder.selftest.equivalents import Equivalent
from autograder.selftest.proofs import is_proved
from autograder.selftest.proving import Proved, has_code
from autograder.selftest.texts import exam_text_problems

_NAMED: Final = 8
"""Questions that are named where they were left out; more are counted."""

Questions = Annotated[
    list[str] | None, typer.Argument(metavar="[QUESTION]...", help="Ids of questions: only these are tried out.")
]


def check(
    only: Questions = None,
    json: AsJson = False,
    no_run: Annotated[
        bool, typer.Option("--no-run", help="Run nothing: proofs and the code of parts are left out.")
    ] = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
    runner: RunnerWord = "local",
    unsafe: Unsafe = False,
) -> None:
    """Find everything wrong with the bank and its exams: load, draw, and mark every question's own tests.

    An answer that has a proof is also found by running it. Exits with 2 when something must be mended; each problem
    names its file and line. With ids of questions only these are tried out, and formulas that are equal to the key as
    far as points tell, but not for certain, are named. With --no-run all is done but what runs code, which takes most
    of the time; what was left out is named.
    """
    loaded, found = inspect_bank(bank_folder(course, bank))
    errors: list[AutograderError] = [*found]
    if only:
        loaded, errors = _narrowed(loaded, found, only)
    reports = []
    count = len(loaded.questions.keys() - loaded.undrawable)
    left_out = [name for name, question in loaded.questions.items() if no_run and _runs(question)]
    with nullcontext() if no_run else _opened(loaded, runner, unsafe, errors) as where:
        run_together = where.run_together if where is not None else None
        for report in progress(try_out_all(loaded, run_together), "Trying questions out", count):
            reports.append(report)
            errors += report.errors
    # the cause is the same for all of them
    errors += [report.unproved for report in reports if report.unproved is not None][:1]
    errors += _exam_errors(loaded) if not only else []
    if json:
        typer.echo(
            jsonlib.dumps(
                {
                    "questions": [_as_data(report) for report in reports],
                    "not_run": left_out,
                    "problems": [
                        {"where": error.where, "problem": error.problem, "hint": error.hint} for error in errors
                    ],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        _print(loaded, reports, errors, named=bool(only), left_out=left_out)
    if errors:
        raise typer.Exit(2)


def _narrowed(bank: Bank, found: Sequence[BankError], only: list[str]) -> tuple[Bank, list[AutograderError]]:
    """Return the bank with these questions only, and what is wrong with them."""
    for name in only:
        if name not in bank.questions and name not in bank.broken:
            near = difflib.get_close_matches(name, bank.questions, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`tenfold check` lists them all"
            raise AutograderError(f"there is no question {name!r}", hint=hint)
    kept = {name: question for name, question in bank.questions.items() if name in only}
    own = [error for error in found if _is_of(error, only)]
    return replace(bank, questions=kept), [*own]


def _is_of(error: BankError, only: Sequence[str]) -> bool:
    """Return whether an error is in the file or folder of one of these questions."""
    path = Path((error.where or "").partition(":")[0])
    return path.stem in only or path.parent.name in only


def _opened(bank: Bank, word: str, unsafe: bool, errors: list[AutograderError]) -> AbstractContextManager[Any]:
    """Return a runner, if anything has to be run; where there is none of that kind, that is one more error."""
    if not any(map(_runs, bank.questions.values())):
        return nullcontext()
    try:
        opened: AbstractContextManager[Any] = kinds.load("runners", word)(unsafe=unsafe)
    except KindError as error:
        errors.append(error)
        return nullcontext()
    return opened


def _runs(question: Question) -> bool:
    """Return whether trying a question out runs code: a proof, or that of a part."""
    return is_proved(question) or has_code(question)


def _exam_errors(bank: Bank) -> list[BankError]:
    errors: list[BankError] = []
    known = {f"there is no question {name!r}" for name in bank.broken}
    for path in exam_files(bank.folder):
        try:
            exam, source = load_exam(path)
            errors += exam_text_problems(exam, source)
            pick(exam, source, bank.questions, SAMPLE_SECRET, {})
        except BankErrors as found:
            # a question that did not load is told once, not again by every exam that uses it
            errors += [error for error in found.errors if error.problem not in known]
        except BankError as error:
            errors.append(error)
    return errors


def _print(
    bank: Bank, reports: list[Report], errors: list[AutograderError], *, named: bool, left_out: Sequence[str]
) -> None:
    rows = [
        (
            report.question,
            len(bank.questions[report.question].parts),
            f"{report.variants}" if report.complete else f"{report.variants} drawn",
            f"{report.notes}" if report.notes < 1000 else "1000+",
            f"{report.acceptance:.0%}",
            report.tests,
            "not run" if report.question in left_out else report.proved if report.code is None else str(report.code),
            f"{len(report.errors)} to mend" if report.errors else _result(report),
        )
        for report in reports
    ]
    columns = ["question", "parts", "variants", "notes", "accepted", "answers marked", "proved", "result"]
    OUT.print(table(f"{bank.folder}", columns, rows, columns[1:7]))
    _print_equivalents([each for report in reports for each in report.equivalents], named=named)
    for error in errors:
        ERR.print(str(error), markup=False, highlight=False, soft_wrap=True)
    say(
        f"{len(errors)} to mend"
        if errors
        else f"nothing to mend: questions {len(bank.questions)}, exams {len(exam_files(bank.folder))}"
    )

    if left_out:
        shown = ", ".join(left_out) if len(left_out) <= _NAMED else f"{len(left_out)} questions"
        say(f"nothing was run: proofs and code of {shown} are untried; `tenfold check` without --no-run tries them")


def _print_equivalents(found: Sequence[Equivalent], *, named: bool) -> None:
    """Say how many right formulas are proved to be so, and which are not."""
    if not found:
        return
    left = [each for each in found if not each.proved]
    sentence = f"formulas: {len(found) - len(left)} of {len(found)} equivalents proved"
    if left:
        sentence += f", {len(left)} probable ({min(each.points for each in left)} points)"
    say(sentence)
    for each in left if named else ():
        say(f"  {each}")


def _result(report: Report) -> str:
    guesses = ", ".join(f"{part} {guess:.0%}" for part, guess in report.guess.items() if guess)
    return "; ".join([*report.warnings, *([f"guessing earns: {guesses}"] if guesses else [])]) or "fine"


def _as_data(report: Report) -> dict[str, Any]:
    return {
        "question": report.question,
        "variants": report.variants,
        "complete": report.complete,
        "notes": report.notes,
        "acceptance": round(report.acceptance, 4),
        "tests": report.tests,
        "guess": {part: round(guess, 4) for part, guess in report.guess.items()},
        "proved": report.proved,
        "equivalents": {
            "proved": sum(each.proved for each in report.equivalents),
            "probable": [str(each) for each in report.equivalents if not each.proved],
        },
        "code": _code_as_data(report.code),
        "problems": len(report.errors),
        "warnings": list(report.warnings),
    }


def _code_as_data(code: Proved | None) -> dict[str, Any] | None:
    if code is None:
        return None
    return {name: getattr(code, name) for name in ("codes", "tests", "faults", "subsets", "guess")}
