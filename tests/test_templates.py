"""Templates: texts of the bank can show values, choose and loop, and nothing else, and not for long."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.errors import RenderError
from autograder.markup.numerals import NARROW_SPACE, group, plain, sci, si, sig
from autograder.markup.templates import layout, names_in, render_text

VALUES: dict[str, Any] = {
    "a": 3,
    "b": 4,
    "x": Fraction(1, 3),
    "f": (2, 3, 5),
    "word": "alpha",
    "big": 178_120_000_000_000,
    "e": 2.5,
}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("[= a =]", "3"),
        ("$a = [= a*b =]$", "$a = 12$"),
        ("[= 1/3 + 1/6 =]", "0.5"),
        ("[= x*3 =]", "1"),
        ("[= x =]", "0.333333"),
        ("[= 7/2 =] [= 7//2 =] [= 7 % 2 =] [= 2**100 =]", "3.5 3 1 1267650600228229401496703205376"),
        ("[= a/4 =]", "0.75"),
        ("[= (a + b) | group =]", "7"),
        ("[= 0.1 + 0.2 =]", "0.3"),
        ("[= f[1] =][= f[3] =]", "25"),
        ("[= f =]", "2, 3, 5"),
        ("[= f | join('+') =]", "2+3+5"),
        ("[= f | sum =] [= f | length =] [= f | max =] [= f | first =] [= f | last =]", "10 3 5 2 5"),
        ("[= word =] [= word | upper =]", "alpha ALPHA"),
        ("[= -a =]", "-3"),
        ("[= -(a**2) =] [= 2**(a**2) =] [= 2**-1 =]", "-9 512 0.5"),
        ("[% for n in f %][= n =];[% endfor %]", "2;3;5;"),
        ("[% for n in range(3) %][= loop.index =][= n =] [% endfor %]", "10 21 32 "),
        ("[% for n in f %][= n =][% if not loop.last %], [% endif %][% endfor %]", "2, 3, 5"),
        ("[% if a < b %]less[% else %]more[% endif %]", "less"),
        ("[= 'one' if a == 1 else 'many' =]", "many"),
        ("[# nothing #]x", "x"),
        ("{{ a }} {% raw %} [[1, 2]] $\\{a\\}$", "{{ a }} {% raw %} [[1, 2]] $\\{a\\}$"),
        ("[% set c = a*2 %][= c =]", "6"),
    ],
)
def test_what_a_text_can_do(source: str, wanted: str) -> None:
    assert render_text(source, VALUES) == wanted


@pytest.mark.parametrize(
    "source",
    [
        "[= ''.__class__ =]",
        "[= a.__class__ =]",
        "[= ''['__class__'] =]",
        "[= f.__class__.__mro__ =]",
        "[= ''.__class__.mro() =]",
        "[= (a).real =]",
        "[= word.upper() =]",
        "[= word.format(a) =]",
        "[= '{0.__class__}'.format(a) =]",
        "[= '%s' | format(a) =]",
        "[= word | attr('__class__') =]",
        "[= f | map('upper') | list =]",
        "[= self =]",
        "[= self.__init__ =]",
        "[= cycler('a') =]",
        "[= lipsum() =]",
        "[= namespace(a=1) =]",
        "[= dict(a=1) =]",
        "[= joiner() =]",
        "[= range.__init__ =]",
        "[= loop.__class__ =]",
        "[% for n in f %][= loop.__class__ =][% endfor %]",
        "[% include 'x' %]",
        "[% import 'x' as y %]",
        "[% extends 'x' %]",
        "[% macro m() %][% endmacro %][= m() =]",
        "[% block b %][% endblock %]",
        "[% filter upper %]x[% endfilter %]",
        "[% call x() %][% endcall %]",
        "[% do a %]",
        "[% with a = 1 %][= a =][% endwith %]",
        "[= word | tojson =]",
        "[= word | safe =]",
        "[= word | xmlattr =]",
        "[= f.append(1) =]",
        "[= f.count(2) =]",
        "[= {'a': 1} =]",
        "[= word[0:2] =]",
        "[% autoescape true %][% endautoescape %]",
        "[= word % a =]",
    ],
)
def test_escapes_are_refused(source: str) -> None:
    with pytest.raises(RenderError):
        render_text(source, VALUES)


@pytest.mark.parametrize(
    "source",
    [
        "[= missing =]",
        "[= f[4] =]",
        "[= f[0] =]",
        "[= f[-1] =]",
        "[= a =",
        "[= a ]",
        "[% if a %]",
        "[% endif %]",
        "[= 1/0 =]",
        "[= 0**-1 =]",
        "[= word + 1 =]",
        "[= word*3 =]",
        "[= f*3 =]",
        "[= f + f =]",
        "[= missing | sig =]",
        "[= a | nosuch =]",
        "[= word | sig =]",
        "[= (1 =]",
        "[= =]",
        "[= [1] =]",
        "[= 2**3**2 =]",
        "[= -a**2 =]",
        "[= (a**2)**2 =]",
        "[= a | group('x') =]",
        "[= word | sci =]",
        "[= f | si =]",
    ],
)
def test_mistakes_are_render_errors_with_words(source: str) -> None:
    with pytest.raises(RenderError) as raised:
        render_text(source, VALUES)
    assert raised.value.problem


BOMBS = [
    "[= 9**(9**(9**9)) =]",
    "[= 'a'*10**9 =]",
    "[= 10**(10**10) =]",
    "[= (2**10000)*(2**10000) =]",
    "[% for i in range(10**9) %]x[% endfor %]",
    "[% for i in range(10**5) %][% for j in range(10**5) %][% endfor %][% endfor %]",
    "[% for i in range(999) %][% for j in range(999) %][% for k in range(999) %]x[% endfor %][% endfor %][% endfor %]",
    "[% set s = 'xxxxxxxxxx' %]" + "[% set s = s ~ s %]" * 60 + "[= s =]",
    "[% set s = 'xxxxxxxxxx' %]" + "[% set s = s + s %]" * 60 + "[= s =]",
    "[% set s = [1,2,3,4,5,6,7,8,9] %]" + "[% set s = [s,s,s,s,s,s,s,s,s] | join %]" * 20 + "[= s =]",
    "[= range(10**5) | join(word ~ word ~ word ~ word) =]",
    "[= " + "(" * 500 + "1" + ")" * 500 + " =]",
    "[= " + "-" * 5000 + "1 =]",
    "[= 1" + " + 1" * 5000 + " =]",
    "[= range(99999) | list | sum ** 99999 =]",
    "[= " + "not " * 3000 + "a =]",
    "[% if a %]" * 300,
    "[= a" + "[1]" * 3000 + " =]",
]


@pytest.mark.parametrize("source", BOMBS, ids=[source[:40] for source in BOMBS])
def test_bombs_are_refused_at_once(source: str) -> None:
    began = time.process_time()
    with pytest.raises(RenderError):
        render_text(source, VALUES)
    assert time.process_time() - began < 20


PIECES = st.sampled_from(
    [
        "[=",
        "=]",
        "[%",
        "%]",
        "[#",
        "#]",
        " a ",
        " f ",
        "[1]",
        "for n in f",
        "endfor",
        "if a",
        "endif",
        "else",
        "|sig",
        "|join",
        "(",
        ")",
        "*",
        "**",
        "~",
        "9",
        ".__class__",
        "'x'",
        "\n",
        "range",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@settings(max_examples=300, deadline=None)
@example("[= a | sig(10**9) =]")
@example("[= a | group('x') =]")
def test_any_text_renders_or_is_a_render_error(source: str) -> None:
    try:
        render_text(source, VALUES)
    except RenderError as error:
        assert error.problem


def test_the_budget_is_that_of_one_rendering() -> None:
    source = "[% for i in range(60000) %][% endfor %]done"
    assert [render_text(source, VALUES) for _ in range(3)] == ["done"] * 3


def test_names_in() -> None:
    assert names_in("[= a =] [% for n in f %][= n*b =][% endfor %][% set c = 1 %][= c =]") == {"a", "f", "b"}
    assert names_in("[= range(2) | list =]") == set()


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (plain(12), "12"),
        (plain(Fraction(1, 8)), "0.125"),
        (plain(Fraction(1, 3)), "0.333333"),
        (plain(2.5), "2.5"),
        (plain((1, "a")), "1, a"),
        (plain(True), "1"),
        (plain(10**20), "1" + "0" * 20),
        (sig(178_120_000_000_000), "1.78e14"),
        (sig(Fraction(1, 3), 2), "0.33"),
        (sig(0.00125), "0.00125"),
        (sig(28.31, 2), "28"),
        (sig(0), "0"),
        (sig(-28.3), "-28.3"),
        (sig(1e-9), "1e-9"),
        (sig(999_999, 2), "1000000"),
        (sig(1234567, 7), "1234567"),
        (sig(float("inf")), "∞"),
        (sci(178_120_000_000_000), r"1.78\times10^{14}"),
        (sci(10**9), "10^{9}"),
        (sci(28), "28"),
        (sci(Fraction(1, 10**6)), "10^{-6}"),
        (sci(-2 * 10**9), r"-2\times10^{9}"),
        (group(4194304), f"4{NARROW_SPACE}194{NARROW_SPACE}304"),
        (group(999), "999"),
        (group(Fraction(2001, 2)), f"1{NARROW_SPACE}000.5"),
        (group(-1000), f"-1{NARROW_SPACE}000"),
        (si(178_100_000_000_000), f"178.1{NARROW_SPACE}T"),
        (si(1500), f"1.5{NARROW_SPACE}k"),
        (si(12), f"12{NARROW_SPACE}"),
        (si(Fraction(1, 1000)), f"1{NARROW_SPACE}m"),
        (si(0), "0"),
    ],
)
def test_numbers_as_shown(shown: str, wanted: str) -> None:
    assert shown == wanted


@given(st.integers(-(10**18), 10**18).filter(bool), st.integers(1, 12))
def test_significant_digits_are_within_half_a_unit(value: int, digits: int) -> None:
    shown = Fraction(sig(value, digits))
    unit = Fraction(10) ** (len(str(abs(value))) - digits)
    assert abs(shown - value) <= unit / 2


def written(folder: Path, name: str, source: str) -> Any:
    (folder / name).write_text(source)
    return layout((folder,), name)


def test_a_layout_may_have_macros(tmp_path: Path) -> None:
    made = written(tmp_path, "a.md", "[% macro twice(x) %][= x*2 =][% endmacro %][= twice(a) =] [= twice(b) =]")
    assert made.render(a=1, b=2) == "2 4"


@pytest.mark.parametrize(
    "source",
    [
        "[% macro m(n) %][= m(n + 1) =][% endmacro %][= m(0) =]",
        "[% macro m(n) %][% for i in range(9) %][= m(n) =][% endfor %][% endmacro %][= m(0) =]",
        "[% macro a() %][= b() =][% endmacro %][% macro b() %][= a() =][% endmacro %][= a() =]",
        "[% for n in [[1]] recursive %][= loop(n) =][% endfor %]",
        "[= ''.__class__.__mro__ =]",
        "[= '%s' | format(1) =]",
        "[= word | attr('__class__') =]",
        "[% set s = 'x' * 10**9 %]",
        "[% for i in range(400) %][% for j in range(400) %]x[% endfor %][% endfor %]",
        "[= undefined =]",
    ],
)
def test_a_layout_cannot_escape_or_run_long(tmp_path: Path, source: str) -> None:
    began = time.process_time()
    with pytest.raises(Exception) as raised:  # noqa: PT011 - formats turn every one of these into a RenderError
        written(tmp_path, "x.md", source).render(word="w")
    assert type(raised.value).__name__ in {
        "RenderError",
        "SecurityError",
        "RecursionError",
        "UndefinedError",
        "TemplateRuntimeError",
        "TemplateAssertionError",
    }
    assert time.process_time() - began < 20


def test_the_courses_own_layout_wins(tmp_path: Path) -> None:
    for name in ("own", "shipped"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.md").write_text(name)
    assert layout((tmp_path / "own", tmp_path / "shipped"), "t.md").render() == "own"
    assert layout((tmp_path / "shipped",), "t.md").render() == "shipped"
    for name in ("missing.md", "../own/t.md"):
        with pytest.raises(RenderError):
            layout((tmp_path / "shipped",), name)
