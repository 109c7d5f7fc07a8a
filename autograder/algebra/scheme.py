"""What the lines of a derivation and its end earn: the mark scheme, on verdicts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scheme:
    """What earns, as shares of a part's points.

    Attributes:
        steps: the share of the steps, the rest is the goal's.
        required: the share of each required result, which is taken from that of the steps.
        stop: nothing earns that stands after the first broken line.
        least: different lines before the goal that the steps' share takes.
        unfinished: what is left of the steps' share where every line follows and the goal is not reached.
    """

    steps: float
    required: tuple[float, ...] = ()
    stop: bool = False
    least: int = 1
    unfinished: float = 0.5


@dataclass(frozen=True)
class Outcome:
    """What was found.

    Attributes:
        words: the verdict on each line: `ok broken unreadable undecided`.
        new: how many sides of a line stood in none before it; a repeated line earns nothing and costs nothing.
        reached: the goal is reached, in the form that was asked for.
        required: for each required result the line where it stands, from 1, or None.
    """

    words: Sequence[str]
    new: Sequence[int]
    reached: bool
    required: Sequence[int | None]

    @property
    def broken(self) -> int | None:
        """The first line that does not follow, from 1."""
        return next((place for place, word in enumerate(self.words, 1) if word == "broken"), None)


@dataclass(frozen=True)
class Earned:
    """The share of a part's points, and what of the steps is missing, in a sentence."""

    share: float
    missing: str


def earned(scheme: Scheme, outcome: Outcome) -> Earned:
    """Return what a derivation earns.

    The rest of the steps' share, beyond the required results, is earned by the steps that follow, as a share of all
    that say something new, as far as there are enough of them.
    """
    end = outcome.broken if scheme.stop and outcome.broken is not None else len(outcome.words) + 1
    there = [place is not None and place < end for place in outcome.required]
    required = sum(share for share, found in zip(scheme.required, there, strict=True) if found)
    rest = max(0.0, scheme.steps - sum(scheme.required))
    followed, shown = _followed(scheme, outcome, end)
    goal = 1 - scheme.steps if outcome.reached and end > len(outcome.words) else 0.0
    missing = "" if all(there) else "A result that was asked for on the way is missing."
    if shown < 1 and rest > 0 and outcome.reached:
        missing = missing or "The steps between start and goal are missing."
    return Earned(goal + min(required, scheme.steps) + rest * followed * shown, missing)


def _followed(scheme: Scheme, outcome: Outcome, end: int) -> tuple[float, float]:
    """Return the share of the lines that follow, and whether there are enough, up to 1."""
    lines = list(zip(range(1, len(outcome.words) + 1), outcome.words, outcome.new, strict=True))
    counted = sum(new if word == "ok" else max(new, 1) for _, word, new in lines)
    sound = sum(new for place, word, new in lines if word == "ok" and place < end)
    ends = outcome.reached and end > len(lines) and outcome.words[-1] == "ok" and outcome.new[-1] > 0
    shown = min(1.0, (sound - ends) / scheme.least) if scheme.least else 1.0
    # where no steps are asked for, start and goal may even be written alike
    followed = sound / counted if counted else float(outcome.reached and not scheme.least)
    if not outcome.reached and sound == counted:
        followed *= scheme.unfinished
    return followed, shown
