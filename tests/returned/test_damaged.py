"""A class whose files went through everything that files go through: none stops the run, what can be read is marked."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from autograder.pipeline import Marked
from autograder.render import render
from tests.conftest import Ran, TinyCourse

Cells = list[dict[str, Any]]
Alter = Callable[[bytes], dict[str, bytes]]
"""From a good notebook, worth all 5 points, to the files that lie in the folder instead."""

FULL = 5.0
SUM, RATIO, SQUARE = 2.0, 2.0, 1.0


def cells(change: Callable[[Cells], object]) -> Alter:
    def alter(good: bytes) -> dict[str, bytes]:
        notebook = json.loads(good)
        change(notebook["cells"])
        return {"tiny.ipynb": json.dumps(notebook).encode()}

    return alter


def sources(change: Callable[[str], str]) -> Alter:
    """Change what stands in the answer cells."""

    def alter(all: Cells) -> None:
        for cell in all:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                cell["source"] = change(cell["source"])

    return cells(alter)


def top(**fields: Any) -> Alter:
    return lambda good: {"tiny.ipynb": json.dumps(json.loads(good) | fields).encode()}


def content(change: Callable[[bytes], bytes]) -> Alter:
    return lambda good: {"tiny.ipynb": change(good)}


def named(cells: Cells, name: str) -> dict[str, Any]:
    return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def swap(cells: Cells) -> None:
    a, b = cells.index(named(cells, "adder-sum")), cells.index(named(cells, "small-a"))
    cells[a], cells[b] = cells[b], cells[a]


def strip_and_swap(cells: Cells) -> None:
    swap(cells)
    for cell in cells:
        cell.update(metadata={}, id="x")


def format_3(good: bytes) -> dict[str, bytes]:
    old = [dict(cell) for cell in json.loads(good)["cells"]]
    for cell in old:
        if cell["cell_type"] == "code":
            cell["input"], cell["language"] = cell.pop("source"), "python"
    content = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": old}]}
    return {"tiny.ipynb": json.dumps(content).encode()}


def archive(*files: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files:
            file.writestr(name, content)
    return made.getvalue()


def broken_off(good: bytes) -> bytes:
    """The first two parts are whole, the third part's cell is cut through."""
    return good[: good.index(b"small_a = ") + 3]


def conflict(good: bytes) -> bytes:
    """What a merge leaves behind, within the cell of the first part only."""
    line = b"\n<<<<<<< HEAD\n"
    at = good.index(b"adder_sum = ")
    return good[:at] + line + good[at:]


def bomb() -> bytes:
    return archive(("tiny.ipynb", b"[" * (80 << 20)))


def yaml_of(good: bytes) -> bytes:
    answers = {}
    for cell in json.loads(good)["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name.endswith("_answer"):
            answers[name.removesuffix("_answer")] = cell["source"].partition(" = ")[2]
    return json.dumps({"paper": json.loads(good)["metadata"]["tenfold"]["code"], "answers": answers}).encode()


def untouched(good: bytes) -> bytes:
    notebook = json.loads(good)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = cell["source"].partition(" = ")[0] + " = ..."
    return json.dumps(notebook).encode()


class Case(NamedTuple):
    alter: Alter
    score: float | None
    says: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


HUGE_OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["x" * (1 << 20)] * 50}

