"""One page a candidate: complete, offline, theirs alone, and nothing on it that they may not know."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.errors import RenderError
from autograder.feedback import Outcome, Person, feedback
from autograder.model import Mark, MarkSheet, Paper, Submission
from autograder.pipeline.feedback import feedback_exam, page_of
from autograder.pipeline.posting import sheets_of
from autograder.resources import shipped
from autograder.store import read_record
from tests.conftest import ADDER, ROOT, SMALL, Ran, TinyCourse, write_bank
from tests.graders.test_manual import EXAM as WORDS
from tests.graders.test_manual import PROSE

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """A page taken apart; a tag that is not closed, or closes another, fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.headings: list[int] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


HOSTILE = "</code><script>alert(1)</script><img src=x onerror=alert(1)> [= 7*191 =] $\\frac{1}$ `b` &amp; ![p](http://e.org/x)"


@pytest.fixture
def marked(tiny: TinyCourse) -> TinyCourse:
    """Ada is right but for a slip, Ben writes what no page may obey, Cy hands in nothing, Dee's answer must be run."""
    tiny.set("ada", "ben", "cy", "dee")
    values = {name: paper.variants()[0].values for name, paper in tiny.papers().items()}
    squares = {name: paper.variants()[1].values for name, paper in tiny.papers().items()}
    a, b = values["ada"]["a"], values["ada"]["b"]
    tiny.hand_in("ada", {
        "adder-sum": f"adder_sum = {b} - {a}", "adder-ratio": f"adder_ratio = {b}/{a}",
        "small-a": f"small_a = {squares['ada']['n']}**2",
    })  # fmt: skip
    tiny.hand_in("ben", {"adder-sum": f"adder_sum = {HOSTILE!r}", "small-a": 'small_a = "12 hours"'})
    tiny.hand_in("cy", {})
    tiny.hand_in("dee", {"adder-sum": "adder_sum = input()"})
    tiny.mark()
    return tiny


def pages(course: TinyCourse) -> dict[str, Page]:
    return {path.stem: Page(path.read_text(encoding="utf-8")) for path in feedback_exam(course.open())}


def test_a_page_for_everybody_who_has_marks(marked: TinyCourse) -> None:
    shown = pages(marked)
    assert sorted(shown) == ["ada", "ben", "cy", "dee"]
    for name, page in shown.items():
        assert not [word for word in ("ada", "ben", "cy", "dee") if word in page.words.lower().split()]
        assert marked.papers()[name].code in page.words
        for other in set(shown) - {name}:
            assert marked.papers()[other].code not in page.words


def test_a_page_says_what_was_asked_read_and_earned(marked: TinyCourse) -> None:
    page = pages(marked)["ada"].words
    values = marked.papers()["ada"].variants()[0].values
    a, b = int(str(values["a"])), int(str(values["b"]))
    assert f"Take a = {a} and b = {b}" in page.replace("a=", "a = ").replace("b=", "b = ")
    assert f"Your answer {b - a}" in page
    [sheet] = [sheet for sheet in sheets_of(marked.open()) if sheet.candidate == "ada"]
    assert f"{sheet.score:g} of 5 points" in page
    for mark in sheet.marks:
        assert " ".join(mark.feedback.replace("`", "").split()) in page
        assert f"{mark.score:g} of {mark.points:g}" in page


def test_a_page_needs_nothing_else(marked: TinyCourse) -> None:
    for page in pages(marked).values():
        assert not [tag for tag, *_ in page.attributes if tag in ("script", "link", "iframe", "object", "form")]
        assert all(value.startswith("#") for value in page.values("href"))
        assert page.values("src") == []
        assert not [name for _, name, _ in page.attributes if name.startswith("on")]
        assert any("default-src 'none'" in value for value in page.values("content"))
    raw = marked.course.feedback("tiny", "ada").read_text(encoding="utf-8")
    assert "url(" not in raw.replace("url(data:", "")
    assert "@import" not in raw


def test_a_page_can_be_heard_and_walked_through(marked: TinyCourse) -> None:
    for page in pages(marked).values():
        assert ("html", "lang", "en") in page.attributes
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
        ids = page.values("id")
        assert len(ids) == len(set(ids))
        assert {value.removeprefix("#") for value in page.values("href")} <= set(ids)
        assert set(page.values("aria-labelledby")) <= set(ids)


def test_what_a_candidate_writes_is_shown_and_never_obeyed(marked: TinyCourse) -> None:
    page = pages(marked)["ben"]
    assert HOSTILE in page.text, "as it was written, letter by letter"
    assert "1337" not in page.words


