"""Listings as text: names and constants put in where the tree has them, mistakes made, blanks filled and read back."""

from __future__ import annotations

import ast
import textwrap
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.coding.fills import MAX_LINES, fills_from
from autograder.coding.listing import (
    ListingError,
    asked,
    blanks,
    clash,
    filled,
    names_used,
    numbered,
    renamed,
    same_code,
    syntax_error,
)
from autograder.coding.patching import patched, patched_together

LOOP = """\
def train(model, loader, optimizer, steps=STEPS):
    # the model is trained
    for i, (x, y) in enumerate(loader):
        loss = loss_of(model(x), y)
        # BLANK 1
        if (i + 1) % steps == 0:
            # BLANK 2
    return model
"""
FULL = """\
class Layer(Base):
    '''A layer: base is kept.'''

    def __init__(self, base, *, rank: int = RANK, **rest):
        super().__init__()
        self.base = base  # base
        self.é = self.base.weight if base else other.base
        self.scale=ALPHA/rank

    def forward(self, x):
        try:
            return self.base(x) * self.scale + helper(base=x, rank=RANK)
        except ValueError as base:
            raise base
        finally:
            global rank
            rank = [rank for rank in range(2)]
"""


def test_names_are_replaced_where_the_tree_has_them_and_nothing_else_changes() -> None:
    made = renamed(FULL, {"base": "inner", "scale": "factor", "Layer": "Wrapped"}, {"RANK": "8", "ALPHA": "(-2)"})
    assert made == (
        FULL.replace("class Layer", "class Wrapped")
        .replace("self, base,", "self, inner,")
        .replace("self.base = base  # base", "self.inner = inner  # base")
        .replace("self.base.weight if base else", "self.inner.weight if inner else")
        .replace("self.scale=ALPHA/rank", "self.factor=(-2)/rank")
        .replace("self.base(x) * self.scale", "self.inner(x) * self.factor")
        .replace("base=x, rank=RANK", "inner=x, rank=8")
        .replace("as base:", "as inner:")
        .replace("raise base", "raise inner")
        .replace("= RANK,", "= 8,")
    )
    assert "'''A layer: base is kept.'''" in made
    assert "other.base" in made, "an attribute of something else is not ours"


def test_two_names_may_change_places_and_columns_count_bytes() -> None:
    assert renamed("é, a, b = 1, 2, a + b", {"a": "b", "b": "a"}) == "é, b, a = 1, 2, b + a"
    assert renamed("'ééé'; a = a", {"a": "lengthy"}) == "'ééé'; lengthy = lengthy"


def test_blanks_may_stand_where_only_a_statement_may() -> None:
    made = renamed(LOOP, {"model": "net"}, {"STEPS": "4"})
    assert made == LOOP.replace("(model,", "(net,").replace("(model(x)", "(net(x)").replace(
        "return model", "return net"
    ).replace("STEPS", "4")
    assert [(blank.number, blank.line, len(blank.indent)) for blank in blanks(made)] == [("1", 5, 8), ("2", 7, 12)]


@pytest.mark.parametrize(
    ("source", "names", "constants", "words", "line"),
    [
        ("a = b", {"a": "b"}, {}, "that name is taken", 0),
        ("a = c + 1\nc = 2", {"a": "x", "c": "x"}, {}, "that name is taken", 0),
        ("a = 1", {"a": "class"}, {}, "no free name", 0),
        ("a = 1", {"a": "print"}, {}, "no free name", 0),
        ("a = 1", {"a": "two words"}, {}, "no free name", 0),
        ("a = 1\nb = f'{a}'", {"a": "c"}, {}, "inside an f-string", 2),
        ("import torch\ntorch.ones(2)", {"torch": "t"}, {}, "name of an import", 1),
        ("x = 1\nN = 4", {}, {"N": "8"}, "is given a value", 2),
        ("def f(N): pass", {}, {"N": "8"}, "is given a value", 1),
        ("x = 1\nx = (", {"x": "y"}, {}, "not Python", 2),
        ("x\x00", {"x": "y"}, {}, "not Python", 0),
        ("def \\\n    f(): pass", {"f": "g"}, {}, "on the line of its statement", 1),
    ],
)
def test_what_cannot_be_renamed_is_told_with_its_line(
    source: str, names: dict[str, str], constants: dict[str, str], words: str, line: int
) -> None:
    with pytest.raises(ListingError, match=words) as raised:
        renamed(source, names, constants)
    assert raised.value.line == line


