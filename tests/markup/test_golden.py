"""What expressions of the field look like on paper: a picture that a person has looked at, compared byte by byte.

After a change that is meant to change the picture: `python -m tests.markup.test_golden`, look at it, commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from autograder.markup.typst_math import to_typst_math
from autograder.markup.typst_pages import pages
from autograder.markup.typst_text import typst_string

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
MADE_WITH = "0.15.2"
"""The version of the typst package that the picture was made with: another one may set a hair's breadth elsewhere."""

PAGE = """\
#set page(paper: "a4", flipped: true, margin: 8mm, columns: 2, numbering: "1")
#set text(font: "New Computer Modern", size: 8pt)
#show math.equation: set text(font: "New Computer Modern Math")
#let shown(source, display, inline) = block(breakable: false, width: 100%, inset: 2pt, stroke: (bottom: 0.2pt), {
  text(size: 4.5pt, raw(source))
  linebreak()
  grid(columns: (1fr, 1fr), align: horizon, display, inline)
})
"""


def expressions() -> list[str]:
    lines = (HERE / "expressions.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def stress_page() -> str:
    return PAGE + "\n".join(
        f"#shown({typst_string(latex)}, [$ {to_typst_math(latex, True)} $], [${to_typst_math(latex)}$])"
        for latex in expressions()
    )


def test_the_page_is_a_stress() -> None:
    assert len(set(expressions())) >= 120


@pytest.mark.skipif(typst.__version__ != MADE_WITH, reason=f"the picture was made with typst {MADE_WITH}")
def test_expressions_look_as_they_did() -> None:
    made = pages({"main.typ": stress_page()}, HERE, "png", 110)
    golden = [path.read_bytes() for path in sorted(GOLDEN.glob("expressions-*.png"))]
    assert len(made) == len(golden)
    assert [number for number, (one, other) in enumerate(zip(made, golden, strict=True), 1) if one != other] == []


if __name__ == "__main__":
    for old in GOLDEN.glob("expressions-*.png"):
        old.unlink()
    GOLDEN.mkdir(exist_ok=True)
    for number, picture in enumerate(pages({"main.typ": stress_page()}, HERE, "png", 110), 1):
        (GOLDEN / f"expressions-{number}.png").write_bytes(picture)