CASES = {
    "as handed out": Case(content(lambda good: good), FULL),
    # edited
    "a locked cell edited": Case(
        cells(lambda all: named(all, "adder-sum").update(source="2.0")), FULL, ("locked cells were edited: adder-sum",)
    ),
    "points changed": Case(
        cells(lambda all: named(all, "adder-sum")["metadata"]["nbgrader"].update(points=200)),
        FULL,
        ("points of cells were changed, which has no effect: adder-sum",),
    ),
    "points as text": Case(
        cells(lambda all: named(all, "adder-sum")["metadata"]["nbgrader"].update(points="200", locked=False)), FULL
    ),
    "a cell twice": Case(
        cells(lambda all: all.append(named(all, "small-a_answer") | {"source": "small_a = 1"})),
        FULL - SQUARE,
        ("more than once, and the last counts: small-a_answer",),
    ),
    "an answer cell gone": Case(
        cells(lambda all: all.remove(named(all, "small-a_answer"))), FULL - SQUARE, ("missing: small-a_answer",)
    ),
    "a check cell gone": Case(cells(lambda all: all.remove(named(all, "small-a"))), FULL, ("missing: small-a",)),
    "another order": Case(cells(swap), FULL, ("another order",)),
    "no metadata, ids kept": Case(cells(lambda all: [cell.update(metadata={}) for cell in all]), FULL),
    "neither metadata nor ids": Case(cells(lambda all: [cell.update(metadata={}, id="x") for cell in all]), FULL),
    "neither, and moved": Case(cells(strip_and_swap), FULL, ("locked cells were edited: adder-sum, small-a",)),
    "other names": Case(
        sources(lambda text: f"my_{text}"), FULL, ("assigned nowhere", "adder_sum, adder_ratio, small_a")
    ),
    "no names": Case(sources(lambda text: "x = 1\n" + text.partition(" = ")[2]), FULL, ("assigned nowhere",)),
    "a working beside": Case(sources(lambda text: "# working\nN = 12\n" + text), FULL),
    "R": Case(sources(lambda text: text.replace(" = ", " <- ")), FULL),
    "timed": Case(sources(lambda text: "%time " + text), FULL),
    "an answer turned into text": Case(
        cells(lambda all: named(all, "small-a_answer").update(cell_type="markdown")), FULL, ("no longer code",)
    ),
    "lines end as on Windows": Case(
        cells(lambda all: [cell.update(source=cell["source"].replace("\n", "\r\n")) for cell in all]), FULL
    ),
    "sources as lists": Case(
        cells(lambda all: [cell.update(source=cell["source"].splitlines(keepends=True)) for cell in all]), FULL
    ),
    "50 MB of outputs": Case(cells(lambda all: named(all, "small-a_answer").update(outputs=[HUGE_OUTPUT])), FULL),
    "outputs of no kind": Case(cells(lambda all: named(all, "small-a_answer").update(outputs=[3, {"text": 7}])), FULL),
    "cells of no kind": Case(cells(lambda all: all.extend([3, None, [], {}])), FULL),  # type: ignore[list-item]
    "metadata of no kind": Case(cells(lambda all: all.append({"cell_type": "code", "metadata": 7})), FULL),
    # formats
    "format 3": Case(format_3, FULL, ("says format 3",)),
    "format 5": Case(top(nbformat=5), FULL, ("says format 5",)),
    "format as text": Case(top(nbformat="4"), FULL, ("says format '4'",)),
    "no format": Case(top(nbformat=None), FULL, ("says format None",)),
    "metadata as text": Case(top(metadata="x"), FULL),
    "no cells": Case(top(cells=[]), 0.0, ("cells are missing",)),
    "cells as a mapping": Case(top(cells={"a": 1}), None, ("not a Jupyter notebook",)),
    # codes
    "an unknown code": Case(top(metadata={"tenfold": {"code": "ZZZZZZZZZZ"}}), FULL, ("carries the paper code ZZZ",)),
    "a code that is a number": Case(top(metadata={"tenfold": {"code": 7}}), FULL),
    # bytes
    "a byte order mark": Case(content(lambda good: b"\xef\xbb\xbf" + good), FULL),
    "UTF-16": Case(content(lambda good: good.decode().encode("utf-16")), FULL),
    "UTF-32": Case(content(lambda good: good.decode().encode("utf-32")), FULL),
    "Latin-1": Case(
        content(lambda good: good.replace(b'"# Tiny', b'"# T\xefny', 1)), FULL, ("not in Unicode throughout",)
    ),
    "empty": Case(content(lambda good: b""), None, ("the file is empty",)),
    "blanks": Case(content(lambda good: b" \n\0\n"), None, ("the file is empty",)),
    "noise": Case(content(lambda good: bytes(range(256)) * 99), None, ("not a Jupyter notebook",)),
    "a web page": Case(content(lambda good: b"<!DOCTYPE html><title>Log in</title>"), None, ("but a web page",)),
    "JSON of something else": Case(content(lambda good: b'{"answers": 3}'), None, ("not a Jupyter notebook",)),
    "a text": Case(content(lambda good: b'"adder_sum = 3"'), None, ("not a Jupyter notebook",)),
    "brackets": Case(content(lambda good: b"[" * 1_000_000), None, ("not a Jupyter notebook",)),
    "objects": Case(content(lambda good: b'{"cells": ' * 100_000), None, ("not a Jupyter notebook",)),
    "unclosed cells": Case(content(lambda good: b'{"cell_type": "' * 300_000), None, ("not a Jupyter notebook",)),
    "broken off": Case(content(broken_off), SUM + RATIO, ("damaged", "cells could be read whole"), manual=("small-a",)),
    "a merge conflict": Case(content(conflict), FULL),
    "a comma too many": Case(content(lambda good: good.replace(b"}, {", b"},, {", 1)), FULL, ("damaged",)),
    "the beginning lost": Case(content(lambda good: good[12:]), FULL, ("damaged",)),
    # archives
    "a zip named .ipynb": Case(
        content(lambda good: archive(("a/tiny.ipynb", good), ("__MACOSX/._tiny.ipynb", b"x"))), FULL, ("an archive",)
    ),
    "a zip beside": Case(lambda good: {"hand in.zip": archive(("x.ipynb", good))}, FULL, ("read from hand in.zip",)),
    "a zip in a zip": Case(
        content(lambda good: archive(("a.ipynb", archive(("b.ipynb", good))))), None, ("without exactly one notebook",)
    ),
    "a zip of two": Case(
        content(lambda good: archive(("a.ipynb", good), ("b.ipynb", good))), None, ("without exactly one notebook",)
    ),
    "a zip bomb": Case(content(lambda good: bomb()), None, ("without exactly one notebook",)),
    "half a zip": Case(content(lambda good: archive(("a.ipynb", good))[:300]), None, ("without exactly one notebook",)),
    # more than anybody needs
    "half a million cells": Case(cells(lambda all: all.extend([{}] * 500_000)), FULL, ("only its first 5000 cells",)),
    "megabytes of code": Case(
        cells(lambda all: all.extend([{"cell_type": "code", "source": "x = 1\n" * 15_000}] * 300)),
        FULL,
        ("far larger than was handed out",),
    ),
    "a code for the terminal": Case(
        top(metadata={"tenfold": {"code": "\x1b[2J" + "x" * 9_000_000}}), FULL, ("the paper code ?[2Jxxx",)
    ),
    "many files": Case(
        lambda good: {"tiny.ipynb": good} | {f"{number}.ipynb": good for number in range(30)},
        FULL,
        ("more files than the 20",),
    ),
    "a name for the terminal": Case(lambda good: {"\x1b[2J.ipynb": good}, FULL, ("read from ?[2J.ipynb",)),
    "a name of no letters": Case(lambda good: {"\udcff.ipynb": good}, None, ("?.ipynb: the file's name is not",)),
    # files
    "another name": Case(lambda good: {"Tiny exam (1).ipynb": good}, FULL, ("read from Tiny exam (1).ipynb",)),
    "capitals": Case(lambda good: {"TINY.IPYNB": good}, FULL, ("read from TINY.IPYNB",)),
    "a text file": Case(lambda good: {"tiny.ipynb.txt": good}, FULL, ("read from tiny.ipynb.txt",)),
    "a folder below": Case(lambda good: {"tiny/tiny.ipynb": good}, FULL, ("read from tiny/tiny.ipynb",)),
    "two names": Case(
        lambda good: {"tiny.ipynb": good, "copy.ipynb": untouched(good)}, FULL, ("copy.ipynb lies beside tiny.ipynb",)
    ),
    "the other one is answered": Case(
        lambda good: {"tiny.ipynb": untouched(good), "copy.ipynb": good},
        FULL,
        ("read from copy.ipynb", "tiny.ipynb lies beside copy.ipynb"),
    ),
    "one of two damaged": Case(
        lambda good: {"tiny.ipynb": b"", "copy.ipynb": good}, FULL, ("tiny.ipynb: the file is empty", "copy.ipynb")
    ),
    "answers beside": Case(
        lambda good: {"tiny.ipynb": good, "answers.yaml": b"answers: {small-a: 7}"},
        FULL,
        ("answers.yaml lies beside tiny.ipynb and was not marked",),
    ),
    "answers beside an empty notebook": Case(
        lambda good: {"tiny.ipynb": untouched(good), "answers.yaml": yaml_of(good)},
        FULL,
        ("tiny.ipynb lies beside answers.yaml",),
    ),
    "answers beside a damaged notebook": Case(
        lambda good: {"tiny.ipynb": b"{", "answers.yaml": yaml_of(good)}, FULL, ("tiny.ipynb: this is not",)
    ),
    "both damaged": Case(
        lambda good: {"tiny.ipynb": b"{", "answers.yaml": b"answers: ["}, None, ("tiny.ipynb: ", "answers.yaml: ")
    ),
    "answers in UTF-16": Case(lambda good: {"answers.yaml": yaml_of(good).decode().encode("utf-16")}, FULL),
    "answers with a mark": Case(lambda good: {"answers.yml": b"\xef\xbb\xbf" + yaml_of(good)}, FULL),
    "answers by their variables": Case(
        lambda good: {"answers.yaml": yaml_of(good).replace(b"adder-", b"adder_").replace(b"small-", b"small_")}, FULL
    ),
    "answers in lists of one": Case(
        lambda good: {"answers.yaml": re.sub(rb'("\S+-\S+": )("[^"]*")', rb"\1[\2]", yaml_of(good))}, FULL
    ),
    "answers behind tabs": Case(
        lambda good: {
            "answers.yaml": b"answers:\n"
            + b"".join(
                b"\t%s: %s\n" % (name.encode(), said.encode())
                for name, said in json.loads(yaml_of(good))["answers"].items()
            )
        },
        FULL,
        ("carries no paper code",),
    ),
    "an unknown part": Case(
        lambda good: {"answers.yaml": yaml_of(good).replace(b'"small-a"', b'"small-b"')},
        FULL - SQUARE,
        ("'small-b' is not the name of a part",),
    ),
    "other things beside": Case(
        lambda good: {"tiny.ipynb": good, "timestamp.txt": b"2026-12-01 10:00:00 UTC", "plot.png": b"x", "n.txt": b"x"},
        FULL,
    ),
    "nothing of ours": Case(lambda good: {"plot.png": b"x"}, None, ("no file that could be a submission",)),
}


