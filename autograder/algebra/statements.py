r"""Read the lines of a derivation: each a relation to the line before it, a chain of its own, or prose.

`= e` goes on from the line before; `a = b \le c` are two steps; `⇒` begins a statement. Words before and behind a
formula are left out where the rest reads. Names that a line introduces hold from there on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from autograder.algebra.abbreviations import MOST, Abbreviation, Head, definitions_in, head_of, putting_in, widened
from autograder.algebra.lexer import is_latex, tokens_of
from autograder.algebra.lines import Line, lines_of
from autograder.algebra.malformed import Malformed, Mismatch
from autograder.algebra.ranges import ranges_in
from autograder.algebra.read import read, split_first, split_left
from autograder.algebra.signs import LOOSE, SIGNS, TO_LATEX, implications, leading
from autograder.algebra.spelling import base_of
from autograder.algebra.symbols import Declared, Symbol
from autograder.algebra.typeset import to_latex
from autograder.algebra.wording import candidates, has_words, is_prose, undressed
from autograder.formula.tree import Comparison, Group, Name, Node, Operation

Statement = tuple[str, Node]
"""A relation to what stands before (or an empty text), and a formula, equation, inequality or chain of them."""


@dataclass(frozen=True)
class ReadLine:
    """A line as it was read.

    Attributes:
        text: as it was written.
        kind: `step`, `prose`, `unreadable`, or `mismatch` where shapes do not fit.
        statements: of a step.
        restart: the first statement begins with a name for what is derived: the part's (`left`) or the candidate's own.
        problem: why a line could not be read, and where.
    """

    text: str
    kind: str
    statements: tuple[Statement, ...] = ()
    restart: bool = False
    problem: str = ""


@dataclass
class _Known:
    """What may be spoken of by now: what is declared, and what the candidate has introduced."""

    declared: Declared
    loose: Collection[str]
    abbreviations: list[Abbreviation] = field(default_factory=list)

    def read(self, text: str) -> Node:
        bare = replace(self.declared, left=None) if self.declared.left is not None else self.declared
        put: Callable[[Node], Node] | None = putting_in(self.abbreviations) if self.abbreviations else None
        return read(text, bare, loose=self.loose, put=put)


def read_lines(
    said: str | Sequence[object], declared: Declared, relations: Collection[str] = (), start: Node | None = None
) -> tuple[ReadLine, ...]:
    """Read every line of a derivation.

    Args:
        said: a text or a list of texts.
        declared: what its names stand for.
        relations: which of ≈ and ∝ may be used.
        start: what the part's name for what is derived (`left`) stands for inside of formulas, a number if not given;
            its sums say how far indices run.
    """
    known = _Known(declared, frozenset(relations) & frozenset(LOOSE))
    if start is not None:
        known.declared = declared = replace(declared, extents=ranges_in(start, declared))
    head = head_of(declared.left, declared) if declared.left is not None else None
    if head is not None and start is None:
        known.declared = replace(declared, symbols=(*declared.symbols, Symbol(head.name, indices=len(head.of))))
    elif head is not None and start is not None and not isinstance(start, Comparison | Group):
        known.declared = widened(declared, head, start)
        known.abbreviations.append(Abbreviation(head, start))
    lines = lines_of(said)
    return tuple(_read(line, lines[place + 1 :], known) for place, line in enumerate(lines))


def line_to_latex(line: ReadLine, declared: Declared) -> str:
    """Return a line that was read as LaTeX, without dollars."""
    shown = []
    for place, (sign, tree) in enumerate(line.statements):
        first = f"{_left(declared)} " if line.restart and place == 0 else ""
        shown.append(f"{first}{TO_LATEX.get(sign, sign)} {_latex(tree, declared)}".strip())
    return r" \quad ".join(shown)


def _latex(tree: Node, declared: Declared) -> str:
    if isinstance(tree, Comparison):
        sides = [to_latex(side, declared) for side in tree.operands]
        signs = [TO_LATEX.get(sign, sign) for sign in tree.operators]
        return " ".join([sides[0], *(f"{sign} {side}" for sign, side in zip(signs, sides[1:], strict=True))])
    return to_latex(tree, declared)


def _left(declared: Declared) -> str:
    """Return the part's name for what is derived, typeset; what else candidates call it is left out."""
    left = declared.left or ""
    if not left or is_latex(left):
        return left
    alone = Declared(symbols=(Symbol(left),))
    try:
        return to_latex(read(left, alone), alone) if left.isidentifier() else ""
    except Malformed:
        return ""


