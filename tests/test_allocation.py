"""Who has which paper: nothing that was dealt ever moves, and notes are dealt once while the space allows."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest

from autograder.errors import AutograderError
from autograder.model import KeySheet
from autograder.pipeline import copied_credit, render_exam
from autograder.render import render
from autograder.seeds import CODE_LENGTH
from autograder.store import read_record
from tests.conftest import ADDER, EXAM, SMALL, TinyCourse, bytes_below, write_bank

ONLY_SMALL = EXAM.replace("tiny", "only").replace("points: 5", "points: 1").replace("{id: adder}, ", "")
GAP = (
    EXAM.replace("exam: tiny", "exam: spaced")
    .replace("points: 5", "points: 4\nminimum_gap: {exact: 5, relative: 0.002}")
    .replace(", {id: small}", "")
)
FORMS = EXAM.replace("exam: tiny", "exam: formed").replace("points: 5", "points: 5\npapers: {forms: 3}")


def handouts(tiny: TinyCourse, exam: str = "tiny") -> dict[str, str]:
    """Write every candidate's handout and return the digests of everything in `work/`."""
    for paper in tiny.papers(exam).values():
        render(paper, "notebook", tiny.course.handout(exam, paper.code))
    return bytes_below(tiny.course.work(exam))


def notes(tiny: TinyCourse, exam: str, question: str) -> list[str]:
    return [v.note for paper in tiny.papers(exam).values() for v in paper.variants() if v.question == question]


def test_a_late_candidate_changes_no_byte_of_the_others(tiny: TinyCourse) -> None:
    tiny.set(*range(24))
    before = handouts(tiny)
    assert len([path for path in before if path.startswith("handout/")]) == 24
    assert tiny.set(*range(25)) == [tiny.papers()["c024"].code], "one paper is dealt"
    after = handouts(tiny)
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"allocation.json"}
    assert len(after) == len(before) + 3
    assert tiny.set(*range(25)) == []
    assert handouts(tiny) == after, "setting again changes nothing"


def test_the_order_of_the_roster_later_does_not_matter(tiny: TinyCourse) -> None:
    tiny.set(1, 2, 3)
    before = bytes_below(tiny.course.work("tiny"))
    assert tiny.set(3, 1, 2) == []
    assert tiny.set(2) == [], "whoever leaves keeps the paper"
    assert bytes_below(tiny.course.work("tiny")) == before


def test_rows_are_only_added(tiny: TinyCourse) -> None:
    tiny.set(1, 2)
    first = tiny.open().allocation.rows
    tiny.set(2, 5, 1, again=["c001"])
    rows = tiny.open().allocation.rows
    assert rows[:2] == first
    assert [(row.candidate, row.attempt) for row in rows[2:]] == [("c005", 1), ("c001", 2)]
    assert len({row.code for row in rows}) == 4
    assert all(len(row.code) == CODE_LENGTH for row in rows)


def test_a_second_attempt_is_another_paper(tiny: TinyCourse) -> None:
    tiny.set(1)
    first = tiny.papers()["c001"]
    tiny.set(1, again=["c001"])
    second = tiny.papers()["c001"]
    assert first.code != second.code
    assert [variant.note for variant in first.variants()] != [variant.note for variant in second.variants()]
    with pytest.raises(AutograderError, match="nobody is called 'somebody'"):
        tiny.set(1, again=["somebody"])
    assert len(tiny.open().allocation.rows) == 2


def test_a_lost_paper_is_made_again_as_it_was(tiny: TinyCourse) -> None:
    tiny.set(*range(12))
    work = tiny.course.work("tiny")
    before = bytes_below(work)
    lost = list(tiny.papers().values())[3:6]
    for paper in lost:
        tiny.course.paper("tiny", paper.code).unlink()
        tiny.course.keys("tiny", paper.code).unlink()
    assert tiny.set(*range(12)) == [paper.code for paper in lost]
    assert bytes_below(work) == before


def test_everything_is_made_again_from_the_allocation(tiny: TinyCourse) -> None:
    tiny.set(*range(8), again=["c001"])
    tiny.set(*range(8), again=["c001"])
    work = tiny.course.work("tiny")
    before = bytes_below(work)
    for path in work.rglob("*/*.json"):
        path.unlink()
    tiny.set(*range(8))
    assert bytes_below(work) == before


