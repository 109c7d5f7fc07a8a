r"""Read the lines of a derivation: each a relation to the line before it, a chain of its own, or prose.

`= e` goes on from the line before; `a = b \le c` are two steps; `⇒` begins a statement. Words before and behind a
formula are left out where the rest reads.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from autograder.algebra.lexer import is_latex
from autograder.algebra.lines import Line, lines_of
from autograder.algebra.malformed import Malformed
from autograder.algebra.read import read, split_left
from autograder.algebra.symbols import Declared
from autograder.algebra.typeset import to_latex
from autograder.algebra.vocabulary import FUNCTIONS
from autograder.formula.tree import Comparison, Group, Node, Operation

LOOSE: Final = ("≈", "∝")
"""Relations that a part must allow by name."""

Statement = tuple[str, Node]
"""A relation to what stands before (or an empty text), and a formula, equation, inequality or chain of them."""


@dataclass(frozen=True)
class ReadLine:
    """A line as it was read.

    Attributes:
        text: as it was written.
        kind: `step`, `prose` or `unreadable`.
        statements: of a step.
        restart: the first statement begins with the name that the part has for what is derived (`left`).
        problem: why a line could not be read, and where.
    """

    text: str
    kind: str
    statements: tuple[Statement, ...] = ()
    restart: bool = False
    problem: str = ""


_SIGNS: Final = {
    "=": "=", "==": "=", ":=": "=", "≤": "<=", "<=": "<=", "≥": ">=", ">=": ">=", "<": "<", ">": ">", "≈": "≈",
    "∝": "∝", "~=": "≈", "⇒": "⇒", "=>": "⇒", "==>": "⇒", "⟹": "⇒", "→": "⇒", "->": "⇒", "∴": "⇒", "⇔": "⇔", "<=>": "⇔",
    "<==>": "⇔", "⟺": "⇔", "coloneqq": "=", "equiv": "=", "le": "<=", "leq": "<=", "leqslant": "<=", "leqq": "<=",
    "lt": "<", "ge": ">=", "geq": ">=", "geqslant": ">=", "geqq": ">=", "gt": ">", "approx": "≈", "simeq": "≈",
    "propto": "∝", "implies": "⇒", "Rightarrow": "⇒", "Longrightarrow": "⇒", "therefore": "⇒", "to": "⇒",
    "iff": "⇔", "Leftrightarrow": "⇔", "Longleftrightarrow": "⇔",
}  # fmt: skip
_COMMANDS: Final = "|".join(sorted((word for word in _SIGNS if word.isalpha() and word.isascii()), key=len)[::-1])
_MARKS: Final = "|".join(
    re.escape(sign) for sign in sorted(_SIGNS, key=len)[::-1] if not sign.isascii() or not sign.isalpha()
)
_LEADING: Final = re.compile(rf"[\s&$]*(?:\\({_COMMANDS})(?![A-Za-z])|({_MARKS}))[\s&]*(?!=)")
_IMPLIED: Final = re.compile(
    r"\s*(?:\\q?quad\s*)*(?:\\(implies|Rightarrow|Longrightarrow|therefore|iff|Leftrightarrow|Longleftrightarrow)(?![A-Za-z])"
    r"|(==>|<==>|<=>|=>|⇒|⟹|⇔|⟺|∴))\s*(?:\\q?quad\s*)*"
)
_BEHIND: Final = (
    re.compile(r"\\(?:tag|label|eqref|ref)\*?\s*\{[^}]*\}"),
    re.compile(
        r"\s*(?:\\q?quad|\\hspace\{[^}]*\}|\\hfill|\\;|\\,|~)*\s*\\(?:text|textit|textrm|mathrm|mbox)\s*\{[^}]*\}.*\Z"
    ),
    re.compile(r"(?:\\q?quad|\\hfill)\s*.*\Z"),
    re.compile(
        r"\s*[,;]?\s*[\[(](?:by|using|since|because|as|from|def|see|note|it|linearity|independence)\b[^\])]*[\])]?.*\Z",
        re.I,
    ),
    re.compile(r"\s*[,;]?\s*\$?\s*\b(?:by|since|because|where|using|from|with|as|for all|for any|due to)\b.*\Z", re.I),
    re.compile(r"\s+\([^()=<>]*[A-Za-z]{4,}[^()=<>]*\)\s*\Z"),
    re.compile(r"\s*(?:—|--|//|%|\s#).*\Z"),
)
_BEFORE: Final = re.compile(
    r"\s*(?:\\(?:text|textbf|textit|mathrm)\s*\{[^}]*\}\s*[:,]?"
    r"|(?:so|hence|thus|then|therefore|now|and|also|we (?:get|have|find)|this gives|that is|i\.e\.|finally)\b"
    r"[^:=$\\]{0,40}?[:,]?(?=\s*(?:\$|\\|\(|[A-Za-z0-9=<>≤≥]))"
    r"|(?:[A-Za-z][A-Za-z ]{0,30} )?\$?[A-Za-z] ?= ?\d+\$? ?:(?!=)"
    r"|[A-Za-z][^:=$\\<>]{0,80}:(?!=)|\*\*[^*]{1,80}\*\*:?|\((?:\d+|[ivx]+|\*)\))\s*",
    re.I,
)
_INLINE: Final = re.compile(r"(?<!\\)\$([^$]+)\$|\\\((.+?)\\\)")
_WORD: Final = re.compile(r"(?<![\\\w])[^\W\d_]{3,}")
_RELATED: Final = re.compile(r"[=<>≤≥≈∝⇒]|\\(?:leq?|geq?|approx|propto|implies|Rightarrow)(?![A-Za-z])")


def read_lines(
    said: str | Sequence[object], declared: Declared, relations: Collection[str] = ()
) -> tuple[ReadLine, ...]:
    """Read every line of a derivation.

    Args:
        said: a text or a list of texts.
        declared: what its names stand for.
        relations: which of ≈ and ∝ may be used.
    """
    loose = frozenset(relations) & frozenset(LOOSE)
    return tuple(_read(line, declared, loose) for line in lines_of(said))


def line_to_latex(line: ReadLine, declared: Declared) -> str:
    """Return a line that was read as LaTeX, without dollars."""
    shown = []
    for place, (sign, tree) in enumerate(line.statements):
        first = f"{_restart(line, declared)} " if line.restart and place == 0 else ""
        shown.append(f"{first}{_LATEX.get(sign, sign)} {_latex(tree, declared)}".strip())
    return r" \quad ".join(shown)


def _latex(tree: Node, declared: Declared) -> str:
    if isinstance(tree, Comparison):
        sides = [to_latex(side, declared) for side in tree.operands]
        signs = [_LATEX.get(sign, sign) for sign in tree.operators]
        return " ".join([sides[0], *(f"{sign} {side}" for sign, side in zip(signs, sides[1:], strict=True))])
    return to_latex(tree, declared)


def _restart(line: ReadLine, declared: Declared) -> str:
    left = declared.left or ""
    return left if is_latex(left) else rf"\mathrm{{{left}}}".replace("_", r"\_")


_LATEX: Final = {
    "<=": r"\le", ">=": r"\ge", "≈": r"\approx", "∝": r"\propto", "⇒": r"\Rightarrow", "⇔": r"\Leftrightarrow",
    "!=": r"\ne", "==": "=",
}  # fmt: skip


def steps_of(tree: Node) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    """Return the relations of a statement and its sides; a formula has one side."""
    if isinstance(tree, Comparison):
        return tuple("=" if sign == "==" else sign for sign in tree.operators), tree.operands
    return (), (tree,)


def _read(line: Line, declared: Declared, loose: Collection[str]) -> ReadLine:
    first: Malformed | None = None
    if line.text.startswith("#"):
        return ReadLine(line.text, "prose")
    for text in _candidates(line):
        try:
            return _statements(line, text, declared, loose)
        except Malformed as error:
            first = first or error
    if first is None or (not line.math and _is_prose(line.text, declared)):
        return ReadLine(line.text, "prose")
    return ReadLine(line.text, "unreadable", problem=str(first))


def _candidates(line: Line) -> Iterator[str]:
    """Yield what may be the formula of a line: all of it, then without words around it."""
    seen: set[str] = set()
    pieces = [one or two for one, two in _INLINE.findall(line.text)]
    whole = not line.math and pieces and _WORD.search(_INLINE.sub(" ", line.text))
    starts = [] if whole else [line.text]
    if whole and len(pieces) == 1 and _leads_to_math(line.text):
        starts.append(f"${pieces[0]}$")
    for start in starts:
        for text in (start, _BEFORE.sub("", start, count=1)):
            for each in _without_comments(text):
                if each.strip() and each not in seen:
                    seen.add(each)
                    yield each


def _leads_to_math(text: str) -> bool:
    """Whether a sentence says that its one formula is the next step, and does not only speak of it."""
    before = text[: text.index("$")] if "$" in text else text
    words = before.strip().lower().rstrip(",")
    return not words or words.endswith((":", "get", "gives", "have", "find", "is", "yields")) or words in _THUS


_THUS: Final = frozenset({"so", "hence", "thus", "then", "therefore", "now", "and", "finally", "i.e."})


def _without_comments(text: str) -> Iterator[str]:
    yield text
    for pattern in _BEHIND:
        cut = pattern.sub("", text, count=1)
        if cut != text:
            yield cut
            text = cut if pattern is _BEHIND[0] else text


def _statements(line: Line, text: str, declared: Declared, loose: Collection[str]) -> ReadLine:
    latex = line.math or is_latex(line.text)
    sign, rest = _leading(text.replace("&", " ") if not _has_inner(text) else text)
    restart = False
    left = split_left(_as_latex(rest, latex), declared) if not sign and declared.left else None
    if left is not None:
        sign, rest = _SIGNS[left[0]], left[1]
        restart = True
    bare = replace(declared, left=None) if declared.left is not None else declared
    found: list[Statement] = []
    for own, part in _implications(sign, rest):
        tree = read(_as_latex(part, latex), bare, loose=loose)
        found += [(own, each) for each in _each(tree)]
    if not found:
        raise Malformed("nothing stands here")
    return ReadLine(line.text, "step", tuple(found), restart)


def _has_inner(text: str) -> bool:
    return r"\begin" in text


def _as_latex(text: str, latex: bool) -> str:
    text = text.strip()
    return text if not latex or is_latex(text) else f"${text}$"


def _leading(text: str) -> tuple[str, str]:
    match = _LEADING.match(text)
    if match is None:
        return "", text
    rest = text[match.end() :]
    if text.lstrip().startswith("$") and rest.count("$") % 2:
        rest = f"${rest}"
    return _SIGNS[match[1] or match[2]], rest


def _implications(sign: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the statements of a line, cut at ⇒ and ⇔ outside of brackets."""
    start = 0
    for match in _IMPLIED.finditer(text):
        before = text[start : match.start()]
        if match.start() == 0 or _open(text[: match.start()]):
            continue
        yield sign, before
        sign, start = _SIGNS[match[1] or match[2]], match.end()
    yield sign, text[start:]


def _open(text: str) -> bool:
    return sum(text.count(sign) for sign in "([{") > sum(text.count(sign) for sign in ")]}")


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


def _is_prose(text: str, declared: Declared) -> bool:
    outside = _INLINE.sub(" ", text)
    words = [word for word in _WORD.findall(outside) if word not in declared.by_name and word not in FUNCTIONS]
    if _INLINE.search(text):
        return len(words) > 0
    if outside.rstrip().endswith(":") and not _RELATED.search(outside):
        return True
    most = 2 if not _RELATED.search(outside) else 4
    return len(words) >= most or (
        len(words) == 1 and re.fullmatch(r"[^\W\d_ .,:;!]+[ .,:;!]*", outside.strip()) is not None
    )
