"""What the statistics of an exam hold; saved as JSON. Nothing in it says who is who."""

from __future__ import annotations

from autograder.model import Record


class Estimate(Record):
    """A figure and the bounds that hold it with a confidence of 95 %."""

    value: float
    low: float
    high: float


class GroupStats(Record):
    """Candidates who had the same variant, form or value.

    Attributes:
        error: mean distance from the key in decades, for numbers marked on a log scale.
    """

    name: str
    n: int
    facility: Estimate
    error: float | None = None


class Comparison(Record):
    """Whether groups did differently at one part.

    Attributes:
        by: `form`, `variant`, or the name of a drawn value.
        p: how likely chance alone makes them differ as much; `corrected` for the number of comparisons.
        differs: `corrected` is below 5 %.
        detectable: the difference in facility between the two smallest groups that this many candidates would have
            shown with a probability of 80 %.
    """

    ref: str
    by: str
    groups: tuple[GroupStats, ...]
    p: float
    corrected: float
    differs: bool
    detectable: float


class PartStats(Record):
    """One part.

    Attributes:
        n: candidates with a mark; `waiting` have none yet.
        facility: mean share of the points.
        discrimination: correlation with the share of all other points (item-rest).
        error: mean distance from the key in decades, for numbers marked on a log scale; `error_n` that were read.
        variants: those that at least two candidates had, or the forms.
        run_seconds: mean processor time of running one answer's code, with the references it was compared with.
    """

    ref: str
    number: str
    title: str
    points: float
    n: int
    waiting: int
    facility: Estimate | None
    deviation: float | None
    discrimination: Estimate | None
    error: float | None
    error_n: int
    reasons: dict[str, int]
    slips: dict[str, int]
    conventions: dict[str, int]
    variants: tuple[GroupStats, ...]
    run_seconds: float | None = None


class ExamStats(Record):
    """An exam.

    Attributes:
        scores: of all candidates, sorted.
        complete: candidates whose every part has a mark: those that alpha is computed from.
        alpha: Cronbach's; `measurement_error` is the standard error of measurement it implies, in points.
        comparisons: of forms, variants and drawn values; `untested` says what was too small to compare.
        seconds: mean processor time of reading and marking a submission, without running code.
        cautions: what must be known to read the figures fairly.
    """

    exam: str
    title: str
    n: int
    points: float
    scores: tuple[float, ...]
    mean: float | None
    deviation: float | None
    complete: int
    alpha: Estimate | None
    measurement_error: float | None
    parts: tuple[PartStats, ...]
    comparisons: tuple[Comparison, ...]
    untested: tuple[str, ...]
    seconds: float | None
    cautions: tuple[str, ...]
