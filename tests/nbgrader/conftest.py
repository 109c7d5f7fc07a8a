"""A small course with real nbgrader behind it: one exam, released once for all tests and copied for each."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.model import Claim, Key, Mark, MarkSheet, Paper, PaperSection, Variant, VariantPart
from autograder.render import release, render

ROOT = Path(__file__).resolve().parents[2]
EXAM = "small_exam"
SENTINEL = "SENTINEL-of-staff"
POINTS = {"mixer-a": 10.0, "mixer-b": 0.5, "lora-total": 4.0, "lora-active": 1.0}


def paper(code: str = "FORM0", size: int = 64) -> Paper:
    """A paper whose texts and values depend on code and size."""

    def part(ref: str, unit: str | None, *, whole: bool = False) -> VariantPart:
        return VariantPart(
            ref=ref, id=ref.partition("-")[2], text=f"How many for $n = {size}$?", input="number", points=POINTS[ref],
            unit=unit, whole=whole,
        )  # fmt: skip

    def variant(name: str, *parts: VariantPart) -> Variant:
        return Variant(
            question=name, title=f"The {name}", text=f"A text with $n = {size}$.", parts=parts, values={"n": size},
            note=f"n={size}", fingerprint="0",
        )  # fmt: skip

    return Paper(
        exam=EXAM, title="Small exam", exam_code="DL-1", date="2026-12-01", duration=30, instructions="Do *well*.",
        code=code, points=15.5, fingerprint="0",
        sections=(
            PaperSection(title="First", variants=(variant("mixer", part("mixer-a", "FLOP"), part("mixer-b", None)),)),
            PaperSection(
                title="Second", text="Read on.",
                variants=(variant("lora", part("lora-total", "count", whole=True), part("lora-active", "%")),),
            ),
        ),
    )  # fmt: skip


def keys(size: int = 64) -> tuple[Key, ...]:
    """Keys full of sentinels."""
    slip = Claim(kind="slip", name=f"{SENTINEL} slip", value=size * 31, formula="31*n", share=0.5, say=SENTINEL)
    return tuple(
        Key(
            ref=ref, input="number", grader="numeric", settings={}, points=points, unit=None, whole=False,
            answer=size * 7919, formula="7919*n", claims=(slip,), solution=f"{SENTINEL}: because\n\nof $7919$.",
        )
        for ref, points in POINTS.items()
    )  # fmt: skip


def marks(candidate: str, digest: str, **changed: Mark) -> MarkSheet:
    """All parts graded, with a third of the points; parts named in `changed` (`-` as `_`) otherwise."""
    made = tuple(changed.get(ref.replace("-", "_"), graded(ref, round(POINTS[ref] / 3, 6))) for ref in POINTS)
    total = round(sum(mark.score or 0.0 for mark in made), 6)
    return MarkSheet(exam=EXAM, candidate=candidate, code="FORM0", digest=digest, score=total, points=15.5, marks=made)


def graded(ref: str, score: float) -> Mark:
    """A graded mark with feedback."""
    return Mark(ref=ref, state="graded", score=score, points=POINTS[ref], reason="near", feedback=f"You earn {score}.")


def unmarked(ref: str, state: Any) -> Mark:
    """A mark without a score."""
    return Mark(ref=ref, state=state, score=None, points=POINTS[ref], reason="to_mark", feedback="Not checked.")


class Course:
    """A course folder and what tests do in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def hand_in(self, candidate: str, **answers: str) -> str:
        """Put a candidate's notebook where nbgrader expects it and return its digest."""
        folder = self.root / "submitted" / candidate / EXAM
        [path] = render(paper(candidate.upper(), 128), "notebook", folder)
        content = json.loads(path.read_text())
        for cell in content["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("_answer").replace("-", "_")
            if cell["metadata"].get("nbgrader", {}).get("solution") and name in answers:
                cell["source"] = answers[name]
        path.write_text(json.dumps(content))
        return digest_of(path)

    def save_marks(self, sheet: MarkSheet) -> None:
        """Save marks where `tenfold mark` would."""
        folder = self.root / "work" / EXAM / "marks"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{sheet.candidate}.json").write_text(sheet.model_dump_json())

    def submitted(self, candidate: str) -> Path:
        """The candidate's file."""
        return self.root / "submitted" / candidate / EXAM / f"{EXAM}.ipynb"

    def autograded(self, candidate: str) -> Path:
        """The candidate's file with marks."""
        return self.root / "autograded" / candidate / EXAM / f"{EXAM}.ipynb"


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader runs in the course's folder and must find the package under test
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        release(paper(), keys(), root)
        yield root


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(released, root)
    return Course(root)


@pytest.fixture
def dump() -> Callable[[Path], list[str]]:
    def lines(root: Path) -> list[str]:
        with sqlite3.connect(root / "gradebook.db") as database:
            return list(database.iterdump())

    return lines
