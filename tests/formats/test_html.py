"""Papers, solutions and marking guides as pages: whole, heard, obeying nobody, asking nobody."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.errors import RenderError
from autograder.formats.html import html
from autograder.kinds import INPUTS
from autograder.markup.mathfont import with_math_font
from autograder.outline.paper import FACES, Face
from tests.conftest import ROOT
from tests.formats.papers import EVERYTHING, ILLUSTRATED, SHEET, made

VOID = {"meta", "img", "br", "hr", "mspace", "mprescripts"}
OUTSIDE = re.compile(
    r"<(?:script|link|iframe|object|embed)\b|\s(?:src|href|action)=[\"'](?!#|data:)|url\((?!data:)|@import|\son\w+="
)


class Reader(HTMLParser):
    """Checks that elements are closed in their order, and keeps the words and the headings."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.headings: list[int] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.found.append((tag, named))
        self.ids += [named["id"] or ""] if "id" in named else []
        self.labels += [named["aria-labelledby"] or ""] if "aria-labelledby" in named else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


def page(tmp_path: Path, face: Face = "paper", text: str = EVERYTHING) -> tuple[str, Reader]:
    paper, keys = made(text)
    [path] = html(paper, keys, tmp_path, face)
    content = path.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(content)
    reader.close()
    assert reader.open == []
    return content, reader


@pytest.mark.parametrize("face", FACES)
def test_a_page_is_whole_and_asks_nobody(face: Face, tmp_path: Path) -> None:
    content, reader = page(tmp_path, face)
    assert not OUTSIDE.search(content)
    assert "default-src 'none'" in content
    assert len(set(reader.ids)) == len(reader.ids)
    assert set(reader.labels) <= set(reader.ids)
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    steps = zip(reader.headings, reader.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps), "no level of heading is left out"
    assert all(f'lang="{lang}"' in content for lang in ["en"])


@pytest.mark.parametrize("face", FACES)
def test_a_page_can_be_heard_and_walked_through(face: Face, tmp_path: Path) -> None:
    content, reader = page(tmp_path, face, ILLUSTRATED)
    tags = [tag for tag, _ in reader.found]
    assert [tags.count(tag) for tag in ("html", "title", "h1", "main", "nav", "header")] == [1] * 6
    assert re.search(r"<title>An exam.*</title>", content)
    assert ("img", "A schedule") in [(tag, named.get("alt")) for tag, named in reader.found]
    for tag, named in reader.found:
        assert tag not in ("input", "button", "textarea", "select"), "nothing on a paper is filled in by keyboard"
        assert tag != "img" or (named.get("alt") or "").strip()
        assert named.get("tabindex", "0") == "0", "the order of the page is the order of the keyboard"
        assert tag != "section" or not named or named.get("aria-labelledby")
    # what is drawn only for the eye is not read out
    shapes = [named for _, named in reader.found if named.get("class") in ("circle", "square")]
    assert shapes
    assert all(named.get("aria-hidden") == "true" for named in shapes)


def test_what_a_candidate_needs_is_on_the_page(tmp_path: Path) -> None:
    _, reader = page(tmp_path)
    said = " ".join("".join(reader.words).split())
    for words in (
        "An exam", "DL-1", "2026-12-01", "90 minutes", "A2B3C4D5E6", "Write well", "13.5 points",
        "Everything [that] is #asked & <shown>", 'y = x[0] * 2 # "quoted" \\ #hash $5', "60 words at most",
        "2 points", "0.5 points", "1 point", "the other one", "third step", "right two", "given | text", "every-a",
    ):  # fmt: skip
        assert words in said, words


def test_a_formula_sheet_stands_at_the_end(tmp_path: Path) -> None:
    paper, _ = made(formula_sheet=SHEET)
    [path] = html(paper, None, tmp_path)
    _, sheet = path.read_text(encoding="utf-8").split('<h2 id="formula-sheet">Formula sheet</h2>')
    assert "<article" not in sheet
    assert "<math" in sheet
    assert "Not &lt;here&gt;" in sheet
    assert 'id="formula-sheet"' not in page(tmp_path)[0]


def test_solutions_and_guide_say_more(tmp_path: Path) -> None:
    said = {face: " ".join("".join(page(tmp_path, face)[1].words).split()) for face in FACES}
    for words in ("WORKED", "exp\u2061(x)x", "CONVENTION", "SLIP", "half = n/2 = 7/2 = 3.5", "For staff only"):
        assert [words in said[face] for face in FACES] == [False, True, True], words
    for words in ("RUBRIC", "full points up to 0.3 decades"):
        assert [words in said[face] for face in FACES] == [False, False, True], words


def test_every_input_has_its_place_to_answer() -> None:
    spaces = (ROOT / "templates/html/inputs.html.jinja").read_text().rpartition("set spaces")[2]
    assert not [word for word in INPUTS if f'"{word}": {word}' not in spaces]


def test_bad_math_is_named_with_question_line_and_expression(tmp_path: Path) -> None:
    with pytest.raises(RenderError) as told:
        page(tmp_path, text=EVERYTHING.replace("\\sum_{i=1}", "\\summ_{i=1}"))
    assert told.value.where == "every, line 14"
    assert "\\summ_{i=1}^{7} x_i" in told.value.problem


def test_the_same_paper_gives_the_same_bytes(tmp_path: Path) -> None:
    assert page(tmp_path)[0] == page(tmp_path)[0]


def test_a_page_with_math_carries_a_font_and_another_does_not(tmp_path: Path) -> None:
    content, _ = page(tmp_path)
    [written] = re.findall(r'src:url\(data:font/woff2;base64,([^)]*)\) format\("woff2"\)', content)
    assert base64.b64decode(written)[:4] == b"wOF2"
    assert len(written) < 80_000
    assert 'math { font-family: "Tenfold Math",' in content
    plain = (
        EVERYTHING.partition("text: |")[0]
        + "text: None.\nparts: [{id: a, text: Why?, input: truefalse, points: 1, answer: 1 > 0}]"
    )
    assert "font-face" not in page(tmp_path, text=plain)[0]


def test_a_course_may_have_another_font(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "math.woff2").write_bytes(b"another")
    styled = "<style></style><math></math>"
    shown = with_math_font(styled, (tmp_path, ROOT / "templates"))
    assert base64.b64encode(b"another") in shown
    with pytest.raises(RenderError, match="no font"):
        with_math_font(styled, (tmp_path / "fonts",))


def picture(html: Path, to: Path) -> str:
    """What Chromium says of a page that it shows without a network, as its elements; the picture goes to a file."""
    shown = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND",
         f"--user-data-dir={to.parent / 'profile'}", f"--screenshot={to}", "--window-size=390,2400", "--dump-dom",
         html.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "Content Security Policy" not in shown.stderr
    return shown.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium to look with")
def test_a_browser_shows_the_page_without_a_network(tmp_path: Path) -> None:
    paper, _ = made()
    [path] = html(paper, None, tmp_path)
    assert "<munderover>" in picture(path, tmp_path / "page.png")
    without = tmp_path / "without.html"
    without.write_text(re.sub("@font-face.*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    picture(without, tmp_path / "without.png")
    assert (tmp_path / "page.png").read_bytes() != (tmp_path / "without.png").read_bytes(), "the font is not used"
