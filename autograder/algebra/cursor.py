"""Where a parser stands in the tokens of a formula, and what it knows by then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from autograder.algebra.lexer import Token
from autograder.algebra.malformed import Malformed
from autograder.algebra.spelling import ACCENTS, FONTS, LETTERS, Spellings
from autograder.algebra.symbols import Declared
from autograder.formula import Value
from autograder.formula.tree import Node

MAX_DEPTH: Final = 60

Factor = tuple[str, Node, int]
"""A factor of a product, the sign before it and where that stands."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The parts of the grammar that its branches lead back to."""

    relation: Callable[[Cursor], Node]
    expression: Callable[[Cursor], Node]
    factors: Callable[[Cursor], list[Factor]]
    factor: Callable[[Cursor], Node]
    atom: Callable[[Cursor], Node]


class Cursor:
    """The tokens of one formula and a place in them.

    Attributes:
        latex: the syntax.
        known: the keys of what is declared.
        values: drawn numbers by name.
        scope: key → variable of the sums and products around this place.
        spans: by these keys, from where to where a variable runs.
        bars: whether a `|` would close here.
        pending: factors that a product sign did not take for its own; they belong to the product around it.
        relations: signs such as ≈ that are read here too.
    """

    def __init__(
        self, tokens: list[Token], latex: bool, declared: Declared, known: Spellings, grammar: Grammar
    ) -> None:
        self.tokens = tokens
        self.latex = latex
        self.declared = declared
        self.known = known
        self.grammar = grammar
        self.values: Mapping[str, Value] = {}
        self.relations: Collection[str] = ()
        self.here = 0
        self.depth = 0
        self.bars = 0
        self.scope: dict[str, str] = {}
        self.spans: dict[str, tuple[Node, Node]] = {}
        self.pending: list[Factor] = []

    def peek(self, ahead: int = 0) -> Token:
        """Return a token ahead, the end for any place beyond it."""
        return self.tokens[min(self.here + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and go past it; the end stays."""
        token = self.peek()
        self.here = min(self.here + 1, len(self.tokens) - 1)
        return token

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of these signs or commands."""
        token = self.peek()
        return token.text in texts and token.kind in ("sign", "command")

    def accept(self, *texts: str) -> Token | None:
        """Take the next token if it is one of these."""
        return self.take() if self.at(*texts) else None

    def expect(self, *texts: str) -> Token:
        """Take the next token.

        Raises:
            Malformed: it is none of these.
        """
        if self.at(*texts):
            return self.take()
        found = self.peek()
        wanted = " or ".join(repr(WORDS.get(text, text)) for text in texts)
        raise Malformed(f"{wanted} was expected here, {described(found)} stands there", found.at)

    def relation(self) -> Node:
        """Read a relation, or an expression that none follows."""
        with self.deeper():
            return self.grammar.relation(self)

    def expression(self) -> Node:
        """Read a sum of terms."""
        with self.deeper():
            return self.grammar.expression(self)

    def factors(self) -> list[Factor]:
        """Read a product, its factors apart."""
        with self.deeper():
            return self.grammar.factors(self)

    def factor(self) -> Node:
        """Read one factor with its exponent."""
        with self.deeper():
            return self.grammar.factor(self)

    def atom(self) -> Node:
        """Read one atom with nothing that hangs on it."""
        with self.deeper():
            return self.grammar.atom(self)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count a level of nesting.

        Raises:
            Malformed: there are more than `MAX_DEPTH`.
        """
        if self.depth >= MAX_DEPTH:
            raise Malformed(f"a formula nests at most {MAX_DEPTH} deep", self.peek().at)
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def within(self, bars: int = 0) -> Iterator[None]:
        """Read inside of brackets, where bars of the outside do not close."""
        saved, self.bars = self.bars, bars
        try:
            yield
        finally:
            self.bars = saved

    @contextmanager
    def binding(self, names: Mapping[str, str]) -> Iterator[None]:
        """Read where these keys are variables of a sum or product."""
        saved, self.scope = self.scope, {**self.scope, **names}
        try:
            yield
        finally:
            self.scope = saved

    def split(self, length: int) -> Token:
        """Take only the first characters of the next token; the others become a token of their own."""
        token = self.peek()
        if len(token.text) > length:
            kind = "number" if token.text[length:].isdigit() else token.kind
            rest = token._replace(kind=kind, text=token.text[length:], at=token.at + length, space=False, wide=False)
            self.tokens[self.here : self.here + 1] = [token._replace(text=token.text[:length]), rest]
        return self.take()

    def part(self, start: int, end: int) -> Cursor:
        """Return a cursor over some of the tokens only, in the same surroundings."""
        closing = Token("end", "", self.tokens[end].at)
        inner = Cursor([*self.tokens[start:end], closing], self.latex, self.declared, self.known, self.grammar)
        inner.values, inner.relations = self.values, self.relations
        inner.scope, inner.spans, inner.depth = self.scope, self.spans, self.depth
        return inner

    def listed(self, start: int, end: int) -> list[Node]:
        """Read all of some tokens: expressions with commas between them. The cursor stays.

        Raises:
            Malformed: something else stands there, or nothing.
        """
        inner = self.part(start, end)
        items = [inner.expression()]
        while inner.accept(","):
            items.append(inner.expression())
        if inner.peek().kind != "end":
            raise Malformed(f"{described(inner.peek())} was not expected here", inner.peek().at)
        return items

    def names_letter(self, token: Token) -> bool:
        """Whether a command begins a symbol."""
        return token.text in LETTERS or token.text in ACCENTS or token.text in FONTS

    def closing(self, opening: int) -> int:
        """Return the place of the bracket that closes the one at a place.

        Raises:
            Malformed: none does.
        """
        depth = 0
        for place in range(opening, len(self.tokens)):
            token = self.tokens[place]
            if token.kind == "sign" and token.text in "([{":
                depth += 1
            elif token.kind == "sign" and token.text in ")]}":
                depth -= 1
                if depth == 0:
                    return place
        raise Malformed("this bracket is never closed", self.tokens[opening].at)


WORDS: Final = {"rVert": "‖", "Vert": "‖", "rceil": "⌉", "rfloor": "⌋", "rbrace": "}", "rvert": "|", "rangle": "⟩"}


def described(token: Token) -> str:
    """Return a token for a message."""
    if token.kind == "end":
        return "the end"
    if token.kind == "command":
        return repr(WORDS.get(token.text, f"\\{token.text}"))[:40].replace("\\\\", "\\")
    return repr(token.text)[:40]