def test_a_keyword_of_a_constants_name_stays() -> None:
    assert renamed("f(N=N)", {}, {"N": "3"}) == "f(N=3)"


def test_a_clash_is_known_without_renaming() -> None:
    assert clash(LOOP, {"model": "net", "absent": "for"}) is None
    assert clash(LOOP, {"model": "loader"})
    assert names_used("self.a = b(c=1)") == {"self", "a", "b", "c"}


IDENTIFIERS = st.sampled_from(["alpha", "beta", "rank", "x1"])


@given(st.permutations(["alpha", "beta", "rank", "x1"]))
def test_renaming_there_and_back_changes_nothing(words: list[str]) -> None:
    source = "def f(alpha, beta=1):\n    rank = alpha + beta  # rank\n    self.x1 = rank\n    return g(x1=alpha)\n"
    there = dict(zip(["alpha", "beta", "rank", "x1"], words, strict=True))
    made = renamed(source, there)
    assert renamed(made, {word: name for name, word in there.items()}) == source
    ast.parse(made)


# Mistakes

CLEAN = """\
class Layer:
    def __init__(self, base):
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.a = randn(2)
        self.b = zeros(2)

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.a @ self.b)
"""


@pytest.mark.parametrize(
    ("patches", "lines"),
    [
        ([("zeros(2)", "randn(2)")], (7,)),
        ([("self.scale * (x @ self.a @ self.b)", "x @ self.a @ self.b")], (10,)),
        # a loop that is gone may be named before or after its place, not in an empty line
        ([("        for p in base.parameters():\n            p.requires_grad = False\n", "")], (3, 4)),
        ([("        self.b = zeros(2)\n", "")], (6, 8)),
        ([("        self.a = randn(2)", "")], (5, 7)),
        ([("zeros(2)", "zeros(\n            2\n        )")], (7, 8, 9)),
        # lines that a patch only quotes to be found did not change
        ([("self.a = randn(2)\n        self.b = zeros(2)", "self.a = randn(2)\n        self.b = ones(2)")], (7,)),
        ([("zeros(2)", "ones(2)"), ("ones(2)", "eye(2)"), ("randn(2)", "randn(3)")], (6, 7)),
        ([("class Layer:", "# new\nclass Layer:"), ("zeros(2)", "ones(2)")], (1, 8)),
        ([("class Layer:\n", "class Layer:\n    kind = 1\n")], (2,)),
    ],
)  # fmt: skip
def test_a_patch_says_which_lines_it_changed(patches: list[tuple[str, str]], lines: tuple[int, ...]) -> None:
    made, changed = patched(CLEAN, patches)
    assert changed == lines
    wanted = CLEAN
    for old, new in patches:
        wanted = wanted.replace(old, new)
    assert made == wanted


@pytest.mark.parametrize(
    ("old", "words"),
    [("nowhere", "'nowhere' stands nowhere"), ("self.a", "'self.a' stands 2 times"), ("", "stands nowhere")],
)
def test_a_patch_must_fit_once(old: str, words: str) -> None:
    with pytest.raises(ListingError, match=words):
        patched(CLEAN, [(old, "x")])


def test_several_mistakes_keep_their_lines_and_those_of_the_source() -> None:
    frozen = [("        for p in base.parameters():\n            p.requires_grad = False\n", "")]
    zero = [("zeros(2)", "randn(2)")]
    made, [(first, became), (second, _)] = patched_together(CLEAN, [frozen, zero])
    assert made.count("randn(2)") == 2
    assert (first, second) == ((3, 4), (5,))
    assert became[1] == (1,)
    assert became[10] == (8,)
    assert became[4] == (3, 4), "what is gone is where it was"
    assert patched_together(CLEAN, [zero, frozen])[0] == made
    with pytest.raises(ListingError, match="stands nowhere"):
        patched_together(CLEAN, [[("        self.b = zeros(2)\n", "")], zero])


