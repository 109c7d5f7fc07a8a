"""Markdown and math as HTML: what authors write looks as they meant it, and is the same however it was made."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.bank import load_bank
from autograder.errors import RenderError
from autograder.key import keys_of
from autograder.markup import html
from autograder.markup.html import to_html, to_inline_html
from autograder.markup.math import MACROS, MAX_LENGTH, to_mathml
from autograder.variant import draw_values, show
from tests.conftest import SHIPPED_BANK


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A *short* **text**.", "<p>A <em>short</em> <strong>text</strong>.</p>"),
        ("`a_b < c`", "<p><code>a_b &lt; c</code></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
        ("7. seven\n8. eight", '<ol start="7">\n<li>seven</li>\n<li>eight</li>\n</ol>'),
        ("```python\nx = a[1]\n```", '<pre tabindex="0"><code>x = a[1]\n</code></pre>'),
        ("1.5 is no item, 64 neither", "<p>1.5 is no item, 64 neither</p>"),
        ("<b>12</b> <script>alert(1)</script>", "<p>&lt;b&gt;12&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[here](https://example.org/12)", '<p><a href="https://example.org/12">here</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("![a dot](data:image/png;base64,AA12)", '<p><img src="data:image/png;base64,AA12" alt="a dot" /></p>'),
        ("Costs \\$5 and \\$6", "<p>Costs $5 and $6</p>"),
        ("&#65;&frac12;", "<p>A½</p>"),
        ("4\u202f194\u202f304 values", "<p>4\u202f194\u202f304 values</p>"),
        ("", ""),
    ],
)
def test_markdown(text: str, wanted: str) -> None:
    assert to_html(text).strip() == wanted


def test_a_table_scrolls_by_itself() -> None:
    shown = to_html("| a | b |\n|---|---|\n| 1 | $x_2$ |")
    assert shown.startswith('<div class="scroll" tabindex="0"><table>')
    assert "<td>1</td>\n<td><math>" in shown


def test_math_stands_in_the_line_or_on_its_own() -> None:
    inline, display = to_html("so $x_1 = 64$."), to_html("$$x = \\frac{12}{7}$$")
    assert inline.startswith('<p>so <span class="whole"><math>')
    assert "<mn>64</mn>" in inline
    assert '<span class="display"' in display
    assert '<math display="block">' in display
    assert "<mn>12</mn>" in display
    assert '<math display="block">' in to_html("in a line: $$12$$ of it")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("so $x$ is", "so M is"),
        ("so $x$, is", 'so <span class="whole">M,</span> is'),
        ("so ($x$), is", 'so <span class="whole">(M),</span> is'),
        ("a *b*$x$*c*", "a <em>b</em>M<em>c</em>"),
        ("an $n$-th 1.5$x$.", 'an <span class="whole">M-</span>th 1.5<span class="whole">M.</span>'),
        ("$x$,$y$", '<span class="whole">M,</span>M'),
        ("$x$&$y$<", "M&amp;M&lt;"),
    ],
)
def test_signs_stay_with_the_expression_that_they_touch(text: str, wanted: str) -> None:
    assert re.sub("<math>.*?</math>", "M", to_inline_html(text)) == wanted


def test_one_paragraph_can_stand_in_a_line() -> None:
    assert to_inline_html("a `1` *b*") == "a <code>1</code> <em>b</em>"
    assert to_inline_html("a\n\nb") == "<p>a</p>\n<p>b</p>"


@pytest.mark.parametrize("name", sorted(MACROS))
def test_the_macros_of_the_house_are_read(name: str) -> None:
    as_xml(to_mathml(rf"\{name}(x_1) + \{name}"))


@pytest.mark.parametrize("latex", [r"\unknown{3}", r"\frac{1}{", "x^{2}}", r"\begin{matrix} 1", "a_1_2"])
def test_an_expression_that_cannot_be_read_is_named(latex: str) -> None:
    for text in (f"Let ${latex}$ be.", f"$${latex}$$"):
        with pytest.raises(RenderError) as caught:
            to_html(text)
        assert f"${latex}$" in caught.value.problem


def test_hostile_math_ends() -> None:
    for latex in ("{" * 5000 + "}" * 5000, r"\sqrt" * 3000 + "x", "x" * (MAX_LENGTH + 1)):
        try:
            to_mathml(latex)
        except RenderError as error:
            assert error.problem


@pytest.mark.parametrize("source", ["https://example.org/a.png", "figure.svg", "//example.org/x"])
def test_a_picture_from_elsewhere_is_refused(source: str) -> None:
    with pytest.raises(RenderError, match="lies outside"):
        to_html(f"![alt]({source})")


def test_what_only_looks_like_a_picture_stays_text() -> None:
    assert to_html("![alt](data:text/html,x)") == "<p>![alt](data:text/html,x)</p>\n"


def as_xml(shown: str) -> ET.Element:
    """Parse HTML as XML, which knows no void elements and few entities: whatever is not closed is found."""
    known = re.sub(r"&(?!amp;|lt;|gt;|quot;|#)\w+;", " ", shown)
    return ET.fromstring(f"<div>{known.replace('<br>', '<br/>').replace('<hr>', '<hr/>')}</div>")


PIECES = st.sampled_from(
    [
        "12", "3.5", "1,024", "7.", "2)", "- ", "> ", "* ", "\n", "\n\n", "    ", " ", "text ", "*", "_", "**", "`",
        "$", "$$", "$x_1$", "$10^6$", "|", "|---|---|", "\n| 1 | 2 |\n", "#", "&#65;", "&lt;", "&", "<", ">", "[1]",
        "](1)", "[1]: /u2", "```", "~~~3", "\\", "\\1", "<https://a.b/1>", "!", "=", "---", "+", "1e5", "\u202f", ":",
        "\ue000",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
@example("1. 2. x\n3. 64. y")
@example("64.\n65. x")
@example("> 1) a\n> 2) b 3")
@example("a\n12. b")
@example("[1]\n\n[1]: /u2")
@example("``` 3\n1. x\n```")
def test_leaving_the_numbers_out_changes_nothing(text: str) -> None:
    clean = html._RESERVED.sub("\ufffd", text)
    results = []
    for make in (to_html, html._whole):
        try:
            results.append(str(make(text if make is to_html else clean)))
        except RenderError as error:
            results.append(error.problem)
    assert results[0] == results[1]


def test_every_text_of_the_bank_can_be_shown() -> None:
    bank = load_bank(SHIPPED_BANK)
    seen = 0
    for question in bank.questions.values():
        for number in range(3):
            values = draw_values(question, hashlib.sha256(f"{question.id} {number}".encode()).digest())
            variant, keys = show(question, values), keys_of(question, values, solutions=True)
            texts = [variant.text, *(part.text for part in variant.parts), *(key.solution for key in keys)]
            texts += [option for part in variant.parts for option in part.options]
            for text in texts:
                shown = to_html(text)
                assert shown == html._whole(text)
                assert "$" not in re.sub(r"<code>.*?</code>", "", shown, flags=re.DOTALL), question.id
                as_xml(shown)
                seen += 1
    assert seen > 50
