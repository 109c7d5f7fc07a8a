"""The catalogue of fixed words: one for every face, of which each word stands somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.errors import RenderError
from autograder.markup.words import reasons, words
from autograder.resources import shipped

TEMPLATES = shipped("templates")
USED = re.compile(r'words(?:\.(?!yaml)|\[")(\w+)')
CHOSEN = ("band_", "your_", "reason_")
"""Words that are chosen by what a paper or a mark says."""
NAMED = {"comment", "rubric", "amended", "solutions", "guide", "at"}
"""Words that are chosen by the name of a note or of a face, and the one function of Typst."""


def test_each_word_stands_in_a_template() -> None:
    files = [path for path in TEMPLATES.rglob("*") if path.suffix in (".jinja", ".typ")]
    used = {name for path in files for name in USED.findall(path.read_text(encoding="utf-8"))}
    known = words((TEMPLATES,))
    assert {name for name in used - NAMED - known.keys() if name not in CHOSEN} == set()
    assert {name for name in known.keys() - used - NAMED if not name.startswith(CHOSEN)} == set()


def test_a_course_changes_words_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("point: Punkt\nreason_slip: ein bekannter Fehler\n")
    folders = (tmp_path, TEMPLATES)
    assert words(folders)["point"] == "Punkt"
    assert words(folders)["points"] == "points"
    assert reasons(folders)["slip"] == "ein bekannter Fehler"
    assert reasons(folders)["right"] == "right"


@pytest.mark.parametrize(
    ("written", "problem"), [("ponit: Punkt\n", "no word 'ponit'"), ("- Punkt\n", "a catalogue is a list")]
)
def test_what_is_no_catalogue_is_told(written: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text(written)
    with pytest.raises(RenderError, match=problem):
        words((tmp_path, TEMPLATES))