@pytest.fixture
def sitting(tiny: TinyCourse) -> Callable[[Alter], Marked]:
    """Hand in, for one candidate of two, what a case makes of a good notebook, and mark it."""

    def sit(alter: Alter) -> Marked:
        good = good_notebook(tiny)
        folder = tiny.course.root / "submitted" / "ada" / "tiny"
        (folder / "tiny.ipynb").unlink()
        for name, content in alter(good).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        marked = tiny.mark()
        assert [each.candidate for each in marked] == ["ada", "ben"], "everybody else is marked all the same"
        assert marked[1].sheet is not None
        return marked[0]

    return sit


def good_notebook(tiny: TinyCourse) -> bytes:
    tiny.set("ada", "ben")
    values = tiny.papers()["ada"].variants()
    a, b, n = values[0].values["a"], values[0].values["b"], values[1].values["n"]
    answers = {"adder-sum": f"adder_sum = {a} + {b}", "adder-ratio": f"adder_ratio = {b} / {a}"}
    good = tiny.hand_in("ada", answers | {"small-a": f"small_a = {n}**2"}).read_bytes()
    tiny.hand_in("ben", {})
    return good


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_table(case: Case, sitting: Callable[[Alter], Marked]) -> None:
    marked = sitting(case.alter)
    if case.score is None:
        assert marked.sheet is None
        assert not marked.complete
    else:
        assert marked.sheet is not None, marked.problems
        assert marked.sheet.score == case.score, marked
        assert tuple(mark.ref for mark in marked.sheet.marks if mark.state == "manual") == case.manual
        assert marked.complete
    said = "\n".join(marked.problems)
    for words in case.says:
        assert words in said
    assert bool(marked.problems) == bool(case.says) or not case.says
    if case is CASES["as handed out"]:
        assert marked.problems == ()


