"""The roster: who sits, in whatever CSV a spreadsheet saved, and whoever cannot be told apart is told by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.roster import read_roster
from tests.conftest import Ran, TinyCourse


def roster(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "candidate,last_name\nada,O'Neil\nzoe@uni.de,Müller\n",
        "candidate;last_name\r\nada;O'Neil\r\nzoe@uni.de;Müller\r\n",
        "Candidate , Last Name\nada,O'Neil\nzoe@uni.de,Müller\n",
        "\ufefflast_name\tcandidate\nO'Neil\tada\n\nMüller\tzoe@uni.de\n\t\n",
    ],
)
def test_any_spreadsheet_may_have_saved_it(tmp_path: Path, text: str) -> None:
    people = read_roster(roster(tmp_path, text))
    assert [(each.candidate, each.last_name) for each in people] == [("ada", "O'Neil"), ("zoe@uni.de", "Müller")]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("name\nada\n", ":1", "no column `candidate`"),
        ("candidate\nada\nada\n", ":3", "'ada' stands here twice"),
        ("candidate\nada\nAda\n", ":3", "'Ada' and 'ada' are one folder"),
        ("candidate\n../ada\n", ":2", "cannot be a folder's name"),
        ("candidate\nzoë\n", ":2", "cannot be a folder's name"),
        ("candidate\nada\nzoë\nO'Neil, A\n", ":3", "'zoë', \"O'Neil\" cannot be names of folders"),
        ("candidate,last_name\nada,A\n,Somebody\n", ":3", "`candidate` is empty"),
        ("candidate\nM\xfcller\n".encode("latin-1"), "roster.csv", "not UTF-8"),
    ],
)
def test_a_problem_is_told_with_its_line(tmp_path: Path, text: str | bytes, line: str, problem: str) -> None:
    with pytest.raises(AutograderError) as raised:
        read_roster(roster(tmp_path, text))
    assert str(raised.value.where).endswith(line)
    assert problem in raised.value.problem


def test_nobody_gets_another_attempt_who_is_not_there(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    roster(tiny.course.root, "candidate\nada\n")
    where = ("--course", tiny.course.root)
    ran = tenfold("set", "tiny", "--again", "adda", *where)
    assert ran.code == 2
    assert "nobody is called 'adda'" in ran.err
    assert "2 papers dealt, 2 in all" in tenfold("set", "tiny", "--again", "ada", *where).out
    assert "1 paper dealt, 3 in all" in tenfold("set", "tiny", "--again", "ada", *where).out
