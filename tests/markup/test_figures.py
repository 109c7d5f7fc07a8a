"""Figures drawn from a variant's values stand in every format, and say what is to be seen."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograder.errors import RenderError
from autograder.formats.notebook import notebook
from autograder.formats.pdf import pdf
from autograder.key import keys_of
from autograder.markup.figures import DATA, with_figures
from autograder.markup.html import to_html
from autograder.markup.typst_text import to_typst
from autograder.model import Figure, Question
from autograder.variant import draw_values, show, with_given
from tests.conftest import ROOT
from tests.formats.papers import EVERYTHING, made, parsed

DRAWN = {
    "moe_layer": {"experts": "4", "chosen": "2"},
    "mixer_layer": {"s": "64", "c": "256", "d_s": "384", "d_c": "3072"},
    "ring_all_reduce": {"workers": "6"},
    "gpipe_schedule": {"stages": "4", "batches": "5"},
    "roofline": {"peak": "312", "bandwidth": "2.039"},
}
ASKED = EVERYTHING.replace(
    "parts:\n", "figures: {ring: {drawn: ring_all_reduce, values: {workers: n + 1}}}\nparts:\n", 1
)
ASKED = ASKED.replace("text: How many?", 'text: "![A ring of [= n =] & \\"one\\"](figure:ring) How many?"')


def svg_in(text: str) -> ElementTree.Element:
    [content] = re.findall(rf"{re.escape(DATA)}([\w+/=]+)", text)
    return ElementTree.fromstring(base64.b64decode(content))


def test_every_template_is_tried() -> None:
    assert {path.name.partition(".")[0] for path in (ROOT / "templates/figures").iterdir()} == {*DRAWN, "frame"}


@pytest.mark.parametrize("drawn", DRAWN)
def test_a_figure_is_drawn_within_its_frame(drawn: str) -> None:
    figures = {"it": Figure(drawn=drawn, values=DRAWN[drawn])}
    text = with_figures("![something](figure:it)", figures, {})
    root = svg_in(text)
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for each in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(each.get("x", "-1")) <= width
        assert 0 <= float(each.get("y", "-1")) <= height
        assert (each.text or "").strip()
    assert f'<img src="{DATA}' in to_html(text)
    assert 'alt="something"' in to_html(text)
    assert to_typst(text).startswith("#picture(bytes(")


@pytest.mark.parametrize("workers", [2, 3, 8, 16])
def test_a_ring_has_its_workers(workers: int) -> None:
    figures = {"ring": Figure(drawn="ring_all_reduce", values={"workers": "n"})}
    root = svg_in(with_figures("![a ring](figure:ring)", figures, {"n": workers}))
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == workers


@pytest.mark.parametrize(("stages", "batches"), [(1, 1), (4, 8), (8, 32)])
def test_no_two_squares_of_a_schedule_lie_on_each_other(stages: int, batches: int) -> None:
    figures = {"it": Figure(drawn="gpipe_schedule", values={"stages": str(stages), "batches": str(batches)})}
    root = svg_in(with_figures("![a schedule](figure:it)", figures, {}))
    squares = [each for each in root.iter("{http://www.w3.org/2000/svg}rect") if each.get("stroke")]
    places = {(round(float(each.get("x", "0")), 3), each.get("y")) for each in squares}
    assert len(places) == len(squares) == 2 * stages * batches


def test_what_is_wrong_with_a_figure_is_said() -> None:
    ring = {"ring": Figure(drawn="ring_all_reduce", values={"workers": "n"})}
    for text, values, told in (
        ("![a](figure:rink)", {"n": 3}, "no figure 'rink'"),
        ("![](figure:ring)", {"n": 3}, "nothing says what is to be seen"),
        ("![a](figure:ring)", {}, "has no values"),
    ):
        with pytest.raises(RenderError, match=told):
            with_figures(text, ring, values)
    with pytest.raises(RenderError, match="'workers' is undefined"):
        with_figures("![a](figure:ring)", {"ring": Figure(drawn="ring_all_reduce")}, {})
    with pytest.raises(RenderError, match="no template"):
        with_figures("![a](figure:ring)", {"ring": Figure(drawn="nothing")}, {})


def test_a_word_of_a_figure_is_text() -> None:
    figures = {"it": Figure(drawn="moe_layer", values=DRAWN["moe_layer"], words={"router": "</text><script>[= n =]"})}
    root = svg_in(with_figures("![a](figure:it)", figures, {"n": 7}))
    assert "</text><script>7" in {each.text for each in root.iter("{http://www.w3.org/2000/svg}text")}


def test_a_figure_stands_in_notebook_and_pdf(tmp_path: Path) -> None:
    question: Question = parsed(ASKED)
    values = draw_values(question, bytes(32))
    paper, _ = made(ASKED)
    assert "](figure:" not in show(question, with_given(question, values)).parts[0].text
    [path] = notebook(paper, None, tmp_path)
    cells = path.read_text()
    assert f'<img src=\\"{DATA}' in cells
    assert 'alt=\\"A ring of 7 &amp; &quot;one&quot;\\"' in cells
    [printed] = pdf(paper, None, tmp_path)
    assert b"/Alt" in printed.read_bytes()
    assert keys_of(question, with_given(question, values), solutions=True)
