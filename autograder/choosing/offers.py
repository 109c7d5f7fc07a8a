"""Offer options: which of those that are written does a candidate get, in which order, and what do staff know of them?

An order is drawn once, from the question's seed, and kept among the values of the paper under a name that no param can
have. Keys are made from it again, so nothing is drawn twice. Its numbers say nothing about what is right: options are
counted as they are written, items and right-hand sides by their text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from string import ascii_uppercase
from typing import Any, Final

from autograder.choosing.pooled import lettered_cells
from autograder.formula import FormulaError, Value, compiled
from autograder.markup import templates
from autograder.model import Alternative, ChoiceKey, Draw, Offered, Part, Question
from autograder.seeds import Rng, seed_of

MOST_OPTIONS: Final = len(ascii_uppercase)

TRUTHS: Final = ("True", "False")
"""What a part of true or false offers in the place of letters."""

_BREAK: Final = "\x1e"
_ORDERED: Final = ("choice", "multi", "ordering", "matching")

Drawn = Mapping[str, Any]
Order = tuple[int, ...]


class OfferError(ValueError):
    """Options that cannot be chosen from.

    Attributes:
        problem: why not, in a sentence.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Pool:
    """The options of a part by number, made ready for drawing.

    Attributes:
        written: the numbers of all in the order in which they are written.
        total: how many a candidate gets.
        order: the name under which a paper keeps their order; cells of a table that share a list have one together.
        plain: nothing in it hangs on drawn values.
    """

    part: Part
    texts: tuple[str, ...]
    names: tuple[str, ...]
    says: tuple[str, ...]
    rights: tuple[str, ...]
    written: Order
    total: int
    order: str
    shuffle: bool
    plain: bool


@lru_cache(maxsize=1024)
def pools(question: Question) -> Mapping[str, Pool]:
    """Return the options of a question's parts and of the cells of its tables, by the id of part or cell.

    What is true or false has no order, and none.
    """
    found = {part.id: pool_of(part) for part in question.parts if part.input in _ORDERED}
    for part in question.parts:
        for cell, order, shuffle in lettered_cells(part):
            found[cell.id] = replace(pool_of(cell), order=order, shuffle=shuffle)
    return found


def pool_of(part: Part) -> Pool:
    """Return the options of a part."""
    options = part.options
    if part.input in ("ordering", "matching"):
        texts = part.items if part.input == "ordering" else tuple(right for _, right in part.pairs)
        known = sorted(set(texts))
        options = tuple(Alternative(text=text) for text in known)
        written = tuple(dict.fromkeys(known.index(text) for text in texts))
    else:
        written = tuple(range(len(options)))
    shown = [text for option in options for text in (option.text, option.say)] + prompts_of(part)
    return Pool(
        part=part,
        texts=tuple(option.text for option in options),
        names=tuple(option.id or "" for option in options),
        says=tuple(option.say for option in options),
        rights=tuple(option.right for option in options),
        written=written,
        total=_total(part.draw, len(options)),
        order=f"{part.id}.order",
        shuffle=bool(part.marking()[1].get("shuffle", True)),
        plain=not any(map(_varies, shown)) and all(option.right in ("0", "1") for option in options),
    )


def _total(draw: Draw | None, written: int) -> int:
    # the same for everybody: a check cell is, and so is the chance of guessing right
    most = written if draw is None else draw.total if isinstance(draw.total, int) else max(draw.total)
    return min(most, written)


def prompts_of(part: Part) -> list[str]:
    """Return what the options of a part belong to, as written."""
    return [left for left, _ in part.pairs if left is not None]


def without_orders(values: Drawn) -> dict[str, Any]:
    """Return what was drawn and given by name, without the orders of options."""
    return {name: value for name, value in values.items() if "." not in name}


@lru_cache(maxsize=1024)
def order_names(question: Question) -> tuple[str, ...]:
    """Return the names under which a question's papers keep orders."""
    return tuple(dict.fromkeys(pool.order for pool in pools(question).values()))


def with_orders(question: Question, values: dict[str, Any], seed: bytes) -> dict[str, Any]:
    """Return values together with an order of the options of each part, drawn from a seed.

    Args:
        question: as it stands.
        values: what was drawn, and the givens, on which it may hang which options are right.
        seed: of the question; what is drawn here leaves the values as they are.
    """
    found = pools(question)
    if not found:
        return values
    drawn: dict[str, Order] = {}
    for pool in found.values():
        if pool.order not in drawn:
            name = pool.order.removesuffix(".order")
            drawn[pool.order] = _order(pool, values, Rng(seed_of(seed, "order", name)))
    return values | drawn


def _order(pool: Pool, values: Drawn, rng: Rng) -> Order:
    count, options = len(pool.texts), pool.part.options
    chosen: Sequence[int] = range(count) if pool.total == count else _drawn(pool, values, rng)
    pinned = {_slot(place, count, pool.total): place for place in chosen if options and options[place].pin}
    loose = sorted(set(chosen) - set(pinned.values()))
    free = iter(rng.shuffled(loose) if pool.shuffle else loose)
    return tuple(pinned[slot] if slot in pinned else next(free) for slot in range(pool.total))


def _slot(place: int, written: int, total: int) -> int:
    return place if 2 * place < written else total - (written - place)


