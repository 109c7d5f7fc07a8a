"""From a class's marks to figures: the exam, each part, and groups of candidates who had the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from string import ascii_lowercase
from typing import Any, Final, NamedTuple

from autograder.model import Mark, MarkSheet, Paper, VariantPart
from autograder.stats.estimates import Interval, alpha, correlation, mean_of
from autograder.stats.groups import Scored, compared, grouped
from autograder.stats.records import Estimate, ExamStats, PartStats

FEW: Final = 30
"""Candidates below which the page says that the figures are rough."""


class Taken(NamedTuple):
    """One candidate's marks and the paper they had; `form` is None for a paper of their own."""

    sheet: MarkSheet
    paper: Paper
    form: int | None


@dataclass(frozen=True)
class _Class:
    """Everybody's results.

    Attributes:
        marks: by ref, in the order of `rows`.
        log: refs of numbers that are marked on a log scale.
        runs: by ref, seconds.
    """

    rows: Sequence[Taken]
    marks: Sequence[Mapping[str, Mark]]
    log: frozenset[str]
    runs: Mapping[str, float]


def statistics(
    taken: Iterable[Taken], scales: Mapping[str, str], times: Mapping[str, Any] | None = None
) -> ExamStats | None:
    """Return the figures of an exam, or None where nobody has marks.

    Args:
        taken: a row for each candidate.
        scales: a part's ref → the scale on which its number is marked.
        times: what the last marking took: `submission`, seconds, and `parts`, seconds by ref.
    """
    rows = list(taken)
    if not rows:
        return None
    times = times or {}
    marks = [{mark.ref: mark for mark in row.sheet.marks} for row in rows]
    log = frozenset(ref for ref, scale in scales.items() if scale == "log")
    everybody = _Class(rows, marks, log, times.get("parts") or {})
    parts = [
        _part(everybody, number, title, part)
        for number, title, part in _parts_of(rows[0].paper)
        if any(part.ref in row for row in marks)
    ]
    comparisons, untested = compared({part.ref: _scored(everybody, part.ref) for part in parts})
    scores = sorted(row.sheet.score for row in rows)
    complete = [[row[part.ref] for part in parts] for row in marks if _is_complete(row, parts)]
    reliable = alpha([[mark.score or 0.0 for mark in row] for row in complete])
    return ExamStats(
        exam=rows[0].sheet.exam,
        title=rows[0].paper.title,
        n=len(rows),
        points=max(row.sheet.points for row in rows),
        scores=tuple(scores),
        mean=fmean(scores),
        deviation=stdev(scores) if len(scores) > 1 else None,
        complete=len(complete),
        alpha=_estimate(reliable),
        measurement_error=_measurement_error(complete, reliable),
        parts=tuple(parts),
        comparisons=comparisons,
        untested=untested,
        seconds=times.get("submission"),
        cautions=tuple(_cautions(rows, parts, len(complete))),
    )


def _is_complete(row: Mapping[str, Mark], parts: Sequence[PartStats]) -> bool:
    return all(part.ref in row and row[part.ref].score is not None for part in parts)


def _parts_of(paper: Paper) -> Iterator[tuple[str, str, VariantPart]]:
    for number, variant in enumerate(paper.variants(), 1):
        for place, part in enumerate(variant.parts):
            letter = "" if len(variant.parts) == 1 else part.id if len(part.id) == 1 else ascii_lowercase[place % 26]
            yield f"{number}{letter}", variant.title, part