def steps_of(tree: Node) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    """Return the relations of a statement and its sides; a formula has one side."""
    if isinstance(tree, Comparison):
        return tuple("=" if sign == "==" else sign for sign in tree.operators), tree.operands
    return (), (tree,)


def _read(line: Line, following: Sequence[Line], known: _Known) -> ReadLine:
    if line.text.startswith("#"):
        return ReadLine(line.text, "prose")
    _rename(line, following, known)
    problems: list[Malformed] = []
    if not _introduces(line, (), known):
        found = _first(line, known, problems)
        if found is not None:
            return found
        if problems and _introduces(line, following, known):
            return ReadLine(line.text, "prose")
        found = _labelled(line, known) if problems else None
        if found is not None:
            return found
    mismatch = next((problem for problem in problems if isinstance(problem, Mismatch)), None)
    if mismatch is not None:
        return ReadLine(line.text, "mismatch", problem=str(mismatch))
    if not problems or is_prose(line, known.declared.by_name):
        return ReadLine(line.text, "prose")
    return ReadLine(line.text, "unreadable", problem=str(problems[0]))


def _first(line: Line, known: _Known, problems: list[Malformed]) -> ReadLine | None:
    """Return the first reading of a line that there is."""
    for text in candidates(line):
        try:
            return _statements(line, text, known)
        except Malformed as error:
            problems.append(error)
    return None


def _introduces(line: Line, following: Sequence[Line], known: _Known) -> bool:
    """Take what a line introduces; without a word such as `let`, only what a later line uses."""
    said, pairs = definitions_in(undressed(line.text))
    latex = line.math or is_latex(line.text)
    taken: list[tuple[Declared, Abbreviation]] = []
    declared = known.declared
    for left, right in pairs:
        head = head_of(_as_latex(left, latex), declared)
        if head is None or not (said or _is_used(left, head, following)) or len(known.abbreviations) >= MOST:
            break
        try:
            inner = _Known(widened(declared, head), known.loose, [*known.abbreviations, *(each for _, each in taken)])
            body = inner.read(_as_latex(right, latex))
        except Malformed:
            break
        declared = widened(declared, head, body)
        taken.append((declared, Abbreviation(head, body)))
    # behind `let p = …, so that …` stands what only follows
    if not said and len(taken) < len(pairs):
        return False
    if not taken:
        return False
    known.declared = declared
    known.abbreviations += [each for _, each in taken]
    return True


_SAME: Final = re.compile(r"(?<![\w\\^_.=+*/-])([A-Za-z])\s*=\s*([A-Za-z])(?![\w(^_{'])(?!\s*[-+*/^=])")


def _rename(line: Line, following: Sequence[Line], known: _Known) -> None:
    """Take `assume it for n = k`: from there on k is n."""
    match = _SAME.search(line.text) if not line.math else None
    if match is None or not has_words(line.text, known.declared.by_name):
        return
    own, head = known.declared.symbol(match[1]), head_of(match[2], known.declared)
    if own is None or not own.integer or head is None or not _is_used(match[2], head, following):
        return
    body = Name(own.name)
    known.declared = widened(known.declared, head, body)
    known.abbreviations.append(Abbreviation(head, body))


