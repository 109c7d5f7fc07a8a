"""Render an exam: every candidate's handout, solutions and marking guides for staff, and the course's own form."""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from autograder import kinds, store
from autograder.model import Paper
from autograder.outline.paper import FACES, Face
from autograder.pipeline.opened import Opened, keys_of_paper, require_set
from autograder.pipeline.setting import staff_form
from autograder.printshop import merged
from autograder.render import release, render

ALONE: Final = 60
"""PDFs up to which one process is faster: others take a second to start."""


def wanted(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[Face, ...]]:
    """Return the formats and the faces for staff that are named by words such as `pdf,html,solutions,guide`.

    Where only faces are named, they are wanted as PDF.

    Raises:
        KindError: a word names neither.
    """
    faces = tuple(face for face in FACES if face != "paper" and face in words)
    formats = tuple(dict.fromkeys(word for word in words if word not in faces))
    for format in formats:
        kinds.load("formats", format)
    return formats, faces


def render_exam(opened: Opened, words: Sequence[str], *, merge: bool = False) -> Iterator[Path]:
    """Write every candidate's handout, then the staff notebook and nbgrader's release.

    Args:
        opened: the exam.
        words: formats, and `solutions` and `guide` for staff's versions in the same formats.
        merge: also put all papers into one PDF for the print shop.

    Yields:
        Each handout's folder, then the two notebooks of form 0.

    Raises:
        AutograderError: the exam was not set.
    """
    course, name = opened.course, opened.name
    require_set(opened)
    formats, faces = wanted(words)
    yield from handouts(opened, formats, faces)
    store.write_bytes(course.handout_list(name), handout_list(opened).encode())
    if merge:
        printed = [course.handout(name, row.code) / f"{name}.pdf" for row in opened.allocation.rows]
        store.write_bytes(course.print_shop(name), merged(printed))
    yield from release(*staff_form(opened), course.root)


def handout_list(opened: Opened) -> str:
    """Return whose each handout is, as a table (CSV) for staff: by candidate, the latest attempt last."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["candidate", "code", "attempt", "form", "folder"])
    for row in sorted(opened.allocation.rows, key=lambda row: (row.candidate, row.attempt)):
        folder = opened.course.handout(opened.name, row.code).relative_to(opened.course.root)
        table.writerow([row.candidate, row.code, row.attempt, row.form or "", folder.as_posix()])
    return text.getvalue()


def handouts(opened: Opened, formats: Sequence[str], faces: Sequence[Face]) -> Iterator[Path]:
    """Write every candidate's handout and staff's versions of it, with all cores where that is faster.

    Yields:
        Each handout's folder.
    """
    codes = [row.code for row in opened.allocation.rows]
    write = partial(_written, opened, tuple(formats), tuple(faces))
    pages = len(codes) * (("pdf" in formats) + len(faces) * ("pdf" in formats or not formats))
    cores = _cores()
    if pages <= ALONE or cores == 1:
        for code in codes:
            yield from write([code])
        return
    # fresh processes, because a copy of this one would lack the threads that set pages
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
        share = max(1, min(25, len(codes) // (2 * cores)))
        for folders in pool.map(write, [codes[start : start + share] for start in range(0, len(codes), share)]):
            yield from folders


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _written(opened: Opened, formats: tuple[str, ...], faces: tuple[Face, ...], codes: Sequence[str]) -> list[Path]:
    course, name = opened.course, opened.name
    for code in codes:
        paper = store.read_record(course.paper(name, code), Paper)
        for format in formats:
            render(paper, format, course.handout(name, code))
        if faces:
            keys = keys_of_paper(opened, paper, solutions=True)
            for face in faces:
                for format in formats or ("pdf",):
                    # never beside the handout, which is given away as it stands
                    render(paper, format, course.staff(name, code), keys, face)
    return [course.handout(name, code) for code in codes]
