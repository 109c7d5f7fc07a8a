"""Show one variant of a question, or mark an answer to it."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from autograder.bank import Bank, load_bank
from autograder.commands.console import ERR, OUT, AsJson, BankFolder, CourseFolder, prose
from autograder.commands.show import show_key
from autograder.course import SAMPLE_SECRET
from autograder.errors import AutograderError
from autograder.key import keys_of
from autograder.kinds import INPUTS
from autograder.marking import mark_part
from autograder.model import Key, Mark, Part, Question, Response, written_values
from autograder.resources import bank_folder
from autograder.seeds import seed_of
from autograder.variant import Drawn, draw_values, show, with_given


def try_(
    question: Annotated[
        str | None, typer.Argument(metavar="[QUESTION]", help="The question's id; not needed with --batch.")
    ] = None,
    part: Annotated[str | None, typer.Option(help="The part's id; not needed when there is only one.")] = None,
    seed: Annotated[int, typer.Option(help="Which variant.")] = 0,
    say: Annotated[str | None, typer.Option(help="An answer to mark, as a candidate would write it.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(help="A file of JSON lines, each a question or a part with its answer; - for standard input."),
    ] = None,
    json: AsJson = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Show one variant of a question, or mark an answer to it.

    With --say, prints the mark as JSON. With --batch, prints a mark a line, in the order of the file. Without either,
    prints the question as a candidate would see it, with its key.
    """
    folder = bank_folder(course, bank)
    if batch is not None:
        _batch(batch, folder)
        return
    if question is None:
        raise AutograderError("name a question, or a file with --batch", hint="`tenfold check` lists the questions")
    loaded = _find(load_bank(folder), question)
    values = _values(loaded, seed)
    if say is None:
        _show(loaded, values, json)
        return
    key = _key(loaded, values, part)
    if ERR.is_terminal:
        ERR.print(f"{key.ref}, seed {seed}: the key is {key.answer} {key.unit or ''}")
    typer.echo(_as_json(_marked(key, say)))


def _find(bank: Bank, name: str) -> Question:
    if name in bank.questions:
        return bank.questions[name]
    raise AutograderError(f"there is no question {name!r}", hint=f"there is: {', '.join(bank.questions)}")


def _values(question: Question, seed: int) -> Drawn:
    return draw_values(question, seed_of(SAMPLE_SECRET, "try", question.id, seed))


def _key(question: Question, values: Drawn, part: str | None) -> Key:
    known = [each.id for each in question.parts]
    if part is None and len(known) == 1:
        part = known[0]
    if part not in known:
        raise AutograderError(f"name a part of {question.id} with --part", hint=f"its parts are: {', '.join(known)}")
    return keys_of(question, values)[known.index(part)]


def _show(question: Question, values: Drawn, json: bool) -> None:
    variant, keys = show(question, values), keys_of(question, values, solutions=True)
    if json:
        typer.echo(
            f'{{"variant":{variant.model_dump_json()},"keys":[{",".join(key.model_dump_json() for key in keys)}]}}'
        )
        return
    OUT.rule(f"{question.id}: {question.title}", align="left")
    OUT.print(prose(variant.text))
    for part, key in zip(variant.parts, keys, strict=True):
        OUT.print(f"\n[bold]{part.id}[/bold] ({part.points:g} points)")
        OUT.print(prose(part.text))
        show_key(key)


def _marked(key: Key, said: Any) -> Mark:
    if said is None or said == "":
        return mark_part(key, Response(ref=key.ref, state="blank"), None)
    if isinstance(said, list | dict | bool):
        return mark_part(key, Response(ref=key.ref, state="unreadable", hint="One number was expected here."), None)
    return mark_part(key, Response.model_construct(ref=key.ref, state="given", value=said, source="", hint=""), None)


def _as_json(marked: Mark) -> str:
    return jsonlib.dumps(marked.model_dump(mode="json"), ensure_ascii=False)


def _batch(path: Path, folder: Path) -> None:
    bank: Bank | None = None
    failed = False
    for number, line in enumerate(
        _batch_text(path).split("\n"), 1
    ):  # splitlines would also split at U+2028 inside a text
        if not line.strip():
            continue
        try:
            entry = jsonlib.loads(line)
            if not isinstance(entry, dict):
                raise ValueError("a line is an object with a question or a part")
            if "question" in entry and bank is None:
                bank = load_bank(folder)
            typer.echo(_as_json(_marked(_batch_key(entry, bank), entry.get("say"))))
        except (ValueError, TypeError, KeyError, AttributeError, AutograderError) as error:
            failed = True
            typer.echo(
                jsonlib.dumps(
                    {
                        "ref": None,
                        "state": "error",
                        "score": None,
                        "points": None,
                        "reason": "error",
                        "read": None,
                        "feedback": f"line {number}: {_problem(error)}",
                        "detail": {},
                    }
                )
            )
    if failed:
        raise typer.Exit(2)


def _batch_text(path: Path) -> str:
    if str(path) == "-":
        return typer.get_text_stream("stdin").read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise AutograderError(
            f"the batch cannot be read: {reason}", where=str(path), hint="write a JSON object a line"
        ) from None


def _problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"
    return str(error) if not isinstance(error, KeyError) else f"the field {error} is missing"


def _batch_key(entry: dict[str, Any], bank: Bank | None) -> Key:
    if "question" in entry:
        assert bank is not None
        question = _find(bank, entry["question"])
        return _key(question, _values(question, int(entry.get("seed", 0))), entry.get("part"))
    if not isinstance(entry["part"], dict):
        raise ValueError("a part is an object, or named beside its question")
    written = {"id": "a", "text": "", "points": 1.0, "input": "number"} | entry["part"]
    part = Part.model_validate_json(jsonlib.dumps(written))
    if part.input not in INPUTS:
        raise ValueError(f"there is no input {part.input!r}")
    question = Question(id="batch", title="", topic="", text="", parts=(part,), given=entry.get("given", {}))
    return keys_of(question, with_given(question, written_values(entry.get("values", {}))))[0]
