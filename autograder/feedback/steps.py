"""The lines of a derivation as a page shows them: typeset, with what its mark says of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from autograder.errors import RenderError
from autograder.feedback.told import coded, plain
from autograder.markup.html import to_inline_html
from autograder.model import Mark

_SIGNS: Final = {"ok": "passed", "broken": "failed", "unreadable": "failed"}
_NOTHING: Final = Markup()


class Step(NamedTuple):
    """A line.

    Attributes:
        number: as the mark counts it; 0 for words between two lines.
        sign: passed, failed or neutral; empty for words.
        shown: the formula, or what was written where it cannot be typeset.
        why: what is wrong with the line, if anything is; `where` shows the place in it.
    """

    number: int
    sign: str
    shown: Markup
    why: Markup = _NOTHING
    where: str = ""


def steps(mark: Mark) -> tuple[Step, ...]:
    """Return the lines that a mark speaks of, in order; none where it is no derivation's."""
    lines = mark.detail.get("lines")
    if not isinstance(lines, list | tuple) or not all(isinstance(line, Mapping) for line in lines):
        return ()
    return tuple(_steps(lines, _words(mark.detail.get("prose"))))


def without_repeats(mark: Mark) -> Mark:
    """Return a mark whose words leave out what stands beside the lines of its derivation already."""
    words = mark.feedback
    lines = mark.detail.get("lines")
    for line in lines if isinstance(lines, list | tuple) else ():
        why = plain(line.get("why")) if isinstance(line, Mapping) else ""
        words = words.replace(why, "") if why else words
    return mark.model_copy(update={"feedback": " ".join(words.split())})


def _steps(lines: Sequence[Mapping[str, Any]], words: Mapping[int, list[str]]) -> Iterator[Step]:
    for number in range(len(lines) + 1):
        if number:
            line = lines[number - 1]
            sign = _SIGNS.get(plain(line.get("verdict")), "neutral")
            why, _, where = plain(line.get("why")).partition("\n")
            yield Step(number, sign, _typeset(line), coded(why), where)
        for text in words.get(number, ()):
            yield Step(0, "", coded(text))


def _words(prose: Any) -> dict[int, list[str]]:
    """Return the words between lines, by the line they stand behind."""
    found: dict[int, list[str]] = {}
    for after, text in prose if isinstance(prose, list | tuple) else ():
        found.setdefault(after, []).append(plain(text))
    return found


def _typeset(line: Mapping[str, Any]) -> Markup:
    latex, text = plain(line.get("latex")), plain(line.get("text"))
    if latex:
        try:
            return to_inline_html(rf"$\displaystyle {latex}$")
        except RenderError:
            pass  # a name may be spelt as only a full LaTeX could set it
    return Markup("<code>{}</code>").format(text)
