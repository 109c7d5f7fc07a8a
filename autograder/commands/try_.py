"""Show one variant of a question, or mark an answer to it."""

from __future__ import annotations

import json as jsonlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from autograder.answers import response_to
from autograder.bank import Bank, load_bank
from autograder.commands.console import ERR, OUT, AsJson, BankFolder, CourseFolder, RunnerWord, Unsafe, prose
from autograder.commands.show import show_key, show_part
from autograder.course import SAMPLE_SECRET
from autograder.errors import AutograderError
from autograder.key import keys_of
from autograder.kinds import INPUTS
from autograder.marking import mark_all
from autograder.model import Key, Mark, Part, Question, written_values
from autograder.observe import Draws, in_order, observe_part
from autograder.resources import bank_folder
from autograder.runs import Runs
from autograder.seeds import seed_of
from autograder.variant import Drawn, draw_values, show, with_given

_DRAWS: Final = Draws(SAMPLE_SECRET, "try")


def try_(
    question: Annotated[
        str | None, typer.Argument(metavar="[QUESTION]", help="The question's id; not needed with --batch.")
    ] = None,
    part: Annotated[str | None, typer.Option(help="The part's id; not needed when there is only one.")] = None,
    seed: Annotated[int, typer.Option(help="Which variant.")] = 0,
    say: Annotated[
        str | None,
        typer.Option(help="An answer to mark, as a candidate would write it; blanks and claims as JSON."),
    ] = None,
    earlier: Annotated[
        list[str] | None,
        typer.Option(help="The same candidate's answer to a part that this one uses, as in a=12; may be repeated."),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(help="A file of JSON lines, each a question or a part with its answer; - for standard input."),
    ] = None,
    json: AsJson = False,
    runner: RunnerWord = "local",
    unsafe: Unsafe = False,
    course: CourseFolder = Path(),
    bank: BankFolder = None,
) -> None:
    """Show one variant of a question, or mark an answer to it.

    With --say, prints the mark as JSON. With --batch, prints a mark a line, in the order of the file. Without either,
    prints the question as a candidate would see it, with its key. Code is run in a jail, as in a real marking.
    """
    folder = bank_folder(course, bank)
    if batch is not None:
        with _runs(runner, unsafe) as runs:
            _batch(batch, folder, runs)
        return
    if question is None:
        raise AutograderError("name a question, or a file with --batch", hint="`tenfold check` lists the questions")
    loaded = _find(load_bank(folder), question)
    values = _values(loaded, seed)
    if say is None:
        _show(loaded, values, json)
        return
    keys = {each.id: key for each, key in zip(loaded.parts, keys_of(loaded, values), strict=True)}
    key = keys[_named(loaded, part)]
    if ERR.is_terminal and key.answer is not None:
        ERR.print(f"{key.ref}, seed {seed}: the key is {key.answer} {key.unit or ''}")
    with _runs(runner, unsafe) as runs:
        typer.echo(_as_json(_marked(keys, key, _read(key, say), _before(earlier or [], keys), runs)))


def _find(bank: Bank, name: str) -> Question:
    if name in bank.questions:
        return bank.questions[name]
    raise AutograderError(f"there is no question {name!r}", hint=f"there is: {', '.join(bank.questions)}")


def _values(question: Question, seed: int) -> Drawn:
    return draw_values(question, seed_of(SAMPLE_SECRET, "try", question.id, seed))


def _named(question: Question, part: str | None) -> str:
    known = [each.id for each in question.parts]
    if part is None and len(known) == 1:
        part = known[0]
    if part not in known:
        raise AutograderError(f"name a part of {question.id} with --part", hint=f"its parts are: {', '.join(known)}")
    return part


def _before(written: list[str], keys: Mapping[str, Key]) -> dict[str, str]:
    earlier = {name.strip(): said for name, _, said in (each.partition("=") for each in written)}
    for name in earlier:
        if name not in keys:
            raise AutograderError(f"there is no part {name!r}", hint=f"write --earlier {next(iter(keys))}=12")
    return earlier


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
        show_part(part)
        show_key(key)


