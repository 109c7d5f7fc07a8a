"""What is wrong with the options that cells of a table offer: their own, and those of the lists that they share."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Set
from typing import Final

from autograder.choosing.authors import RESERVED
from autograder.choosing.offers import MOST_OPTIONS
from autograder.choosing.pooled import SharedOptions, number_of_pool, shared_options
from autograder.errors import BankError
from autograder.kinds import LETTERED
from autograder.model import Alternative, Cell, Part
from autograder.proofread.question import formula_problems, template_problems
from autograder.yamlsrc import Path_, Source

_SHARED_ONLY: Final = ("pool", "right", "say")
_OFFERS: Final = (*_SHARED_ONLY, "options", "draw", "items", "pairs")


def pool_problems(part: Part, declared: Set[str], source: Source, place: int) -> Iterator[BankError]:
    """Yield what is wrong with the lists of options that a table has for its cells.

    Args:
        part: a table.
        declared: names of params and givens.
        source: the file it was read from.
        place: of the part in the question.
    """
    here: Path_ = ("parts", place)
    used = set(_used(part))
    for number, shared in enumerate(shared_options(part)):
        path = (*here, "options") if number == 0 and part.options else (*here, "pools", shared.title)
        for problem, hint in _list_problems(shared, number in used):
            yield BankError(f"part {part.id}: {problem}", where=source.place(*path), hint=hint)
        if path[-1] != "options":  # which are looked at with those of every part
            yield from _texts(shared.options, declared, source, path)
    if "" in part.pools:
        yield BankError(f"part {part.id}: a list of options has no title", where=source.place(*here, "pools"))


def _used(part: Part) -> Iterator[int]:
    for row in part.cells:
        for cell in row:
            if isinstance(cell, Cell) and cell.input in LETTERED:
                try:
                    number = number_of_pool(part, cell)
                except LookupError:
                    continue
                if number is not None:
                    yield number


def _list_problems(shared: SharedOptions, used: bool) -> Iterator[tuple[str, str]]:
    named = f"the options {shared.title!r}" if shared.title else "its options"
    if not used:
        yield f"{named} are offered by no cell", "write a cell as `{input: choice, right: …}`"
    if len(shared.options) < 2:
        yield f"{named} are fewer than two", "leave nobody without a choice"
    elif len(shared.options) > MOST_OPTIONS:
        yield f"{named} are more than there are letters, {MOST_OPTIONS}", ""
    ids = [option.id for option in shared.options if option.id is not None]
    if len(ids) < len(shared.options):
        yield f"{named} need an `id` each", "by it a cell says what is right there"
    yield from ((f"the id {name!r} is taken", "tests name options by it") for name in ids if name in RESERVED)
    for what, words in (("id", ids), ("text", [" ".join(option.text.split()) for option in shared.options])):
        yield from ((f"{named}: the {what} {word!r} stands here {n} times", "") for word, n in _again(words))
    if any(option.right != "0" for option in shared.options):
        yield f"{named} say `right`, but what is right hangs on the cell", "write `right:` in the cells"


def _again(words: list[str]) -> Iterator[tuple[str, int]]:
    return ((word, times) for word, times in Counter(words).items() if times > 1)


def offered_problems(part: Part, cell: Cell, declared: Set[str], source: Source, here: Path_) -> Iterator[BankError]:
    """Yield what is wrong with what a cell as written says of options.

    Args:
        part: its table.
        cell: as written.
        declared: names of params and givens.
        source: the file it was read from.
        here: the cell's path in it.
    """

    def error(problem: str, field: str, hint: str = "") -> BankError:
        return BankError(f"part {part.id}: {problem}", where=source.place(*here, field), hint=hint)

    if cell.input not in LETTERED:
        for field in _OFFERS:
            if getattr(cell, field):
                yield error(f"{field!r} belongs to a cell with `input: choice` or `multi`", field)
        return
    if cell.options:
        yield from _texts(cell.options, declared, source, (*here, "options"))
        for field in _SHARED_ONLY:
            if getattr(cell, field):
                hint = "write `right: true` and `say:` at the option"
                yield error(f"{field!r} does not belong to a cell with options of its own", field, hint)
        return
    try:
        number = number_of_pool(part, cell)
    except LookupError as missing:
        yield error(*_no_list(part, str(missing.args[0])))
        return
    if cell.draw is not None:
        yield error("options that cells share are not drawn", "draw", "leave `draw` out, or give the cell its own")
    if "shuffle" in cell.marking()[1]:
        yield error("cells that share options have one order", "grader", "write `shuffle` at the table's grader")
    if number is not None:
        ids = [option.id for option in shared_options(part)[number].options if option.id is not None]
        yield from (error(*told) for told in _unknown(cell, ids))
    for name, formula in cell.right.items():
        yield from formula_problems(formula, declared, source, *here, "right", name)
    for name, text in cell.say.items():
        yield from template_problems(text, declared, source, *here, "say", name)


def _no_list(part: Part, title: str) -> tuple[str, str, str]:
    titles = [shared.title for shared in shared_options(part) if shared.title]
    if title:
        near = difflib.get_close_matches(title, titles, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(titles) or 'none'}"
        return f"there are no options {title!r}", "pool", hint
    if titles:
        return "a cell does not say which options it offers", "input", f"write `pool:` and one of: {', '.join(titles)}"
    return "a cell has nothing to choose", "input", "write `options:` in the cell, or once for the table"


def _unknown(cell: Cell, ids: list[str]) -> Iterator[tuple[str, str, str]]:
    for field in ("right", "say"):
        for name in getattr(cell, field):
            if name not in ids:
                near = difflib.get_close_matches(name, ids, n=1)
                yield f"there is no option {name!r}", field, f"did you mean {near[0]!r}?" if near else ", ".join(ids)


def _texts(options: tuple[Alternative, ...], declared: Set[str], source: Source, here: Path_) -> Iterator[BankError]:
    for number, option in enumerate(options):
        yield from template_problems(option.text, declared, source, *here, number, "text")
        yield from template_problems(option.say, declared, source, *here, number, "say")
        yield from formula_problems(option.right, declared, source, *here, number, "right")
