"""The command `tenfold`: names and help only; what a verb does is loaded when it is called."""

from __future__ import annotations

import gc
import importlib
import sys
import traceback
from typing import Any, Final

import typer
from typer.core import TyperGroup

from autograder.errors import AutograderError

VERBS: Final = {
    "new": "Start a course in an empty folder: configuration, secret, one exam, one question, a roster.",
    "check": "Find everything wrong with the bank and its exams, and mark every question's own tests.",
    "try": "Show one variant of a question, or mark an answer to it.",
    "set": "Deal every candidate a paper of their own; those who have one keep it.",
    "render": "Write the handouts, and nbgrader's source and release.",
    "mark": "Read what was returned, run its code in a jail, and mark it.",
    "rubric": "Write the answers that a person marks as a table, or read the marked table back.",
    "post": "Post the marks to nbgrader's gradebook and as CSV.",
    "run": "Mark and post.",
    "feedback": "Write a page for every candidate: what they answered, what it earned and why.",
    "stats": "Say how hard and telling each part was, and whether the variants were equally hard.",
    "grade": "Mark one returned file and report it as GitHub Actions, Classroom 50, Gradescope or a person wants it.",
    "classroom": "Make a template repository in which students practise an exam and are marked on each push.",
    "show": "Show a candidate's paper with its key, for staff.",
    "doctor": "Say what is installed, what this course has, and what to do about the rest.",
    "schema": "Print the JSON Schema of question and exam files, for editors.",
}
"""Every verb and its line of help; the file is `commands/<verb>.py`, or `<verb>_.py` where Python keeps the word."""

EPILOG: Final = "Start with `tenfold new mycourse`. Exit codes: 0 fine, 1 findings, 2 yours to mend, 3 a bug."


class _Verbs(TyperGroup):
    """A group that imports a verb's file when the verb is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in VERBS:
            return None
        name = f"{cmd_name}_" if cmd_name in ("try",) else cmd_name
        module = importlib.import_module(f"autograder.commands.{name}")
        app = typer.Typer(add_completion=False)
        app.command(name=cmd_name, help=module.__doc__)(getattr(module, name))
        return typer.main.get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


app = typer.Typer(cls=_Verbs, add_completion=False, rich_markup_mode=None, no_args_is_help=True, epilog=EPILOG)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(importlib.import_module("autograder").__version__)
        raise typer.Exit


@app.callback()
def _tenfold(
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop.", callback=_print_version, is_eager=True
    ),
) -> None:
    """Examinations in deep learning that set themselves, mark themselves, and can be trusted."""


def collect_seldom() -> None:
    """Let Python look for cycles seldom: papers and marks hold none, and looking takes an eighth of setting an exam."""
    gc.set_threshold(100_000, 20, 20)


def main() -> None:
    """Run the command line; every error a user can mend is printed without a traceback."""
    collect_seldom()
    try:
        app(prog_name="tenfold")
    except AutograderError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except Exception:
        traceback.print_exc()
        typer.echo("This is a bug in tenfold: please report the lines above.", err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