def test_links_are_not_followed(tiny: TinyCourse) -> None:
    good = good_notebook(tiny)
    folder = tiny.course.root / "submitted" / "ada" / "tiny"
    (folder / "tiny.ipynb").unlink()
    os.symlink(folder.parents[1] / "ben" / "tiny" / "tiny.ipynb", folder / "tiny.ipynb")
    os.symlink(folder.parents[1] / "ben" / "tiny", folder / "inner")
    [ada, _] = tiny.mark()
    assert ada.sheet is None
    assert any("a link" in problem for problem in ada.problems)
    (folder / "mine.ipynb").write_bytes(good)
    [ada, _] = tiny.mark()
    assert ada.sheet is not None
    assert ada.sheet.score == FULL


def test_a_file_that_may_not_be_read_and_a_folder_named_like_one(tiny: TinyCourse) -> None:
    good_notebook(tiny)
    path = tiny.course.root / "submitted" / "ada" / "tiny" / "tiny.ipynb"
    path.unlink()
    path.mkdir()
    [ada, ben] = tiny.mark()
    assert ada.sheet is None
    assert ben.sheet is not None
    assert any("no file that could be a submission" in problem for problem in ada.problems)


def test_marks_of_a_file_that_is_gone_do_not_stay(tiny: TinyCourse) -> None:
    good_notebook(tiny)
    tiny.mark()
    saved = tiny.course.marks("tiny", "ada")
    assert saved.is_file()
    (tiny.course.root / "submitted" / "ada" / "tiny" / "tiny.ipynb").write_bytes(b"")
    tiny.mark()
    assert not saved.exists()


