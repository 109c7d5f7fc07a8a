"""Choices on their way through a course: set, rendered, handed in, marked; and what must not change on that way."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import AutograderError
from autograder.model import Key, Mark, Paper, Submission
from autograder.pipeline import keys_of_paper
from autograder.render import render
from autograder.store import read_record
from autograder.submission import read_submission
from tests.conftest import TinyCourse, write_bank

QUIZ = """\
id: quiz
title: A quiz
topic: sums
stars: 1
text: ""
parts:
  - id: one
    text: Which one?
    input: choice
    points: 1
    options:
      - {id: right_one, text: The right one, right: true}
      - {id: second, text: A wrong one, say: SAID of the second}
      - {id: third, text: Another wrong one}
      - {id: none_of, text: None of these, pin: true}
  - id: many
    text: Which ones?
    input: multi
    points: 2
    options:
      - {text: first, right: true}
      - {text: second, right: true}
      - {text: third, right: true}
      - {text: fourth}
      - {text: fifth}
      - {text: sixth}
    draw: {total: 5, right: 2, wrong: 2}
    grader: {choice: {scheme: net}}
  - {id: truth, text: Is it so?, input: truefalse, points: 1, answer: true}
  - {id: order, text: In which order?, input: ordering, points: 2, items: [walk, eat, run]}
  - {id: match, text: What belongs together?, input: matching, points: 1, pairs: [[P, x], [Q, y], [null, z]]}
