"""What is wrong with the options that an author wrote: told when the bank loads, or for a variant that reads badly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from autograder.choosing.offers import MOST_OPTIONS
from autograder.model import Draw, Offered, Part

Problem = tuple[str, str, str]
"""The field, the problem, a hint."""

RESERVED: Final = ("right", "wrong")
"""Ids that no option can have: tests say by them what is right and what is not."""


def choice_problems(part: Part) -> Iterator[Problem]:
    """Yield what is wrong with a part with input `choice`, `multi` or `truefalse`."""
    yield from _foreign(part, () if part.input == "truefalse" else ("options", "draw"))
    if part.proof is not None and part.input != "truefalse":
        yield "proof", "only a number, or what is true or false, can be proved", "leave `proof:` out"
    if part.input == "truefalse":
        if part.answer is None:
            yield "id", "it has no answer", "write `answer: true`, `false`, or a formula that is 1 where it is true"
        return
    if len(part.options) < 2:
        hint = "write `options:`, each with `text`, and `right: true` where it is"
        yield "options", f"there {_are(len(part.options), 'option')}", hint
        return
    ids = [option.id for option in part.options if option.id is not None]
    yield from _twice(ids, "options", "id")
    yield from (
        ("options", f"the id {name!r} is taken", "tests name options by it") for name in ids if name in RESERVED
    )
    yield from _twice((option.text.strip() for option in part.options), "options", "text")
    yield from _rights(part)
    if part.draw is not None:
        yield from _draw_problems(part, part.draw)
    elif len(part.options) > MOST_OPTIONS:
        yield "options", f"there are {len(part.options)} options, but {MOST_OPTIONS} letters", "`draw:` some of them"


def _rights(part: Part) -> Iterator[Problem]:
    """Yield what is wrong with how many are right, where that is the same in every variant."""
    if not all(option.right in ("0", "1") for option in part.options):
        return
    right = sum(option.right == "1" for option in part.options)
    if not right:
        yield "options", "no option is right", "say `right: true` at those that are"
    elif part.input == "choice" and part.draw is None and right > 1:
        yield "options", f"{right} options are right, where one is to be chosen", "use `input: multi`, or `draw:` some"
    elif right == len(part.options):
        yield "options", "every option is right", "write some that are wrong"


def _draw_problems(part: Part, draw: Draw) -> Iterator[Problem]:
    count = len(part.options)
    ends = (draw.total, draw.total) if isinstance(draw.total, int) else draw.total
    if ends[0] > ends[1]:
        yield "draw", f"total: {ends[0]} is more than {ends[1]}", "write the smaller number first"
        return
    if ends[0] < 2:
        yield "draw", f"{ends[0]} options leave nothing to choose", "draw two or more"
        return
    if ends[0] > count:
        yield "draw", f"{ends[0]} options cannot be drawn from {count}", "write more of them, or draw fewer"
        return
    total = min(ends[1], count)
    if total > MOST_OPTIONS:
        yield "draw", f"there are {MOST_OPTIONS} letters for {total} options", "draw fewer"
    least = 1 if part.input == "choice" else draw.right
    if least + draw.wrong > total:
        yield "draw", f"{least} right and {draw.wrong} wrong are more than {total}", ""
        return
    if least == 0:
        yield "draw", "there must be something right to choose", "write `right: 1` or more"
    pinned = [place for place, option in enumerate(part.options) if option.pin]
    if len({place if 2 * place < count else total - (count - place) for place in pinned} & set(range(total))) < len(
        pinned
    ):
        yield "draw", "the pinned options have no room", "pin those at the beginning or the end"
        return
    if all(option.right in ("0", "1") for option in part.options):
        yield from _undrawable(part, total, least, draw.wrong)


def _undrawable(part: Part, total: int, least: int, wrong: int) -> Iterator[Problem]:
    right = [option for option in part.options if option.right == "1"]
    others = len(part.options) - len(right)
    kept = sum(option.pin for option in right), sum(option.pin for option in part.options if option.right == "0")
    most = 1 if part.input == "choice" else total - wrong
    if max(least, total - others, kept[0]) > min(most, len(right), total - kept[1]):
        hint = f"{len(right)} of the options are right, {others} wrong"
        yield "draw", f"{total} with at least {least} right and {wrong} wrong cannot be drawn", hint


def ordering_problems(part: Part) -> Iterator[Problem]:
    """Yield what is wrong with a part with input `ordering`."""
    yield from _foreign(part, ("items",))
    yield from _count(len(part.items), "items", "item", "write `items:` in the right order")
    yield from _twice((item.strip() for item in part.items), "items", "item")


def matching_problems(part: Part) -> Iterator[Problem]:
    """Yield what is wrong with a part with input `matching`."""
    yield from _foreign(part, ("pairs",))
    left = [text.strip() for text, _ in part.pairs if text is not None]
    yield from _count(len(left), "pairs", "pair", "write `pairs:`, each `[left, right]`")
    yield from _twice(left, "pairs", "left side")
    right = {text for _, text in part.pairs}
    if len(right) > MOST_OPTIONS:
        yield "pairs", f"there are {len(right)} texts on the right, but {MOST_OPTIONS} letters", ""
    elif len(left) >= 2 and len(right) < 2:
        yield "pairs", "all have the same right side", ""
    known = [text for lefts, text in part.pairs if lefts is not None]
    for text in (text for lefts, text in part.pairs if lefts is None and text in known):
        yield "pairs", f"{text!r} stands beside null, but belongs to something", "leave one of them out"


def _count(count: int, field: str, what: str, hint: str) -> Iterator[Problem]:
    if count < 2:
        yield field, f"there {_are(count, what)}", hint
    elif count > MOST_OPTIONS:
        yield field, f"there are {count} {what}s, but {MOST_OPTIONS} letters", ""


def _are(count: int, what: str) -> str:
    return f"is only one {what}" if count == 1 else f"are no {what}s"


def _foreign(part: Part, own: tuple[str, ...]) -> Iterator[Problem]:
    for field, what in foreign_fields(part, own):
        yield field, what, ""
    for field in ("answer", "also", "slips") if own else ():
        if getattr(part, field):
            yield field, f"`{field}` does not belong to the input {part.input!r}", f"the answer stands under `{own[0]}`"


def foreign_fields(part: Part, own: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the fields of options that stand at a part with another input, and the problem."""
    for field in ("options", "draw", "items", "pairs"):
        if field not in own and getattr(part, field):
            yield field, f"`{field}` does not belong to the input {part.input!r}"


def _twice(texts: Iterable[str], field: str, what: str) -> Iterator[Problem]:
    for text, times in Counter(texts).items():
        if times > 1:
            yield field, f"the {what} {text!r} stands here {'twice' if times == 2 else f'{times} times'}", ""


def equal_options(options: tuple[Offered, ...]) -> str | None:
    """Return which two options read the same, in a sentence, or None."""
    first: dict[str, str] = {}
    for option in options:
        text = " ".join(option.text.split())
        if text in first:
            return f"the options {first[text]} and {option.letter} both read {text!r}"
        first[text] = option.letter
    return None