def _drawn(pool: Pool, values: Drawn, rng: Rng) -> list[int]:
    """Draw some of the options: every possible number of right ones is equally likely, and every choice of them."""
    draw, options = pool.part.draw, pool.part.options
    assert draw is not None
    right = [place for place, formula in enumerate(pool.rights) if _holds(formula, values)]
    wrong = [place for place in range(len(options)) if place not in set(right)]
    kept = [[place for place in side if options[place].pin] for side in (right, wrong)]
    least = max(pool.total - len(wrong), len(kept[0]))
    most = min(len(right), pool.total - len(kept[1]))
    wanted = (1, 1) if pool.part.input == "choice" else (draw.right, pool.total - draw.wrong)
    # what cannot be had in this variant is had as nearly as possible; `tenfold check` complains
    low, high = (min(max(each, least), most) for each in wanted)
    count = low + rng.below(max(high - low, 0) + 1)
    return _some(right, kept[0], count, rng) + _some(wrong, kept[1], pool.total - count, rng)


def _some(places: list[int], kept: list[int], count: int, rng: Rng) -> list[int]:
    return kept + rng.sample([place for place in places if place not in kept], count - len(kept))


def _holds(formula: str, values: Drawn) -> bool:
    try:
        return formula == "1" or (formula != "0" and bool(compiled(formula)(values)))
    except FormulaError:
        return False


def shown_in(question: Question, values: Drawn) -> list[tuple[list[str], list[str]]]:
    """Return for each part its options in their order, and what they belong to, without drawn values put in."""
    found = pools(question)
    return (
        [_shown(found.get(part.id), values) for part in question.parts] if found else [([], [])] * len(question.parts)
    )


def _shown(pool: Pool | None, values: Drawn) -> tuple[list[str], list[str]]:
    if pool is None:
        return [], []
    return [pool.texts[place] for place in values.get(pool.order, pool.written)], prompts_of(pool.part)


def shown_for(question: Question, name: str, values: Drawn) -> list[str]:
    """Return the options of a part or a cell, by its id, in their order, without drawn values put in."""
    return _shown(pools(question).get(name), values)[0]


def choice_of(question: Question, part: Part, values: Drawn, answer: Value | None) -> ChoiceKey:
    """Return what staff know of a part that offers options.

    Args:
        question: as it stands.
        part: of it, or a cell of one, with one of these inputs.
        values: what was drawn, the givens, and the orders; where there is none, options stand as they are written.
        answer: of a part of true or false, the value of its formula.

    Raises:
        OfferError: there is not one right option where one is to be chosen, or none.
        FormulaError: it cannot be computed which options are right.
    """
    if part.input == "truefalse":
        if answer is None:
            raise OfferError("there is no answer")
        options = tuple(Offered(text, text.lower(), text, bool(answer) == (text == "True")) for text in TRUTHS)
        return ChoiceKey.model_construct(options=options, expected=(str(bool(answer)),), prompts=())
    pool = pools(question).get(part.id) or pool_of(part)
    order = tuple(values.get(pool.order, pool.written))
    # what is no part of the question itself is made anew
    known = pool.plain and part.id in pools(question)
    return _plain(question, part.id, order) if known else _made(pool, order, values)


@lru_cache(maxsize=4096)
def _plain(question: Question, part_id: str, order: Order) -> ChoiceKey:
    return _made(pools(question)[part_id], order, {})


def _made(pool: Pool, order: Order, values: Drawn) -> ChoiceKey:
    part = pool.part
    prompts = prompts_of(part)
    written = [pool.texts[place] for place in order] + [pool.says[place] for place in order] + prompts
    shown = written
    if any(map(_varies, written)):
        shown = templates.render_text(_BREAK.join(written), values).split(_BREAK)
    letters = dict(zip(order, ascii_uppercase, strict=False))
    rights = [bool(compiled(pool.rights[place])(values)) for place in order]
    options = tuple(
        Offered(letter, pool.names[place], shown[at].strip(), rights[at], " ".join(shown[len(order) + at].split()))
        for at, (place, letter) in enumerate(letters.items())
    )
    return ChoiceKey.model_construct(
        options=options,
        expected=_expected(part, pool, letters, options),
        prompts=tuple(text.strip() for text in shown[2 * len(order) :]),
    )


def _expected(part: Part, pool: Pool, letters: Mapping[int, str], options: tuple[Offered, ...]) -> tuple[str, ...]:
    if part.input in ("ordering", "matching"):
        letter_of = {pool.texts[place]: letter for place, letter in letters.items()}
        right = part.items if part.input == "ordering" else [right for left, right in part.pairs if left is not None]
        if not right:
            raise OfferError("there is nothing to put in order" if part.input == "ordering" else "there are no pairs")
        return tuple(letter_of[text] for text in right)
    expected = tuple(option.letter for option in options if option.right)
    if not expected or (part.input == "choice" and len(expected) > 1):
        raise OfferError(f"{'no option is' if not expected else f'{len(expected)} options are'} right")
    return expected


def texts_of(part: Part) -> list[str]:
    """Return the texts of a part's options and what they belong to, as written."""
    return (
        [option.text for option in part.options]
        + list(part.items)
        + [text for pair in part.pairs for text in pair if text]
    )


def numbered_texts(part: Part) -> list[Any]:
    """Return by number what of a part's options candidates may see: what may not change once a paper is set."""
    pool = pool_of(part)
    return [[list(each) for each in zip(pool.names, pool.texts, strict=True)], prompts_of(part)]


def _varies(text: str) -> bool:
    return "[=" in text or "[%" in text or "[#" in text
