"""All papers in one file: each begins on the front of a sheet, and many are made by several processes at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from autograder.errors import RenderError
from autograder.formats.pdf import pdf
from autograder.pipeline import rendering
from autograder.printshop import merged
from tests.conftest import Ran, TinyCourse, bytes_below
from tests.formats.papers import made


def test_each_paper_begins_on_the_front_of_a_sheet(tmp_path: Path) -> None:
    paths = []
    for code in ("ONE", "TWO", "SIX"):
        paths += pdf(made(code=code)[0], None, tmp_path / code)
    whole = merged(paths)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(whole)).pages]
    single = len(pypdf.PdfReader(paths[0]).pages)
    each = single + single % 2
    assert len(pages) == 3 * each
    for number, code in enumerate(("ONE", "TWO", "SIX")):
        assert code in pages[number * each]
        assert all(code in page for page in pages[number * each : number * each + single])
    assert whole == merged(paths), "the same papers give the same bytes"


def test_a_paper_that_was_not_printed_is_named(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="not printed") as told:
        merged([tmp_path / "nobody.pdf"])
    assert told.value.hint == "add pdf to the formats"


def test_the_command_merges(tiny: TinyCourse, tenfold: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.pipeline.rendering.release", lambda *_: [tiny.course.root / "a"] * 2)
    codes = tiny.set("ada", "ben")
    ran = tenfold("render", "tiny", "--format", "pdf", "--merge", "--course", tiny.course.root)
    assert ran.code == 0, ran.err
    assert "work/tiny/tiny.pdf" in ran.out
    said = "".join(page.extract_text() for page in pypdf.PdfReader(tiny.course.print_shop("tiny")).pages)
    assert all(code in said for code in codes)


@pytest.mark.slow
def test_many_processes_write_what_one_does(tiny: TinyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.set(*range(6))
    opened = tiny.open()
    folders = list(rendering.handouts(opened, ["pdf"], ["guide"]))
    alone = bytes_below(tiny.course.work("tiny"))
    monkeypatch.setattr(rendering, "ALONE", 0)
    monkeypatch.setattr(rendering, "_cores", lambda: 2)
    assert list(rendering.handouts(opened, ["pdf"], ["guide"])) == folders
    assert bytes_below(tiny.course.work("tiny")) == alone
