"""Papers, solutions and marking guides as PDF: whole, the same again, with nothing in them that is not to be there."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import RenderError
from autograder.formats.pdf import pdf, pictures, source_of
from autograder.kinds import INPUTS
from autograder.markup.typst_pages import pages
from autograder.markup.typst_text import to_typst
from autograder.model import Paper
from autograder.outline.paper import FACES, Face, outline
from autograder.resources import template_folders
from tests.conftest import ROOT, Ran, TinyCourse
from tests.formats.papers import EVERYTHING, ILLUSTRATED, SHEET, made, text_of


def written(tmp_path: Path, face: Face = "paper", text: str = EVERYTHING) -> bytes:
    paper, keys = made(text)
    [path] = pdf(paper, keys, tmp_path, face)
    return path.read_bytes()


def test_what_a_candidate_needs_is_on_the_paper(tmp_path: Path) -> None:
    said = " ".join(text_of(written(tmp_path)).split())
    for words in (
        "An exam", "DL-1", "2026-12-01", "90 minutes", "A2B3C4D5E6", "Name", "Write well", "13.5", "A section",
        "Everything [that] is #asked & <shown>", 'y = x[0] * 2 # "quoted" \\ #hash $5', "GB", "60 words at most",
        "2 points", "0.5 points", "1 point", "the other one", "third step", "right two", "given | text", "GB *",
        "Page 2 of",
    ):  # fmt: skip
        assert words in said, words


@pytest.mark.parametrize("face", FACES)
def test_a_formula_sheet_is_the_last_page(face: Face, tmp_path: Path) -> None:
    plain = len(pypdf.PdfReader(io.BytesIO(written(tmp_path, face))).pages)
    paper, keys = made(formula_sheet=SHEET)
    [path] = pdf(paper, keys, tmp_path, face)
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    assert len(pages) == plain + 1
    assert ["Formula sheet" in page and "Not <here>" in page for page in pages] == [False] * plain + [True]


def test_bad_math_on_the_formula_sheet_is_named(tmp_path: Path) -> None:
    paper, _ = made(formula_sheet="Fine.\n\nThen $\\nosuch$.")
    with pytest.raises(RenderError, match="nosuch") as told:
        pdf(paper, None, tmp_path)
    assert "the formula sheet" in str(told.value)


def test_solutions_and_guide_say_more(tmp_path: Path) -> None:
    said = {face: " ".join(text_of(written(tmp_path, face)).split()) for face in FACES}
    for words in ("WORKED", "exp (𝑥)𝑥", "CONVENTION", "SLIP", "half = n/2 = 7/2 = 3.5", "For staff only"):
        assert [words in said[face] for face in FACES] == [False, True, True], words
    for words in ("RUBRIC", "full points up to 0.3 decades"):
        assert [words in said[face] for face in FACES] == [False, False, True], words


def test_the_same_paper_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_a_paper_opens_without_its_keys(tmp_path: Path) -> None:
    paper, keys = made()
    [path] = pdf(paper, None, tmp_path)
    assert path.read_bytes() == pdf(paper, keys, tmp_path / "again")[0].read_bytes()
    with pytest.raises(RenderError, match="need the keys"):
        pdf(paper, None, tmp_path, "guide")
    with pytest.raises(RenderError, match="do not belong"):
        pdf(paper, keys[:1], tmp_path, "solutions")


def test_every_input_has_its_place_to_answer() -> None:
    shown = {part.input for part in made()[0].parts()} | {"code"}
    assert shown == set(INPUTS), "the papers of these tests ask in every way"
    spaces = (ROOT / "templates/paper/inputs.typ").read_text().rpartition("#let spaces")[2]
    assert not [word for word in INPUTS if f"{word}: {word}-space" not in spaces]


def test_an_input_without_a_place_is_named(tmp_path: Path) -> None:
    paper, _ = made()
    part = paper.sections[0].variants[0].parts[0].model_copy(update={"input": "dance"})
    variant = paper.sections[0].variants[0].model_copy(update={"parts": (part,)})
    section = paper.sections[0].model_copy(update={"variants": (variant,)})
    with pytest.raises(RenderError, match="no place to answer for the input dance"):
        pdf(paper.model_copy(update={"sections": (section,)}), None, tmp_path)


def test_bad_math_is_named_with_question_line_and_expression(tmp_path: Path) -> None:
    text = EVERYTHING.replace("\\sum_{i=1}", "\\summ_{i=1}")
    with pytest.raises(RenderError) as told:
        written(tmp_path, text=text)
    assert told.value.where == "every, line 14"
    assert "\\summ_{i=1}^{7} x_i" in told.value.problem


def test_an_answer_stands_with_its_question(tmp_path: Path) -> None:
    parts = "".join(
        f"  - {{id: p{number}, text: QUESTION{number}, input: number, points: 4, unit: ANSWER{number}, answer: '1'}}\n"
        for number in range(30)
    )
    text = EVERYTHING.partition("parts:\n")[0] + "parts:\n" + parts.replace("unit: ANSWER", "unit: GB, catalogue: c")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(written(tmp_path, text=text))).pages]
    assert len(pages) > 6
    for page in pages[1:]:
        assert page.count("QUESTION") == page.count("Answer"), "a part was torn from its answer"
    assert "QUESTION0" in pages[1]
    assert "A section" in pages[1]


def test_a_long_listing_goes_on_overleaf(tmp_path: Path) -> None:
    paper, _ = made()
    part = paper.sections[0].variants[0].parts[0]
    lines = "\n".join(f"x{number} = {number}" for number in range(150))
    coded = part.model_copy(update={"input": "code", "listing": lines, "starter": lines})
    variant = paper.sections[0].variants[0].model_copy(update={"parts": (coded,)})
    section = paper.sections[0].model_copy(update={"variants": (variant,)})
    [path] = pdf(paper.model_copy(update={"sections": (section,)}), None, tmp_path)
    said = text_of(path.read_bytes())
    assert "x0 = 0" in said
    assert "x149 = 149" in said


@pytest.mark.parametrize("page", [1, 2])
def test_the_square_on_each_page_says_paper_and_page(page: int) -> None:
    zxing = pytest.importorskip("zxingcpp", reason="zxing-cpp, which reads such squares, is not installed")
    image = pytest.importorskip("PIL.Image")
    paper, _ = made()
    folders = tuple(template_folders(Path.cwd()))
    made_pages = pictures(outline(paper, None, "paper"), folders, ppi=150)
    [found] = zxing.read_barcodes(image.open(io.BytesIO(made_pages[page - 1])))
    assert found.text == f"A2B3C4D5E6/{page}"


@given(text=st.text(alphabet="ab \\#$*_`<>@[]~/=+-.:;,()'\"{}|&^%!?1\n\u202fé", max_size=40))
def test_whatever_an_author_writes_is_text(text: str) -> None:
    try:
        shown = to_typst(text)
    except RenderError:
        return  # math that cannot be read
    source = f"#let picture(..) = []\n#block[{shown}]\n#metadata([{shown}])"
    assert pages({"main.typ": source}, ROOT / "templates/paper", "png", 10)


def test_commands_of_typst_are_only_letters(tmp_path: Path) -> None:
    text = EVERYTHING.replace("How many?", '"#read(\\"page.typ\\") #eval(\\"1+1\\") @label <label> $#pagebreak()$"')
    with pytest.raises(RenderError, match="cannot be read"):
        written(tmp_path, text=text)
    said = text_of(written(tmp_path, text=text.replace("$#pagebreak()$", "// x /* y */")))
    assert "#read(“page.typ”) #eval(“1+1”) @label <label> // x /* y */" in " ".join(said.split())


def test_a_course_changes_templates_and_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: TinyCourse
) -> None:
    own = tiny.course.root / "templates"
    (own / "paper").mkdir(parents=True)
    (own / "words.yaml").write_text("name: Nom\npage: Feuille\n")
    inputs = (ROOT / "templates/paper/inputs.typ").read_text()
    (own / "paper" / "inputs.typ").write_text(inputs.replace("#words.answer", "OURS"))
    monkeypatch.chdir(tiny.course.root)
    said = text_of(written(tmp_path))
    assert "Feuille 1" in said
    assert "Nom" in said
    assert "OURS" in said
    (own / "words.yaml").write_text("pgae: Feuille\n")
    with pytest.raises(RenderError, match="no word 'pgae'") as told:
        source_of(outline(made()[0], None, "paper"), (own.resolve(), tmp_path, *template_folders(tiny.course.root)))
    assert "did you mean 'page'" in told.value.hint
    shutil.rmtree(own)


def test_a_courses_own_template_shows_what_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: TinyCourse
) -> None:
    own = tiny.course.root / "templates" / "paper"
    own.mkdir(parents=True)
    shipped = (ROOT / "templates/paper/page.typ").read_text()
    crest = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    (own / "crest.svg").write_text(crest)
    (own / "page.typ").write_text(shipped.replace("  body\n", '  image("crest.svg", alt: "CREST")\n  body\n'))
    monkeypatch.chdir(tiny.course.root)
    assert b"CREST" in written(tmp_path)
    (own / "page.typ").write_text(shipped.replace("  body\n", '  image("../../roster.csv")\n  body\n'))
    with pytest.raises(RenderError):
        written(tmp_path)


def test_the_command_writes_handouts_and_staffs_versions_apart(
    tiny: TinyCourse, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.pipeline.rendering.release", lambda *_: [tiny.course.root / "a"] * 2)
    [code] = tiny.set("ada")
    ran = tenfold("render", "tiny", "--format", "pdf,html,solutions,guide", "--course", tiny.course.root)
    assert ran.code == 0, ran.err
    work = tiny.course.work("tiny")
    assert sorted(path.name for path in (work / "handout" / code).iterdir()) == ["tiny.html", "tiny.pdf"]
    assert sorted(path.name for path in (work / "staff" / code).iterdir()) == [
        "tiny_guide.html", "tiny_guide.pdf", "tiny_solutions.html", "tiny_solutions.pdf"
    ]  # fmt: skip
    ran = tenfold("render", "tiny", "--format", "pfd", "--course", tiny.course.root)
    assert (ran.code, "did you mean 'pdf'" in ran.err) == (2, True)


def test_a_paper_has_no_author_and_no_time(tmp_path: Path) -> None:
    about = pypdf.PdfReader(io.BytesIO(written(tmp_path))).metadata
    assert about is not None
    assert about.title == "An exam"
    assert about.author is None
    assert about.creation_date is None or about.creation_date.year == 1970


@pytest.mark.parametrize("face", FACES)
def test_a_paper_can_be_heard(face: Face, tmp_path: Path) -> None:
    read = pypdf.PdfReader(io.BytesIO(written(tmp_path, face, ILLUSTRATED)))
    catalogue = read.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    tagged = [read.get_object(number) for number in range(1, read.trailer["/Size"])]
    elements = [each for each in tagged if isinstance(each, dict) and each.get("/Type") == "/StructElem"]
    kinds = {str(each["/S"]) for each in elements}
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/L", "/Figure", "/Formula"} <= kinds
    seen = [str(each.get("/Alt", "")) for each in elements if each["/S"] == "/Figure"]
    assert "A schedule" in seen
    assert all(seen), "every picture says what is to be seen"


def test_papers_of_nothing_but_a_title(tmp_path: Path) -> None:
    paper = Paper(
        exam="e", title="", exam_code="", date="", duration=None, instructions="", code="X", points=0, sections=(),
        fingerprint="",
    )  # fmt: skip
    assert text_of(pdf(paper, None, tmp_path)[0].read_bytes())