"""
EXAM = """\
exam: quiz_exam
title: Quiz
points: 7
sample: true
sections: [{title: Everything, questions: [{id: quiz}]}]
"""
CLASS = tuple(f"c{number:03d}" for number in range(12))


@pytest.fixture
def quiz(tiny: TinyCourse) -> TinyCourse:
    write_bank(tiny.bank, QUIZ, quiz_exam=EXAM)
    tiny.set(*CLASS, exam="quiz_exam")
    return tiny


def keys(quiz: TinyCourse, paper: Paper) -> dict[str, Key]:
    return {key.ref.partition("-")[2]: key for key in keys_of_paper(quiz.open("quiz_exam"), paper)}


def right(key: Key) -> Any:
    assert key.choice is not None
    letters = list(key.choice.expected)
    if key.input == "matching":
        return dict(enumerate(letters, 1))
    return letters[0] == "True" if key.input == "truefalse" else letters[0] if key.input == "choice" else letters


def marks(quiz: TinyCourse) -> dict[str, dict[str, Mark]]:
    return {
        each.candidate: {mark.ref.partition("-")[2]: mark for mark in each.sheet.marks}
        for each in quiz.mark("quiz_exam")
        if each.sheet is not None
    }


def test_everybody_has_options_of_their_own_and_the_right_letters_earn_everything(quiz: TinyCourse) -> None:
    papers = quiz.papers("quiz_exam")
    for candidate, paper in papers.items():
        found = keys(quiz, paper)
        quiz.hand_in(
            candidate, {f"quiz-{name}": f"quiz_{name} = {right(key)!r}" for name, key in found.items()}, "quiz_exam"
        )
    assert all(
        (mark.reason, mark.score) == ("right", mark.points) for each in marks(quiz).values() for mark in each.values()
    )
    for name in ("one", "many", "order"):
        shown = {next(part.options for part in paper.parts() if part.id == name) for paper in papers.values()}
        assert len(shown) > 3, f"the options of {name} stand in different orders"
        assert len({len(options) for options in shown}) == 1
    pinned = {part.options[3] for paper in papers.values() for part in paper.parts() if part.id == "one"}
    assert pinned == {"None of these"}


@pytest.mark.parametrize(
    ("part", "written", "reason"),
    [
        ("one", "quiz_one = {letter}", "right"),  # without quotation marks
        ("one", "quiz_one = '({letter})'", "right"),
        ("one", "quiz_one = ['{letter}']", "right"),
        ("one", "quiz_one = {{'{letter}'}}", "right"),
        ("one", "quiz_one = '{lower}'  # I am sure", "right"),
        ("one", "answer = '{letter}'\nquiz_one = answer", "right"),
        ("one", "{letter}", "right"),
        ("one", "'{letter}'", "right"),
        ("one", "quiz_one = {letter})", "right"),
        ("one", "quiz_one = 'Z'", "invalid"),
        ("one", "quiz_one = 3", "unreadable"),
        ("one", "quiz_one = 10**5000", "unreadable"),
        ("one", "quiz_one = None", "blank"),
        ("one", "quiz_one = ...", "blank"),
        ("one", "quiz_one = ask()", "to_mark"),
        ("many", "quiz_many = ('{letters[0]}', '{letters[1]}')", "partial"),
        ("many", "quiz_many = {letters[0]}, {letters[1]}", "partial"),
        ("many", "quiz_many = []", "blank"),
        ("many", "quiz_many = sorted(['{letters[0]}', '{letters[1]}'])", "partial"),
        ("many", "quiz_many = []\nquiz_many.append('{letters[0]}')", "partial"),
        ("truth", "quiz_truth = True", "right"),
        ("truth", "quiz_truth = 'yes'", "right"),
        ("truth", "quiz_truth = False", "wrong"),
        ("truth", "quiz_truth = 1", "unreadable"),
        ("order", "quiz_order = {order}", "right"),
        ("order", "quiz_order = ' > '.join({order})", "right"),
        ("order", "quiz_order = set({order})", "to_mark"),
        ("order", "quiz_order = {{'A', 'B', 'C'}}", "unreadable"),
        ("order", "quiz_order = ['A', 'B']", "invalid"),
        ("match", "quiz_match = {match}", "right"),
        ("match", "quiz_match = list({match}.items())", "right"),
        ("match", "quiz_match = dict({match})", "right"),
        ("match", "quiz_match = {{'P': '{first}'}}", "partial"),
        ("match", "quiz_match = [(1, '{first}')]", "partial"),
        ("match", "quiz_match = {{7: 'A'}}", "invalid"),
    ],
)  # fmt: skip
def test_what_a_cell_says(quiz: TinyCourse, part: str, written: str, reason: str) -> None:
    found = keys(quiz, quiz.papers("quiz_exam")["c000"])
    letters = {name: right(key) for name, key in found.items()}
    # of the letters that are right, so many as are right in every variant
    said = written.format(
        letter=letters["one"], lower=letters["one"].lower(), letters=letters["many"], order=letters["order"],
        match=letters["match"], first=letters["match"][1],
    )  # fmt: skip
    quiz.hand_in("c000", {f"quiz-{part}": said}, "quiz_exam")
    mark = marks(quiz)["c000"][part]
    if reason == "partial" and len(letters.get(part, "")) == 2 and part == "many" and "append" not in said:
        reason = "right"
    assert mark.reason == reason, mark
    assert (mark.state == "manual") == (reason == "to_mark")


@pytest.mark.parametrize(
    ("part", "said", "reason"),
    [
        ("one", "'{one}'", "right"),
        ("one", "{one}", "right"),
        ("one", "[{one}]", "right"),
        ("one", "{{A: x}}", "unreadable"),
        ("one", "z", "invalid"),
        ("one", "''", "blank"),
        ("many", "{many}", "right"),
        ("many", "A, B, C, D, E, F", "invalid"),
        ("many", "[]", "blank"),
        ("truth", "true", "right"),
        ("truth", "No", "wrong"),
        ("order", "{order}", "right"),
        ("order", "A", "invalid"),
        ("match", "{match}", "right"),
        ("match", "{{P: {first}}}", "partial"),
        ("match", "{{1: A, P: B}}", "invalid"),
        ("match", "{{1: [[[A]]]}}", "unreadable"),
    ],
)
def test_an_answers_file(quiz: TinyCourse, part: str, said: str, reason: str) -> None:
    paper = quiz.papers("quiz_exam")["c000"]
    letters = {name: right(key) for name, key in keys(quiz, paper).items()}
    folder = quiz.course.root / "submitted" / "c000" / "quiz_exam"
    folder.mkdir(parents=True)
    written = said.format(first=letters["match"][1], **letters)
    (folder / "answers.yaml").write_text(f"paper: {paper.code}\nanswers:\n  quiz-{part}: {written}\n")
    found = marks(quiz)["c000"]
    assert found.pop(part).reason == reason
    assert {mark.reason for mark in found.values()} == {"blank"}


def test_marking_again_draws_nothing_anew(quiz: TinyCourse) -> None:
    papers = quiz.papers("quiz_exam")
    before = {name: keys(quiz, paper) for name, paper in papers.items()}
    mended = QUIZ.replace("The right one, right: true", "The right one").replace(
        "A wrong one,", "A wrong one, right: true,"
    )
    mended = mended.replace("[walk, eat, run]", "[eat, walk, run]").replace("[[P, x], [Q, y]", "[[P, y], [Q, x]")
    assert mended != QUIZ
    write_bank(quiz.bank, mended)
    for name, paper in papers.items():
        after = keys(quiz, paper)
        for part, key in after.items():
            old = before[name][part].choice
            assert key.choice is not None
            assert old is not None
            assert [option.text for option in key.choice.options] == [option.text for option in old.options]
            assert (key.choice.expected != old.expected) == (part in ("one", "order", "match"))


@pytest.mark.parametrize(
    ("old", "new"), [("A wrong one", "A worse one"), ("      - {text: sixth}\n", ""), ("eat, run", "sleep, run")]
)
def test_what_was_printed_may_not_change(quiz: TinyCourse, old: str, new: str) -> None:
    write_bank(quiz.bank, QUIZ.replace(old, new))
    with pytest.raises(AutograderError, match="is not the one the papers were set with"):
        quiz.mark("quiz_exam")


def test_cells_that_nbgrader_overwrites_are_the_same_for_everybody(quiz: TinyCourse, tmp_path: Path) -> None:
    made: dict[str, set[str]] = {}
    for candidate, paper in quiz.papers("quiz_exam").items():
        [path] = render(paper, "notebook", tmp_path / candidate)
        for cell in json.loads(path.read_text())["cells"]:
            if "nbgrader" in cell["metadata"]:
                made.setdefault(cell["id"], set()).add(json.dumps(cell))
    assert len(made) == 10
    assert all(len(cells) == 1 for cells in made.values())


def test_the_staff_copy_has_the_letters_and_the_candidates_none(quiz: TinyCourse, tmp_path: Path) -> None:
    paper = quiz.papers("quiz_exam")["c000"]
    found = keys_of_paper(quiz.open("quiz_exam"), paper)
    [staff] = render(paper, "notebook", tmp_path / "staff", found)
    [own] = render(paper, "notebook", tmp_path / "own")
    region = re.compile("### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(staff.read_text())["cells"]}
    solved = {name: region.search(source) for name, source in cells.items() if name.endswith("-answer")}
    assert not region.search(own.read_text())
    assert "SAID" not in own.read_text()
    # what stands between the markers, handed in, is right
    folder = quiz.course.root / "submitted" / "c000" / "quiz_exam"
    folder.mkdir(parents=True)
    content = json.loads(own.read_text())
    for cell in content["cells"]:
        if (match := solved.get(cell["id"])) is not None:
            cell["source"] = match[1]
    (folder / "quiz_exam.ipynb").write_text(json.dumps(content))
    assert {mark.reason for mark in marks(quiz)["c000"].values()} == {"right"}


def test_what_was_read_can_be_saved(quiz: TinyCourse) -> None:
    paper = quiz.papers("quiz_exam")["c000"]
    said = {"one": "'B'", "many": "{'A', 'C'}", "truth": "True", "order": "'ABC'", "match": "{1: 'A', 2: 'B'}"}
    path = quiz.hand_in("c000", {f"quiz-{name}": f"quiz_{name} = {text}" for name, text in said.items()}, "quiz_exam")
    read = read_submission(path, {paper.code: paper}, "c000")
    assert Submission.model_validate_json(read.model_dump_json()) == read
    assert [response.value for response in read.responses] == [
        ["B"], ["A", "C"], ["True"], ["A", "B", "C"], [[1, "A"], [2, "B"]],
    ]  # fmt: skip
    assert list(quiz.mark("quiz_exam"))
    assert read_record(quiz.course.submission("quiz_exam", "c000"), Submission).responses == read.responses


def test_a_candidate_finds_letters_and_numbers_and_is_told_how_an_answer_reads(
    quiz: TinyCourse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = quiz.papers("quiz_exam")["c000"]
    [path] = render(paper, "notebook", tmp_path)
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]}
    parts = {part.id: part for part in paper.parts()}
    for name in ("one", "many", "order", "match"):
        for letter, option in zip("ABCDE", parts[name].options, strict=False):
            assert f"- **{letter}** {option}" in cells[f"quiz-{name}-text"].splitlines()
    assert "1. P\n2. Q\n\n- **A** " in cells["quiz-match-text"]
    assert "**" not in cells["quiz-truth-text"].partition("\n\n")[2]
    assert cells["quiz-truth-answer"] == "quiz_truth = ...  # True or False"
    assert "with their letters" in cells["exam--title"]
    said = {"one": "b.", "many": {"E", "A"}, "truth": False, "order": ["C", "A", "B"], "match": {1: "C", 2: "A"}}
    for name, value in said.items():
        exec(compile(cells[f"quiz-{name}"], "check", "exec"), {f"quiz_{name}": value})
        with pytest.raises(ValueError, match=f"quiz_{name} is blank"):
            exec(compile(cells[f"quiz-{name}"], "check", "exec"), {})
        with pytest.raises(ValueError, match=f"quiz_{name} does not read"):
            exec(compile(cells[f"quiz-{name}"], "check", "exec"), {f"quiz_{name}": "F is my answer?"})
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(" reads as ")[2] for line in told] == [
        "B.",
        "A, E.",
        "False.",
        "C, then A, then B.",
        "1 C, 2 A.",
    ]