def test_another_candidates_paper_is_named(tiny: TinyCourse) -> None:
    tiny.set("ada", "ben")
    tiny.hand_in("ada", {}, paper=tiny.papers()["ben"])
    [ada] = tiny.mark()
    assert any(problem.endswith("was dealt to ben") for problem in ada.problems)
    assert ada.sheet is not None
    assert not any("ben" in flag for flag in ada.sheet.flags), "who else it is stays between staff"


def test_templates_that_changed_since_are_no_edit(tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.course.root)
    good_notebook(tiny)
    paper = tiny.papers()["ada"]
    render(paper, "notebook", tiny.course.handout("tiny", paper.code))
    folder = tiny.course.root / "templates" / "notebook"
    folder.mkdir(parents=True)
    (folder / "check.py.jinja").write_text("print('[= variable =]')\n")
    [ada, ben] = tiny.mark()
    assert not any("edited" in problem for problem in ada.problems)
    assert any("edited" in problem for problem in ben.problems), "there is nothing to tell by"


def test_the_staff_list_says_who_and_what_and_the_exit_code_that_something_is_left(
    tiny: TinyCourse, tenfold: Callable[..., Ran]
) -> None:
    good_notebook(tiny)
    tiny.set("ada", "ben", "cleo")
    assert tenfold("mark", "tiny", "--course", tiny.course.root).code == 0
    path: Path = tiny.course.root / "submitted" / "ada" / "tiny" / "tiny.ipynb"
    path.write_bytes(b"")
    ran = tenfold("mark", "tiny", "--course", tiny.course.root)
    assert ran.code == 1
    shown = " ".join(ran.out.split())
    assert "1 handed in nothing: cleo" in shown
    assert "ada │ │ no marks │ tiny.ipynb: the file is empty" in shown


def test_marks_of_what_was_taken_away_go(tiny: TinyCourse) -> None:
    good_notebook(tiny)
    assert [result.candidate for result in tiny.mark() if result.sheet] == ["ada", "ben"]
    shutil.rmtree(tiny.course.root / "submitted" / "ben")
    ada, ben = tiny.mark()
    assert ada.sheet is not None
    assert (ben.candidate, ben.sheet, ben.complete) == ("ben", None, False)
    assert "no longer in submitted/" in ben.problems[0]
    assert not tiny.course.marks("tiny", "ben").exists()
    assert [result.candidate for result in tiny.mark()] == ["ada"], "told once"
