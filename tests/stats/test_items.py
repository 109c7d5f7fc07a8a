"""From a class to its figures and their page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from autograder.model import Mark, MarkSheet, Paper, PaperSection, Variant, VariantPart
from autograder.resources import shipped
from autograder.stats.items import Taken, statistics
from autograder.stats.page import figure, histogram, look_at, page, scatter, slices
from autograder.stats.records import Estimate, ExamStats
from tests.conftest import Ran, TinyCourse
from tests.feedback.test_page import Page

PARTS = {"one-a": 4.0, "one-b": 2.0, "two-a": 1.0}


def paper(code: str, size: int) -> Paper:
    def variant(name: str) -> Variant:
        parts = tuple(
            VariantPart(ref=ref, id=ref[-1], text="", input="number", points=points)
            for ref, points in PARTS.items()
            if ref.startswith(name)
        )
        return Variant(
            question=name, title=f"Question {name}", text="", parts=parts, values={"size": size}, note=f"size={size}",
            fingerprint="",
        )  # fmt: skip

    section = PaperSection(title="", variants=(variant("one"), variant("two")))
    return Paper(
        exam="e", title="An exam", exam_code="", date="", duration=None, instructions="", code=code, points=7.0,
        sections=(section,), fingerprint="",
    )  # fmt: skip


def taken(number: int, shares: tuple[float | None, ...], form: int | None = None, **detail: Any) -> Taken:
    marks = tuple(
        Mark(
            ref=ref, state="manual" if share is None else "graded", score=None if share is None else share * points,
            points=points, reason="to_mark" if share is None else "right" if share == 1 else "slip", detail=detail,
        )
        for (ref, points), share in zip(PARTS.items(), shares, strict=True)
    )  # fmt: skip
    sheet = MarkSheet(
        exam="e", candidate=f"name{number}", code=f"C{number}", digest="", points=7.0, marks=marks,
        score=sum(mark.score or 0.0 for mark in marks),
    )  # fmt: skip
    return Taken(sheet, paper(f"C{number}", number % 2), form)


CLASS = [
    taken(0, (1.0, 1.0, 1.0), error=0.0, claimed=None),
    taken(1, (0.5, 1.0, 0.0), error=1.0, claimed="factor two forgotten"),
    taken(2, (0.0, 0.5, 1.0), error=2.0, claimed="factor two forgotten"),
    taken(3, (0.5, 0.0, 0.0), error=None, claimed="other"),
    taken(4, (1.0, None, 1.0), error=0.0, claimed=None),
]


def made() -> ExamStats:
    found = statistics(CLASS, {"one-a": "log", "one-b": "relative"}, {"submission": 0.003, "parts": {"two-a": 0.5}})
    assert found is not None
    return found


def test_a_class_by_hand() -> None:
    found = made()
    assert (found.n, found.points, found.scores) == (5, 7.0, (2.0, 2.0, 4.0, 5.0, 7.0))
    assert found.mean == 4.0
    assert found.complete == 4
    assert found.seconds == 0.003
    one, other, last = found.parts
    assert [part.number for part in found.parts] == ["1a", "1b", "2"]
    assert one.facility is not None
    assert one.facility.value == pytest.approx(0.6)
    assert (one.n, one.waiting, other.n, other.waiting) == (5, 0, 4, 1)
    assert (one.error, one.error_n) == (pytest.approx(0.75), 4), "decades are the log scale's"
    assert other.error is None
    assert one.slips == {"factor two forgotten": 2, "other": 1}
    assert one.reasons == {"slip": 3, "right": 2}
    assert other.reasons["to_mark"] == 1
    assert last.run_seconds == 0.5
    assert one.run_seconds is None


def test_discrimination_leaves_the_part_itself_out() -> None:
    # part one-a against the share of the other points: (1, 3/3), (.5, 2/3), (0, 2/3), (.5, 0), (1, 1/1)
    one = made().parts[0]
    assert one.discrimination is not None
    x, y = [1, 0.5, 0, 0.5, 1], [1, 2 / 3, 2 / 3, 0, 1]
    mx, my = sum(x) / 5, sum(y) / 5
    top = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    below = (sum((a - mx) ** 2 for a in x) * sum((b - my) ** 2 for b in y)) ** 0.5
    assert one.discrimination.value == pytest.approx(top / below)


def test_cautions_say_what_to_know() -> None:
    said = " ".join(made().cautions)
    for words in (
        "5 candidates are few",
        "Answers without a mark yet: 1.",
        "papers of their own",
        "Parts of one question",
    ):
        assert words in said
    forms = statistics([taken(number, (1.0, 0.0, number % 2), form=1) for number in range(40)], {})
    assert forms is not None
    assert "few" not in " ".join(forms.cautions)
    assert "papers of their own" not in " ".join(forms.cautions)


def test_nobody_and_one() -> None:
    assert statistics([], {}) is None
    alone = statistics(CLASS[:1], {})
    assert alone is not None
    assert (alone.alpha, alone.deviation, alone.comparisons) == (None, None, ())
    assert "cannot be computed" in Page(page(alone, [shipped("templates")])).words


def test_voided_parts_and_amended_points_count_for_nothing() -> None:
    void = CLASS[0].sheet.marks[0].model_copy(update={"points": 0.0, "score": 0.0})
    sheet = CLASS[0].sheet.model_copy(update={"marks": (void, *CLASS[0].sheet.marks[1:])})
    found = statistics([Taken(sheet, CLASS[0].paper, None), *CLASS[1:]], {})
    assert found is not None
    assert found.parts[0].n == 4
    left_out = found.parts[0].model_copy(update={"reasons": {"voided": 5}})
    assert [each.kind for each in slices(left_out)] == ["open"], "neither right nor wrong"


def test_slips_in_the_cells_of_a_table_are_counted() -> None:
    cell = {"reason": "slip", "detail": {"claimed": "inside"}}
    found = statistics([taken(0, (0.5, 1.0, 1.0), cells=[[cell, None], [{"reason": "right"}]])], {})
    assert found is not None
    assert found.parts[0].slips == {"inside": 1}


def test_the_histogram_counts_everybody_once() -> None:
    bars = histogram([0, 0, 3.5, 7, 7], 7)
    assert sum(bar.n for bar in bars) == 5
    assert (bars[0].n, bars[-1].n) == (2, 2)
    assert max(bar.x + bar.width for bar in bars) <= 640
    assert histogram([], 7) == ()
    assert sum(bar.n for bar in histogram([8.0, -1.0], 7)) == 2, "more than all points, or fewer than none"


def test_pictures_hold_what_the_tables_say() -> None:
    found = made()
    assert {dot.number for dot in scatter(found.parts)} <= {"1a", "1b", "2"}
    for part in found.parts:
        pieces = slices(part)
        assert sum(piece.n for piece in pieces) == 5
        assert pieces[-1].x + pieces[-1].width == pytest.approx(100, abs=0.1)


def test_numbers_in_the_picture_stand_apart() -> None:
    [part, *_] = made().parts
    near = [part.model_copy(update={"number": f"{number}a"}) for number in range(1, 4)]
    dots = scatter(near)
    assert len({(dot.x, dot.y) for dot in dots}) == 1
    boxes = [(dot.label_x, dot.label_y) for dot in dots]
    assert all(
        abs(one[0] - other[0]) >= 14 or abs(one[1] - other[1]) >= 11
        for place, one in enumerate(boxes)
        for other in boxes[:place]
    )


def test_only_what_is_beyond_chance_wants_a_look() -> None:
    hard = statistics([taken(number, (0.0, number % 2, (number + 1) % 2)) for number in range(40)], {})
    assert hard is not None
    assert look_at(hard.parts[0]) == ("hard",)
    assert look_at(hard.parts[1]) == ("the better did worse",)
    assert all(look_at(part) == () for part in made().parts), "five candidates are no reason for anything"


def test_the_page_is_whole_and_names_nobody() -> None:
    text = page(made(), [shipped("templates")])
    shown = Page(text)
    assert "name0" not in text
    assert "C0" not in text
    assert all(value.startswith("#") for value in shown.values("href"))
    assert {value.removeprefix("#") for value in shown.values("href")} <= set(shown.values("id"))
    assert shown.values("src") == []
    assert "factor two forgotten (2)" in shown.words
    assert "Cronbach’s alpha" in shown.words
    assert all(role != "img" or "aria-label" in text for role in shown.values("role"))
    assert figure(None) is None
    shown = figure(Estimate(value=-0.25, low=-0.5, high=-0.001))
    assert shown is not None
    assert (shown.value, shown.bounds) == ("−0.25", "−0.50 to 0.00")


def test_the_command(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    root = tiny.course.root
    tiny.set(*range(12))
    ran = tenfold("stats", "tiny", "--course", root)
    assert (ran.code, "run `tenfold mark tiny` first" in ran.out) == (0, True)
    for place, (name, one) in enumerate(tiny.papers().items()):
        values = one.variants()[0].values
        said = f"{values['a']} + {values['b']}" if place % 3 else f"{values['b']} - {values['a']}"
        tiny.hand_in(name, {"adder-sum": f"adder_sum = {said}"})
    tiny.mark()
    ran = tenfold("stats", "tiny", "--course", root)
    assert (ran.code, ran.err) == (0, "")
    assert "difference (4)" in ran.out
    assert (tiny.course.work("tiny") / "stats.html").is_file()
    saved = json.loads((tiny.course.work("tiny") / "stats.json").read_text())
    assert saved["parts"][0]["reasons"] == {"right": 8, "slip": 4}
    assert saved["seconds"] > 0
    as_json = tenfold("stats", "tiny", "--json", "--course", root)
    assert as_json.json() == saved