def test_what_waits_is_said(marked: TinyCourse) -> None:
    shown = pages(marked)
    assert "so far" in shown["dee"].words
    assert "One part is not marked yet" in shown["dee"].words
    assert "a person marks this" in shown["dee"].words
    assert "so far" not in shown["cy"].words
    assert "0 of 5 points" in shown["cy"].words


def test_solutions_only_when_the_exam_releases_them(marked: TinyCourse) -> None:
    assert "Solution" not in pages(marked)["ada"].words
    path = marked.bank / "exams" / "tiny.yaml"
    path.write_text(path.read_text() + "release_solutions: true\n")
    page = pages(marked)["ben"].words
    values = marked.papers()["ben"].variants()[0].values
    assert f"Our answer: {int(str(values['a'])) + int(str(values['b']))}" in page


def test_an_exact_answer_is_shown_whole(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, SMALL.replace("answer: n**2", "answer: n**2 + 10**9"))
    path = tiny.bank / "exams" / "tiny.yaml"
    path.write_text(path.read_text() + "release_solutions: true\n")
    tiny.set("ada")
    tiny.hand_in("ada", {})
    tiny.mark()
    n = int(str(tiny.papers()["ada"].variants()[1].values["n"]))
    assert f"Our answer: {n**2 + 10**9}" in pages(tiny)["ada"].words


def test_what_people_decided_stands_on_the_page(marked: TinyCourse) -> None:
    opened = marked.open()
    [sheet] = [sheet for sheet in sheets_of(opened) if sheet.candidate == "dee"]
    persons = {"adder-sum": Person(1.5, "The loop is <fine>."), "small-a": Person(None, "")}
    page = Page(page_of(opened, sheet, persons=persons, penalty=0.25).decode()).words
    assert "1.25 of 5 points" in page
    assert "Taken off for lateness: 0.25 points" in page
    assert "marked by a person" in page
    assert "Comment The loop is <fine>." in page
    assert "so far" not in page


def outcome(course: TinyCourse, *marks: Mark) -> tuple[Paper, Outcome]:
    [sheet] = [sheet for sheet in sheets_of(course.open()) if sheet.candidate == "ada"]
    by_ref = {mark.ref: mark for mark in marks}
    changed: MarkSheet = sheet.model_copy(update={"marks": tuple(by_ref.get(mark.ref, mark) for mark in sheet.marks)})
    submission = read_record(course.course.submission("tiny", "ada"), Submission)
    return course.papers()["ada"], Outcome(changed, submission, {"adder-sum": "log"})


@pytest.mark.parametrize(
    ("detail", "wanted"),
    [
        ({"error": 0.477}, "Distance from our answer: 0.48 decades, a factor of 3."),
        ({"error": 12.0}, "Distance from our answer: 12 decades."),
        ({"rubric": [{"say": "names both", "points": 1.5, "of": 2}]}, "Marking points 1.5 / 2: names both"),
        ({"rubric": [{"say": "names $\\alpha$", "points": 1, "of": 2}]}, "Marking points 1 / 2: names α"),
        ({"comment": "well said, $5$"}, "Comment well said, $5$"),
        ({"amended": {"do": "accept", "reason": "The text was unclear."}}, "amended The text was unclear."),
        ({"output": "hello <b>"}, "Your code printed hello <b>"),
    ],
)
def test_what_a_mark_carries_is_shown(marked: TinyCourse, detail: dict[str, object], wanted: str) -> None:
    mark = Mark(
        ref="adder-sum", state="graded", score=1.0, points=2.0, reason="marked", feedback="Read.", detail=detail
    )
    assert wanted in Page(feedback(*outcome(marked, mark), [shipped("templates")])).words


def test_math_in_a_slips_words_is_set(marked: TinyCourse) -> None:
    path = marked.bank / "sums" / "adder.yaml"
    path.write_text(path.read_text().replace("This is the difference.", "'Here $\\beta_{[= a =]}$ was taken off.'"))
    marked.mark()
    shown = {sheet.stem: sheet.read_text() for sheet in feedback_exam(marked.open())}
    taken = marked.papers()["ada"].variants()[0].values["a"]
    assert f"Here <math><msub><mi>β</mi><mn>{taken}</mn></msub></math> was taken off." in shown["ada"]
    assert "$\\frac{1}$" in shown["ben"], "what a candidate wrote stays as it is"


