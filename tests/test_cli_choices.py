"""Choices on the command line: shown, tried and marked a line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, TinyCourse, write_bank
from tests.test_class_choices import EXAM, QUIZ


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_bank(tmp_path, QUIZ)


def test_a_variant_is_shown_with_its_letters_and_its_key(bank: Path, tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("try", "quiz", "--bank", bank)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert "D  None of these" in lines
    assert {"1  P", "2  Q"} <= set(lines)
    assert "SAID of the second" in ran.out
    assert any(line.startswith("quiz-order: ") and line.count(", then ") == 2 for line in lines)


@pytest.mark.parametrize(
    ("part", "say", "reason"),
    [
        ("one", "right_one", "right"),
        ("one", "none_of", "wrong"),
        ("one", "Z", "invalid"),
        ("many", "right", "right"),
        ("many", '["right"]', "right"),
        ("truth", "T", "right"),
        ("order", "[1, 2, 3]", "right"),
        ("order", "[2, 1, 3]", "partial"),
        ("match", '{"1": 1, "2": 2}', "right"),
        ("match", '{"P": 1}', "partial"),
        ("match", "nothing", "unreadable"),
    ],
)
def test_an_answer_is_marked(bank: Path, tenfold: Callable[..., Ran], part: str, say: str, reason: str) -> None:
    for seed in range(3):
        ran = tenfold("try", "quiz", "--part", part, "--say", say, "--seed", seed, "--bank", bank)
        assert ran.code == 0
        assert ran.json()["reason"] == reason


def test_a_batch_takes_parts_as_they_are_written(bank: Path, tenfold: Callable[..., Ran]) -> None:
    options = [{"text": "up", "right": True}, {"text": "down"}, {"text": "[= n =]"}]
    entries: list[tuple[dict[str, Any], str, float | None]] = [
        ({"part": {"input": "choice", "options": options}, "values": {"n": 3}, "say": "A"}, "right", 1),
        ({"part": {"input": "choice", "options": options}, "values": {"n": 3}, "say": "3"}, "unreadable", 0),
        ({"part": {"input": "choice", "options": options}, "values": {"n": 3}, "say": "D"}, "invalid", 0),
        ({"part": {"input": "multi", "options": options, "points": 2}, "values": {"n": 3}, "say": ["a"]}, "right", 2),
        ({"part": {"input": "truefalse", "answer": "n > 2"}, "values": {"n": 3}, "say": True}, "right", 1),
        ({"part": {"input": "truefalse"}, "say": True}, "error", None),
        ({"part": {"input": "ordering", "items": ["z", "y", "x"]}, "say": ["A", "B", "C"]}, "right", 1),
        ({"part": {"input": "matching", "pairs": [["P", "z"], ["Q", "y"]]}, "say": {"1": "A", "2": "B"}}, "right", 1),
        ({"part": {"input": "choice", "options": []}, "say": "A"}, "error", None),
        ({"part": {"input": "matching"}, "say": "1A"}, "error", None),
        ({"question": "quiz", "part": "one", "seed": 7, "say": "third"}, "wrong", 0),
    ]
    written = "\n".join(json.dumps(entry) for entry, _, _ in entries)
    ran = tenfold("try", "--batch", "-", "--bank", bank, stdin=written)
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [(mark["reason"], mark["score"]) for mark in found] == [(reason, score) for _, reason, score in entries]
    assert ran.code == 0


def test_a_paper_is_shown_to_staff(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    write_bank(tiny.bank, QUIZ, quiz_exam=EXAM)
    tiny.set("c000", exam="quiz_exam")
    ran = tenfold("show", "c000", "--exam", "quiz_exam", "--course", tiny.course.root)
    assert ran.code == 0
    for option in tiny.papers("quiz_exam")["c000"].parts()[1].options:
        assert option in ran.out
    assert "what belongs together" in " ".join(ran.out.split())