# Blanks


def indented(code: str, by: int) -> str:
    return textwrap.indent(code, " " * by)


@pytest.mark.parametrize(
    ("fill", "shown"),
    [
        ("loss.backward()", "        loss.backward()"),
        ("\n    loss.backward()\n", "        loss.backward()"),
        ("a = 1\nif a:\n    b = 2", "        a = 1\n        if a:\n            b = 2"),
        ("\ta = 1\n\tif a:\n\t\tb = 2", "        a = 1\n        if a:\n            b = 2"),
        ("            a = 1\n        b = 2", "        a = 1\n    b = 2"),
        ("a = 1\n\nb = 2", "        a = 1\n\n        b = 2"),
        ("", "        # BLANK 1"),
        ("  \n", "        # BLANK 1"),
    ],
)
def test_a_fill_stands_where_the_blank_stood(fill: str, shown: str) -> None:
    assert filled(LOOP, {"1": fill}) == LOOP.replace("        # BLANK 1", shown)


@pytest.mark.parametrize(
    ("first", "second", "fills", "altered"),
    [
        ("# BLANK 1", "# BLANK 2", ("", ""), False),
        ("loss.backward()", "step()", ("loss.backward()", "step()"), False),
        ("# BLANK 1\n        loss.backward()", "step()\n            # BLANK 2", ("loss.backward()", "step()"), False),
        ("a()\n        # BLANK 1\n        b()", "", ("a()\nb()", ""), False),
        ("a()  # BLANK 1", "#BLANK 2", ("a()  # BLANK 1", ""), False),
        ("a()\n\n\n        b()", "# my answer\n            c()", ("a()\n\n\nb()", "# my answer\nc()"), False),
        ("", "", ("", ""), False),
        ("a(", "b()", ("a(", "b()"), False),
        ("a()", "b()\n        c()", ("a()", "            b()\n        c()"), False),
    ],
)
def test_what_stands_in_the_blanks_is_found(first: str, second: str, fills: tuple[str, str], altered: bool) -> None:
    edited = LOOP.replace("# BLANK 1", first).replace("# BLANK 2", second)
    found = fills_from(LOOP, edited)
    assert found is not None
    assert (found.fills["1"], found.fills["2"], found.altered) == (*fills, altered)


def test_a_line_of_the_listing_may_stand_in_a_blank_once_more() -> None:
    edited = LOOP.replace("# BLANK 1", "if (i + 1) % steps == 0:\n            a()").replace("# BLANK 2", "b()")
    found = fills_from(LOOP, edited)
    assert found is not None
    assert filled(LOOP, found.fills).replace("        # BLANK 1\n", "") == edited


@pytest.mark.parametrize(
    "change",
    [
        ("loss = loss_of(model(x), y)", "loss = loss_of(model(x), y) / steps"),
        ("def train(model, loader,", "def train(net, loader,"),
        ("    return model\n", ""),
        ("    return model\n", "    return model\n\ntrain(None, [])\n"),
        ("    for i,", "    optimizer.zero_grad()\n    for i,"),
    ],
)
def test_changes_outside_the_blanks_do_not_count_and_are_told(change: tuple[str, str]) -> None:
    answered = LOOP.replace("# BLANK 1", "loss.backward()").replace("# BLANK 2", "step()")
    found = fills_from(LOOP, answered.replace(*change))
    assert found is not None
    assert (dict(found.fills), found.altered) == ({"1": "loss.backward()", "2": "step()"}, True)


@pytest.mark.parametrize(
    "edited",
    [
        LOOP.replace("    # the model is trained\n", "") + "\n\n",
        LOOP.replace("\n", "\r\n"),
        LOOP.replace("\n", "   \n"),
        "\n\n# mine\n" + LOOP,
        LOOP.replace("    ", "\t"),
    ],
)
def test_layout_and_comments_are_no_changes(edited: str) -> None:
    found = fills_from(LOOP, edited.replace("# BLANK 1", "a()").replace("# BLANK 2", "b()"))
    assert found is not None
    assert (dict(found.fills), found.altered) == ({"1": "a()", "2": "b()"}, False)


