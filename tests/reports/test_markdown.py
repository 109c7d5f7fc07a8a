"""The page for people: a line for each part, honest totals, and nothing in it that a candidate could have put there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from autograder.markup.plain import as_plain
from autograder.reports.markdown import markdown
from tests.reports.made import HOSTILE, part, report, unchecked, waiting

GITHUB = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def page(*made: object, **changed: object) -> str:
    [only] = markdown(report(*made, **changed), {})  # type: ignore[arg-type]
    assert only.variable == "GITHUB_STEP_SUMMARY"
    return only.text


def test_it_says_each_part_and_the_totals() -> None:
    text = page(part(1, 7.25, 10.0), waiting(2), unchecked(3), flags=("the file carries no paper code",))
    assert text.startswith("## Mock exam: 7.25 of 10 points; 10 more to be marked by a person; 4 more could not be")
    html = GITHUB.render(text)
    assert html.count("<tr>") == 4
    assert "7.25 of 10" in html
    assert "to be marked by a person: 10" in html
    assert "could not be checked: 4" in html
    assert "the file carries no paper code" in html


def test_a_candidates_words_stay_words() -> None:
    html = GITHUB.render(page(part(1, 0.0, feedback=HOSTILE), title=HOSTILE, flags=(HOSTILE,)))
    assert html.count("<td") == 3
    assert not [tag for tag in ("<script", "<a ", "<img", "<code", "<em", "<h1") if tag in html]
    assert "\x1b" not in html


@pytest.mark.parametrize("text", ["58.4 GB", "mixer_cost-a", "1.78e14 (about)", "a sentence: with a stop."])
def test_usual_words_are_not_changed(text: str) -> None:
    assert as_plain(text) == text


@given(st.text(st.sampled_from("ab1 _*`~|[]()<>!&$#@:/.\\-\n\x1b")))
def test_whatever_is_written_is_shown_as_it_is(text: str) -> None:
    tokens = GITHUB.parseInline(f"x {as_plain(text)} x")[0].children or []
    assert {token.type for token in tokens} <= {"text", "text_special"}
    assert "".join(token.content for token in tokens).split() == f"x {text} x".replace("\x1b", "").split()
