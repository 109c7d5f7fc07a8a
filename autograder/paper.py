"""Assemble one candidate's paper from drawn variants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from autograder.model import Exam, Paper, PaperSection, Variant


def assemble(exam: Exam, code: str, sections: Iterable[tuple[str, str, tuple[Variant, ...]]]) -> Paper:
    """Return one paper.

    Args:
        exam: what is the same for everybody.
        code: the paper's code, or the name of a form.
        sections: title, text and variants of each section, in order.
    """
    made = tuple(
        PaperSection.model_construct(title=title, text=text, variants=variants) for title, text, variants in sections
    )
    paper = Paper.model_construct(
        exam=exam.exam, title=exam.title, exam_code=exam.code, date=exam.date, duration=exam.duration,
        instructions=exam.instructions, code=code, points=exam.points, sections=made, fingerprint="",
        formula_sheet=exam.formula_sheet,
    )  # fmt: skip
    return paper.model_copy(update={"fingerprint": fingerprint(paper)})


def fingerprint(paper: Paper) -> str:
    """Return a short digest of what the candidate was asked: code, questions, texts and values."""
    digest = hashlib.sha256(f"{paper.exam}/{paper.code}".encode())
    for variant in paper.variants():
        digest.update(f"\x1e{variant.question}\x1f{variant.fingerprint}\x1f{variant.text}\x1f{variant.note}".encode())
        for part in variant.parts:
            digest.update("\x1f".join(("", part.ref, part.text, *part.options, *part.prompts)).encode())
    return digest.hexdigest()[:16]