@contextmanager
def _runs(runner: str, unsafe: bool) -> Iterator[Runs]:
    """Keep runs for as long as this command takes: many answers to a part share the runs of its reference."""
    with tempfile.TemporaryDirectory() as folder, Runs(Path(folder), runner, unsafe=unsafe) as runs:
        yield runs


def _read(key: Key, said: str) -> Any:
    """Return what was said on the command line: blanks, claims, letters and rows of a table are written as JSON."""
    told = key.code is not None or key.choice is not None or key.cells
    if told and said.lstrip().startswith(("{", "[")):
        try:
            return jsonlib.loads(said)
        except ValueError:
            return said
    return said


def _marked(keys: Mapping[str, Key], key: Key, said: Any, earlier: Mapping[str, Any], runs: Runs) -> Mark:
    used = [keys[name] for name in earlier if name in keys and keys[name] is not key]
    responses = {keys[name].ref: response_to(keys[name], each) for name, each in earlier.items() if name in keys}
    responses[key.ref] = response_to(key, said)
    seen = observe_part(key, responses[key.ref], _DRAWS, runs)
    return mark_all([*used, key], responses, {} if seen is None else {key.ref: seen})[-1]


def _as_json(marked: Mark) -> str:
    return jsonlib.dumps(marked.model_dump(mode="json"), ensure_ascii=False)


def _batch(path: Path, folder: Path, runs: Runs) -> None:
    failed = False
    for _, (line, problem) in in_order(lambda entry: _batch_line(*entry, runs), _batch_entries(path, folder)):
        failed = failed or problem
        typer.echo(line)
    if failed:
        raise typer.Exit(2)


def _batch_entries(path: Path, folder: Path) -> Iterator[tuple[int, Any, Bank | None]]:
    """Yield each line's number, what it says or the error in it, and the bank if it names a question."""
    bank: Bank | None = None
    # splitlines would also split at U+2028 inside a text
    for number, line in enumerate(_batch_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = jsonlib.loads(line)
            if not isinstance(entry, dict):
                raise ValueError("a line is an object with a question or a part")
            if "question" in entry and bank is None:
                bank = load_bank(folder)
            yield number, entry, bank
        except (ValueError, AutograderError) as error:
            yield number, error, bank


def _batch_line(number: int, entry: Any, bank: Bank | None, runs: Runs) -> tuple[str, bool]:
    """Return the mark of a line as JSON, and whether something was wrong with the line."""
    try:
        if isinstance(entry, Exception):
            raise entry
        keys, key = _batch_keys(entry, bank)
        return _as_json(_marked(keys, key, entry.get("say"), entry.get("earlier") or {}, runs)), False
    except (ValueError, TypeError, KeyError, AttributeError, AutograderError) as error:
        fields = {"state": "error", "reason": "error", "feedback": f"line {number}: {_problem(error)}", "detail": {}}
        return jsonlib.dumps(dict.fromkeys(Mark.model_fields) | fields), True


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


def _batch_keys(entry: dict[str, Any], bank: Bank | None) -> tuple[dict[str, Key], Key]:
    """Return the keys of a line's question by part, and that of the part which is answered."""
    if "question" in entry:
        assert bank is not None
        question = _find(bank, entry["question"])
        values = _values(question, int(entry.get("seed", 0)))
        keys = {part.id: key for part, key in zip(question.parts, keys_of(question, values), strict=True)}
        return keys, keys[_named(question, entry.get("part"))]
    many = entry.get("parts")
    if not isinstance(entry["part"], str if many else dict):
        raise ValueError("a part is an object, or named beside its question or `parts`")
    parts = tuple(_part(written) for written in many or [entry["part"]])
    question = Question(
        id="batch",
        title="",
        topic="",
        text="",
        parts=parts,
        given=entry.get("given", {}),
        files=entry.get("files", {}),
    )
    made = keys_of(question, with_given(question, written_values(entry.get("values", {}))))
    keys = {part.id: key for part, key in zip(parts, made, strict=True)}
    return keys, keys[_named(question, str(entry["part"]) if many else parts[0].id)]


def _part(written: dict[str, Any]) -> Part:
    part = Part.model_validate_json(jsonlib.dumps({"id": "a", "text": "", "points": 1.0, "input": "number"} | written))
    if part.input not in INPUTS:
        raise ValueError(f"there is no input {part.input!r}")
    return part