def _is_used(left: str, head: Head, following: Sequence[Line]) -> bool:
    """Return whether a name stands in a later line as part of something, and not only before a relation again."""
    base = re.escape(re.split(r"[_(\[]", left.strip("$ "))[0].strip())
    word = re.compile(rf"(?<![A-Za-z\\]){base}(?![A-Za-z])")
    again = re.compile(rf"[\s$&]*{re.escape(left.strip('$ '))}[\s$&]*(?:=|:=|\\[lg]eq?\b|[<>≤≥])")
    return any(word.search(again.sub("", line.text, count=1)) for line in following)


def _statements(line: Line, text: str, known: _Known) -> ReadLine:
    latex = line.math or is_latex(line.text)
    sign, rest = leading(text.replace("&", " ") if r"\begin" not in text else text)
    restart = False
    left = split_left(_as_latex(rest, latex), known.declared) if not sign and known.declared.left else None
    if left is not None:
        sign, rest = SIGNS[left[0]], left[1]
        restart = True
    return ReadLine(line.text, "step", _found(sign, rest, latex, known), restart)


def _found(sign: str, text: str, latex: bool, known: _Known) -> tuple[Statement, ...]:
    found: list[Statement] = []
    for own, part in implications(sign, text):
        bare, rest = leading(part) if own in ("⇒", "⇔") else ("", part)
        found += [(bare or own, each) for each in _each(known.read(_as_latex(rest, latex)))]
    if not found:
        raise Malformed("nothing stands here")
    return tuple(found)


def _labelled(line: Line, known: _Known) -> ReadLine | None:
    """Read `L = …` where L is what the candidate calls the start."""
    latex = line.math or is_latex(line.text)
    for text in candidates(line):
        try:
            sides = split_first(_as_latex(leading(text)[1].replace("&", " "), latex))
            if sides is not None and _is_label(sides[0]):
                return ReadLine(line.text, "step", _found(SIGNS[sides[1]], sides[2], latex, known), restart=True)
        except Malformed:
            continue
    return None


_DERIVED: Final = re.compile(
    r"\s*\\[dt]?frac\s*\{\s*(?:\\partial|\\mathrm\{d\}|d)[^{}]*\}\s*\{\s*(?:\\partial|\\mathrm\{d\}|d)[^{}]*\}\s*(?:\\?[A-Za-z]+(?:\([^()]*\))?)?\s*\Z"
    r"|\s*(?:\\nabla|∇)\s*(?:_\s*(?:\{[^{}]*\}|\\?[A-Za-z]+))?\s*(?:\\[a-z]+\s*)?(?:\{?\\?[A-Za-z]+\}?)?(?:_\w|_\{[^{}]*\})?(?:\([^()]*\))?\s*\Z"
    r"|\s*d[A-Za-z]\w*\s*/\s*d[A-Za-z]\w*\s*\Z|\s*[Ll]\.?[Hh]\.?[Ss]\.?\s*\Z"
)


def _is_label(left: str) -> bool:
    """Return whether a text is one symbol, with what hangs on it, or the derivative of one."""
    if _DERIVED.fullmatch(left.strip("$ ")):
        return True
    try:
        tokens = tokens_of(left, is_latex(left))
        _, _, place = base_of(tokens, 0)
    except Malformed:
        return False
    rest = " ".join(token.text for token in tokens[place:-1])
    inside = r"[\w ,;|'{}^_]*"
    return re.fullmatch(rf"(?:[_^] (?:\{{[^{{}}]*\}}|\S+) ?)*(?:\({inside}\)|\[{inside}\])?", rest) is not None


def _as_latex(text: str, latex: bool) -> str:
    text = text.strip()
    return text if not latex or is_latex(text) else f"${text}$"


def _each(tree: Node) -> Iterator[Node]:
    """Yield the statements of a list of equations or inequalities."""
    match tree:
        case Group(items) if all(isinstance(item, Comparison) for item in items):
            yield from items
        case Operation("and", operands) if all(isinstance(item, Comparison | Operation) for item in operands):
            for operand in operands:
                yield from _each(operand)
        case _:
            yield tree