def _part(everybody: _Class, number: str, title: str, part: VariantPart) -> PartStats:
    ref = part.ref
    mine = [row[ref] for row in everybody.marks if ref in row]
    pairs = [pair for row in everybody.marks if (pair := _share_and_rest(row, ref)) is not None]
    shares = [share for share, _ in pairs]
    errors = [error for mark in mine if (error := _error(mark)) is not None] if ref in everybody.log else []
    told = [each for mark in mine for each in _told(mark)]
    rest = [(share, rest) for share, rest in pairs if rest is not None]
    return PartStats(
        ref=ref,
        number=number,
        title=title,
        points=part.points,
        n=len(shares),
        waiting=sum(mark.score is None for mark in mine),
        facility=_estimate(mean_of(shares)),
        deviation=stdev(shares) if len(shares) > 1 else None,
        discrimination=_estimate(correlation([one for one, _ in rest], [other for _, other in rest])),
        error=fmean(errors) if errors else None,
        error_n=len(errors),
        reasons=_counted(mark.reason for mark in mine),
        slips=_counted(name for reason, name in told if reason != "convention"),
        conventions=_counted(name for reason, name in told if reason == "convention"),
        variants=grouped(_scored(everybody, ref)),
        run_seconds=everybody.runs.get(ref),
    )


def _share_and_rest(row: Mapping[str, Mark], ref: str) -> tuple[float, float | None] | None:
    """Return the share of a part's points and that of all others, as far as they are marked."""
    mark = row.get(ref)
    if mark is None or mark.score is None or not mark.points:
        return None
    others = [each for name, each in row.items() if name != ref and each.score is not None]
    points = sum(each.points for each in others)
    return mark.score / mark.points, sum(each.score or 0.0 for each in others) / points if points else None


def _scored(everybody: _Class, ref: str) -> list[Scored]:
    question = ref.partition("-")[0]
    found = []
    for row, by_ref in zip(everybody.rows, everybody.marks, strict=True):
        pair = _share_and_rest(by_ref, ref)
        variant = next((each for each in row.paper.variants() if each.question == question), None)
        if pair is not None and variant is not None:
            error = _error(by_ref[ref]) if ref in everybody.log else None
            found.append(Scored(pair[0], row.form, variant.note, variant.values, error))
    return found


def _error(mark: Mark) -> float | None:
    error = mark.detail.get("error")
    return float(error) if isinstance(error, int | float) and math.isfinite(error) else None


def _told(mark: Mark) -> Iterator[tuple[str, str]]:
    """Yield reason and name of each convention or slip that a mark tells of, those of a table's cells among them."""
    claimed = mark.detail.get("claimed")
    if isinstance(claimed, str):
        yield mark.reason, claimed
    cells = mark.detail.get("cells")
    for row in cells if isinstance(cells, list | tuple) else ():
        for cell in row if isinstance(row, list | tuple) else ():
            if isinstance(cell, dict) and isinstance(cell.get("detail"), dict):
                inside = cell["detail"].get("claimed")
                if isinstance(inside, str):
                    yield str(cell.get("reason")), inside


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda each: (-each[1], each[0])))


def _estimate(interval: Interval | None) -> Estimate | None:
    return None if interval is None else Estimate(value=interval.value, low=interval.low, high=interval.high)


def _measurement_error(complete: Sequence[Sequence[Mark]], reliable: Interval | None) -> float | None:
    """Return the standard error of measurement in points: the deviation of the scores times sqrt(1 - reliability)."""
    if reliable is None:
        return None
    deviation = stdev(sum(mark.score or 0.0 for mark in row) for row in complete)
    return deviation * math.sqrt(max(0.0, 1 - reliable.value))


def _cautions(rows: Sequence[Taken], parts: Sequence[PartStats], complete: int) -> Iterator[str]:
    if len(rows) < FEW:
        yield f"{len(rows)} candidates are few: every figure here is rough, as its bounds show."
    waiting = sum(part.waiting for part in parts)
    if waiting:
        yield (
            f"Answers without a mark yet: {waiting}. Alpha is computed from the {complete} candidates who wait for "
            "none; they may differ from the others."
        )
    if any(row.form is None for row in rows):
        yield (
            "Candidates had papers of their own. Alpha and discrimination take all variants of a part as one item; "
            "where variants differ in difficulty, both come out too low."
        )
    questions = Counter(part.ref.partition("-")[0] for part in parts)
    if any(count > 1 for count in questions.values()):
        yield "Parts of one question share its setting, so alpha may come out too high."
