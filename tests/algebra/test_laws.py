"""Laws of reading and writing: what is written down reads the same, and no text makes the reader fail."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.algebra.declare import declare
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read
from autograder.algebra.typeset import to_latex
from autograder.algebra.write import to_formula
from autograder.formula.tree import (
    Call,
    Comparison,
    Group,
    Index,
    Name,
    Node,
    Number,
    Operation,
    Piecewise,
    Series,
    Transpose,
)

DECLARED = declare(
    {
        "symbols": {
            "n": {"integer": True, "positive": True},
            "p": {"positive": True},
            "d_model": {"positive": True},
            "lambda_w": {},
            "x0": {},
            "sigma": {"latex": r"\hat\sigma"},
            "rate": {},
            "N_star": {},
            "beta": {"indexed": 1, "gt": 0, "lt": 1},
            "alpha_bar": {"indexed": 1, "latex": r"\bar\alpha"},
            "act": {"indexed": 1, "latex": "a^{(l)}"},
            "w": {"indexed": 2},
            "sigma_q": {"indexed": 1},
            "x": {"vector": "n"},
            "y": {"vector": "n"},
            "A": {"matrix": ["n", "n"]},
            "W": {"matrix": ["m", "n"]},
        },
        "functions": {"f": {"of": "u"}, "h": {"of": "x", "is": "x/norm(x)"}},
        "random": {"V": {"mean": 0, "var": 1}},
    }
)
SCALARS = ["n", "p", "d_model", "lambda_w", "x0", "sigma", "rate", "N_star", "m", "pi", "E"]
ONE = [
    "exp",
    "log",
    "log2",
    "log10",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "erf",
]

numbers = st.integers(0, 10**6) | st.sampled_from(
    [Fraction(1, 2), Fraction(3, 8), Fraction(1, 1000), Fraction(201, 100)]
)
leaves = (
    numbers.map(Number)
    | st.sampled_from(SCALARS).map(Name)
    | st.just(Index(Name("x"), (Number(1),)))
    | st.just(Call("trace", (Name("A"),)))
    | st.just(Call("dot", (Name("x"), Name("y"))))
    | st.just(Call("norm", (Operation("-", (Name("x"), Name("y"))),)))
    | st.just(Operation("*", (Transpose(Name("x")), Operation("*", (Call("inv", (Name("A"),)), Name("y"))))))
    | st.just(Call("Ev", (Operation("**", (Name("V"), Number(2))),)))
)


def sums(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def series(kind: str, variable: str, body: Node, low: Node, high: Node) -> Node:
        return Series(kind, Operation("+", (Index(Name("beta"), (Name(variable),)), body)), variable, low, high)

    names = st.sampled_from(["i", "j", "s", "tau"])
    return st.builds(series, st.sampled_from(["Sum", "Product", "Max", "Min"]), names, inner, inner, inner)


def larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    pair = st.tuples(inner, inner)
    relation = st.builds(Comparison, st.sampled_from([("<",), ("<=",), (">",), (">=",), ("!=",), ("=",)]), pair)
    condition = relation | st.builds(Operation, st.sampled_from(["and", "or"]), st.tuples(relation, relation))
    return (
        st.builds(Operation, st.sampled_from(["+", "-", "*", "/", "**"]), pair)
        | st.builds(lambda a: Operation("neg", (a,)), inner)
        | st.builds(
            lambda name, a: Call(name, (a,)), st.sampled_from([*ONE, "Abs", "floor", "ceiling", "sign", "f"]), inner
        )
        | st.builds(lambda a: Call("factorial", (a,)), inner)
        | st.builds(Call, st.sampled_from(["Max", "Min", "Mod", "binomial", "KroneckerDelta"]), pair)
        | st.builds(
            lambda name, a: Index(Name(name), (a,)),
            st.sampled_from(["beta", "alpha_bar", "act", "sigma_q", "x"]),
            inner,
        )
        | st.builds(lambda a: Index(Name("w"), a), pair)
        | st.builds(lambda a, b, c: Piecewise(((a, c), (b, Name("True")))), inner, inner, condition)
        | sums(inner)
    )


scalars = st.recursive(leaves, larger, max_leaves=12)
vectors = st.recursive(
    st.sampled_from([Name("x"), Name("y"), Call("ones", (Name("n"),)), Call("h", (Name("x"),))]),
    lambda inner: (
        st.builds(lambda a, b: Operation("+", (a, b)), inner, inner)
        | st.builds(lambda a, b: Call("hadamard", (a, b)), inner, inner)
        | st.builds(lambda a: Operation("*", (Name("A"), a)), inner)
        | st.builds(lambda s, a: Operation("*", (s, a)), leaves, inner)
        | st.builds(lambda s, a: Operation("/", (a, s)), leaves, inner)
        | st.builds(lambda a, b: Operation("*", (Operation("*", (a, Transpose(b))), Name("y"))), inner, inner)
        | st.builds(lambda a: Operation("*", (Operation("-", (Call("eye", (Name("n"),)), Name("A"))), a)), inner)
        | st.builds(lambda a: Operation("*", (Transpose(Call("inv", (Name("A"),))), a)), inner)
        | st.builds(lambda a: Call("exp", (a,)), inner)
        | st.builds(lambda a: Operation("neg", (a,)), inner)
    ),
    max_leaves=6,
)
formulas = (
    scalars
    | vectors
    | st.builds(
        lambda sign, a, b: Comparison((sign,), (a, b)), st.sampled_from(["=", "<", "<=", ">=", "!="]), scalars, scalars
    )
    | st.builds(lambda items: Group(tuple(items)), st.lists(scalars, min_size=2, max_size=3))
    | st.builds(lambda items: Call("set", tuple(items)), st.lists(scalars, min_size=2, max_size=3))
    | st.builds(lambda a: Call("O", (a,)), scalars)
)


@settings(max_examples=400, deadline=None)
@given(formulas)
def test_what_is_written_down_reads_the_same(tree: Node) -> None:
    try:
        canonical = read(to_formula(tree), DECLARED)
    except Malformed as refused:
        words = ("too", "zero", "deep", "together", "whole", "from 0", "real")
        assert any(word in str(refused) for word in words), "only what is too large, or no number"
        return
    assert read(to_formula(canonical), DECLARED) == canonical
    shown = to_latex(canonical, DECLARED)
    if len(shown) < 2_000:
        assert read(f"$${shown}$$", DECLARED) == canonical, shown


WORDS = r"""
n p x0 d_model beta x W A f h ( ) [ ] { } + - * / ^ _ ** // , ; . ! ' | = < <= > == != & \\ $ \left( \right) \frac \sqrt
\sum \prod \max \log \exp \bar \alpha \beta \text{if} \mathbf{1} \mathbf \begin{cases} \end{cases} \top \lVert \rVert
\lceil \rceil \{ \} \in \le \cdot \odot \binom _{i=1} ^{n} _{i} ^{(l)} 1 2 0.5 1e9 Sum Product Piecewise for in range if
else and not ∑ √ ² ₁ ᵀ ‖ · − α \mathbb{E} O I T e E '' ` % # @ : ~ " \, \! é 𝟏
"""
PIECES = st.sampled_from(WORDS.split())


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    try:
        tree = read(text, DECLARED)
    except Malformed as error:
        assert error.problem
        assert "\n" not in error.problem
        return
    assert read(to_formula(tree), DECLARED) == tree
    assert read(to_latex(tree, DECLARED), DECLARED) == tree


@given(st.integers(-(10**12), 10**12), st.integers(0, 12))
def test_decimals_are_exact(digits: int, places: int) -> None:
    value = Fraction(abs(digits), 10**places)
    text = f"{abs(digits):0{places + 1}d}"
    written = f"{text[:-places]}.{text[-places:]}" if places else text
    found: Any = read(written, DECLARED)
    assert isinstance(found, Number)
    assert found.value == value