def test_another_secret_gives_other_papers(tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.set(1)
    first = tiny.papers()["c001"]
    tiny.course.allocation("tiny").unlink()
    monkeypatch.setenv("TENFOLD_SECRET", "A" * 43 + "=")
    tiny.set(1)
    second = tiny.papers()["c001"]
    assert (first.code, first.fingerprint) != (second.code, second.fingerprint)


@pytest.mark.parametrize(("candidates", "times"), [(6, 1), (12, 2), (30, 5)])
def test_a_small_space_is_dealt_out_before_it_repeats(tiny: TinyCourse, candidates: int, times: int) -> None:
    write_bank(tiny.bank, only=ONLY_SMALL)
    tiny.set(*range(candidates), exam="only")
    dealt = Counter(notes(tiny, "only", "small"))
    assert dealt == {f"n={n}": times for n in (2, 3, 5, 7, 11, 13)}


def test_a_small_space_is_dealt_out_also_when_candidates_come_one_by_one(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, only=ONLY_SMALL)
    for count in range(1, 13):
        tiny.set(*range(count), exam="only")
        assert max(Counter(notes(tiny, "only", "small")).values()) == (count + 5) // 6


def test_equal_notes_are_one_variant(tiny: TinyCourse) -> None:
    # two params, but the note shows one of them, so there are three variants to tell apart
    noted = SMALL.replace("id: small", "id: noted").replace(
        "[2, 3, 5, 7, 11, 13]}", '[1, 2, 3]}\n  m: {pick: [4, 5, 6, 7]}\nnote: "n=[= n =]"'
    )
    write_bank(tiny.bank, noted, noted=ONLY_SMALL.replace("only", "noted").replace("small", "noted"))
    tiny.set(1, 2, 3, exam="noted")
    assert sorted(notes(tiny, "noted", "noted")) == ["n=1", "n=2", "n=3"]


def test_a_large_space_is_dealt_without_repetition(tiny: TinyCourse) -> None:
    tiny.set(*range(60))
    assert len(set(notes(tiny, "tiny", "adder"))) == 60


def test_answers_keep_their_distance_where_they_can(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, spaced=GAP)
    tiny.set(*range(30), exam="spaced")
    sheets = [read_record(tiny.course.keys("spaced", paper.code), KeySheet) for paper in tiny.papers("spaced").values()]
    answers = {
        ref: [key.answer for sheet in sheets for key in sheet.keys if key.ref == ref]
        for ref in ("adder-sum", "adder-ratio")
    }
    assert all(abs(a - b) >= 5 for a, b in combinations(answers["adder-sum"], 2))
    for a, b in combinations(map(Fraction, answers["adder-ratio"]), 2):
        assert abs(a - b) > Fraction(2, 1000) * min(a, b)


def test_a_crowded_space_is_dealt_all_the_same(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, spaced=GAP.replace("exact: 5", "exact: 500"))
    assert len(tiny.set(*range(20), exam="spaced")) == 20


def test_forms_are_dealt_in_turn(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, formed=FORMS)
    tiny.set(*range(7), exam="formed")
    papers = tiny.papers("formed")
    assert len({paper.code for paper in papers.values()}) == 7, "a code names a paper, not a form"
    asked = [tuple(variant.note for variant in paper.variants()) for paper in papers.values()]
    assert asked[0] == asked[3] == asked[6]
    assert asked[1] == asked[4]
    assert len(set(asked)) == 3
    before = bytes_below(tiny.course.work("formed"))
    for path in tiny.course.work("formed").rglob("*/*.json"):
        path.unlink()
    tiny.set(*range(7), exam="formed")
    assert bytes_below(tiny.course.work("formed")) == before
    tiny.set(*range(9), exam="formed")
    asked = [tuple(variant.note for variant in paper.variants()) for paper in tiny.papers("formed").values()]
    assert len(set(asked)) == 3, "late candidates get a form that there is"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("What is $a + b$?", "What is $a + b + 1$?"),
        ("high: 99}", "high: 98}"),
        ("unit: count", "unit: GB"),
        ("Take $a", "Let $a"),
        ("id: ratio", "id: quotient"),
    ],
)
def test_what_candidates_saw_cannot_change(tiny: TinyCourse, old: str, new: str) -> None:
    tiny.set(1)
    write_bank(tiny.bank, ADDER.partition("tests:")[0].replace(old, new))
    with pytest.raises(AutograderError, match="'adder' is not the one") as raised:
        tiny.set(1, 2)
    assert raised.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("share: 0.5", "share: 0.7"),
        ("zero: 0.05", "zero: 0.2"),
        ("answer: total", "answer: total + 1"),
        ("topic: sums", "topic: other"),
        ("This is the difference.", "No."),
    ],
)
def test_a_mark_scheme_may_change(tiny: TinyCourse, old: str, new: str) -> None:
    tiny.set(1)
    write_bank(tiny.bank, ADDER.partition("tests:")[0].replace(old, new))
    assert len(tiny.set(1, 2)) == 1


def test_rendering_needs_papers(tiny: TinyCourse) -> None:
    with pytest.raises(AutograderError, match="no paper of this exam is set") as raised:
        next(render_exam(tiny.open(), ["notebook"]))
    assert "tenfold set tiny" in raised.value.hint


def test_copied_answers_earn_little(tiny: TinyCourse) -> None:
    tiny.set(*range(40))
    shares = copied_credit(tiny.open())
    assert shares.keys() == {"adder-sum", "adder-ratio", "small-a"}
    assert shares["adder-sum"] < 0.1
    assert all(0 <= share <= 1 for share in shares.values())


def test_papers_do_not_say_whose_they_are_nor_the_answer(tiny: TinyCourse) -> None:
    tiny.set("ada-of-the-roster")
    paper = tiny.papers()["ada-of-the-roster"]
    saved = tiny.course.paper("tiny", paper.code).read_text()
    assert "ada-of-the-roster" not in saved
    assert "answer" not in saved
    assert "seed" not in saved