def test_a_part_that_was_voided_counts_for_nothing(marked: TinyCourse) -> None:
    mark = Mark(
        ref="adder-sum", state="graded", score=0.0, points=0.0, reason="voided", feedback="Left out. It was unclear.",
        detail={"amended": {"do": "void", "reason": "It was unclear."}},
    )  # fmt: skip
    page = Page(feedback(*outcome(marked, mark), [shipped("templates")]))
    assert "Part 1a (2 points)" in page.words
    assert "left out of the total 0 of 0 points" in page.words
    assert page.words.count("It was unclear.") == 1, "the mark's own words say it"
    assert "result open" in page.values("class")


def test_prose_is_set_as_prose_and_obeyed_by_nobody(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, PROSE, tiny=WORDS.replace("exam: words", "exam: tiny"))
    tiny.set("ada")
    tiny.hand_in("ada", {"prose-a": f"It overflows.\n\n{HOSTILE}"})
    tiny.mark()
    page = pages(tiny)["ada"]
    assert "wrote prose" in page.values("class")
    assert " ".join(HOSTILE.split()) in page.words
    assert page.values("src") == []


def test_no_marking_point_is_shown_before_it_is_marked(marked: TinyCourse) -> None:
    rubric = {"rubric": [{"say": "SENTINEL", "points": 2}]}
    for state, reason in (("manual", "to_mark"), ("graded", "blank")):
        mark = Mark.model_construct(
            ref="adder-sum", state=state, score=None if state == "manual" else 0.0, points=2.0, reason=reason,
            read=None, feedback="", detail=rubric,
        )  # fmt: skip
        assert "SENTINEL" not in feedback(*outcome(marked, mark), [shipped("templates")])


def test_an_error_in_math_names_its_place(tiny: TinyCourse) -> None:
    write_bank(tiny.bank, ADDER.replace("What is $a + b$?", "What is $\\nonsense{a}$?"))
    tiny.set("ada")
    tiny.hand_in("ada", {})
    tiny.mark()
    with pytest.raises(RenderError) as caught:
        pages(tiny)
    assert caught.value.where == "adder-sum"
    assert "$\\nonsense{a}$" in caught.value.problem


def test_a_course_can_have_words_of_its_own(marked: TinyCourse) -> None:
    own = marked.course.root / "templates"
    own.mkdir(parents=True)
    (own / "words.yaml").write_text("your_answer: Ihre Antwort\nreason_right: richtig\n")
    page = pages(marked)["ada"].words
    assert "Ihre Antwort" in page
    assert "richtig" in page


def test_the_command(marked: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    ran = tenfold("feedback", "tiny", "--course", marked.course.root)
    assert (ran.code, ran.err) == (0, "")
    assert "4 pages in work/tiny/feedback/" in ran.out
    before = marked.course.feedback("tiny", "ada").read_bytes()
    tenfold("feedback", "tiny", "--course", marked.course.root)
    assert marked.course.feedback("tiny", "ada").read_bytes() == before


def test_the_command_before_there_are_marks(tiny: TinyCourse, tenfold: Callable[..., Ran]) -> None:
    tiny.set("ada")
    ran = tenfold("feedback", "tiny", "--course", tiny.course.root)
    assert ran.code == 0
    assert "run `tenfold mark tiny` first" in ran.out


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


CREDITS = ("full", "some", "none", "open")
PAIRS = [
    (colour, ground)
    for colour in ("text", "quiet", "link", *CREDITS)
    for ground in ("back", "code", *(f"{credit}-back" for credit in CREDITS))
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_can_be_read(theme: str) -> None:
    style = (ROOT / "templates" / "feedback" / "style.css.jinja").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): #([0-9a-f]+);", block)) for block in style.split(":root {")[1:3])
    colours = light if theme == "light" else light | dark
    for one, other in PAIRS:
        brighter, darker = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
        assert (brighter + 0.05) / (darker + 0.05) >= 4.5, f"{one} on {other}: WCAG AA wants 4.5"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.css.jinja")), ids=lambda path: path.parent.name)
def test_every_colour_has_a_name_that_themes_know(path: Path) -> None:
    style = re.sub(r":root \{[^}]*\}", "", path.read_text(encoding="utf-8"))
    assert not re.findall(r"(?:#[0-9a-f]{3,8}|rgba?\(|hsla?\()", style), "a colour of one theme only"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html.jinja")), ids=lambda path: path.name)
def test_pages_turn_no_escaping_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "safe" not in re.findall(r"\|\s*(\w+)", text)
    assert "autoescape" not in text