@pytest.mark.parametrize("edited", ["", "loss.backward()", "x = 1\n" * 40, LOOP + "x()\n" * (MAX_LINES + 20)])
def test_too_little_of_the_listing_is_told_apart(edited: str) -> None:
    assert fills_from(LOOP, edited) is None


def test_blanks_that_follow_each_other() -> None:
    listing = "a()\n# BLANK 1\n# BLANK 2\nz()"
    below = fills_from(listing, "a()\n# BLANK 1\nb()\n# BLANK 2\nc()\nz()")
    above = fills_from(listing, "a()\nb()\n# BLANK 1\nc()\n# BLANK 2\nz()")
    assert below is not None
    assert below == above
    assert below.fills == {"1": "b()", "2": "c()"}
    gone = fills_from(listing, "a()\nb()\nc()\nz()")
    assert gone is not None
    assert filled(listing, gone.fills).replace("# BLANK 2\n", "") == "a()\nb()\nc()\nz()"


SIMPLE = st.sampled_from(
    ["a()", "b = 1", "loss.backward()", "step()", "return model", "loss = loss_of(model(x), y)", "x"]
)
NESTED = st.lists(SIMPLE, min_size=1, max_size=3).map(lambda lines: "if y:\n" + indented("\n".join(lines), 4))
FILLS = st.lists(st.one_of(SIMPLE, NESTED), max_size=4).map("\n".join)


@given(FILLS, FILLS)
def test_fills_come_back_as_they_were_put_in(first: str, second: str) -> None:
    fills = {"1": first, "2": second}
    found = fills_from(LOOP, filled(LOOP, fills))
    assert found is not None
    assert filled(LOOP, found.fills) == filled(LOOP, fills)
    assert dict(found.fills) == fills


@given(st.text(max_size=300) | st.lists(st.sampled_from(LOOP.split("\n")), max_size=30).map("\n".join))
@example(LOOP * 20)
def test_whatever_comes_back_is_aligned_or_refused(edited: str) -> None:
    found = fills_from(LOOP, edited)
    assert found is None or set(found.fills) == {"1", "2"}
    if found is not None:
        filled(LOOP, found.fills)


def test_a_long_answer_takes_no_long_time() -> None:
    listing = "".join(f"    step_{number}(x, y)\n" for number in range(100)) + "    # BLANK 1\n"
    edited = listing.replace("# BLANK 1", "\n".join(["    step_7(x)"] * 500))
    began = time.process_time()
    assert fills_from(listing, edited) is not None
    assert time.process_time() - began < 20


# What is printed


def test_lines_are_numbered_as_they_are_counted() -> None:
    shown = numbered("a\n\n" + "b\n" * 8)
    assert shown.split("\n")[:3] == [" 1  a", " 2", " 3  b"]
    assert shown.split("\n")[-1] == "10  b"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a = 1\n", "\n# why\na = 1   \n\n", True),
        ("a = 1", "a = 1  # why", False),
        ("    a = 1", "a = 1", False),
        ("", "# nothing\n", True),
        ("# a", "...", False),
    ],
)
def test_the_same_code(one: str, other: str, same: bool) -> None:
    assert same_code(one, other) is same


@pytest.mark.parametrize(
    ("listing", "options", "kind"),
    [
        (None, (), "implement"),
        ("", (), "implement"),
        (LOOP, (), "fill"),
        (CLEAN, (), "fix"),
        (CLEAN, ("A",), "bughunt"),
    ],
)
def test_what_a_part_asks_is_seen_by_what_it_prints(listing: str | None, options: tuple[str, ...], kind: str) -> None:
    assert asked(listing, options) == kind


def test_a_syntax_error_has_its_line() -> None:
    assert syntax_error(LOOP) is None
    found = syntax_error("a = 1\nb = (\n")
    assert found is not None
    assert found.line == 2
    deep = syntax_error("x = " + "(" * 5_000)
    assert deep is not None
