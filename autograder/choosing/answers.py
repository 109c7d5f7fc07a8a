"""Take an answer to a part that offers options: as a candidate writes it, and as staff may, who name options by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from autograder.model import ChoiceKey, Key, Mark, Response
from autograder.reading.letters import INPUTS, ChosenRead, read_chosen, unknown_in

REASONS: Final = ("right", "partial", "wrong", "invalid", "blank", "unreadable")
"""Every reason that choices, orderings and matchings are marked with."""

__all__ = ["INPUTS", "REASONS", "as_typed", "in_letters", "read_response", "refusal"]


def read_response(key: Key, response: Response) -> ChosenRead | Mark:
    """Return what a response says, or its mark where that is no answer to the part: blank, unreadable or invalid."""
    choice = key.choice
    if response.state == "unreadable" or choice is None:
        return refusal(key, "unreadable", response.hint)
    read = read_chosen(key.input, response.value if response.state == "given" else None, choice.prompts)
    if read.hint:
        return refusal(key, "unreadable", read.hint)
    if not read.chosen:
        return refusal(key, "blank")
    letters = [option.letter for option in choice.options]
    strange = unknown_in(key.input, read.chosen, letters, len(choice.prompts))
    if strange:
        return refusal(key, "invalid", strange, read)
    return read


_REFUSALS: Final = {
    "blank": "There is no answer.",
    "unreadable": "This could not be read as an answer.",
    "invalid": "",
}


def refusal(key: Key, reason: str, hint: str = "", read: ChosenRead | None = None) -> Mark:
    """Return the mark of what is no answer."""
    shown = [list(each) if isinstance(each, tuple) else each for each in read.chosen] if read is not None else None
    return key.mark(0, reason, read=shown, feedback=" ".join(filter(None, (_REFUSALS[reason], hint))))


def as_typed(key: Key, chosen: Sequence[str] | None = None) -> str:
    """Return an answer as a candidate would type it in Python.

    Args:
        key: of the part.
        chosen: letters (of a matching, one for each number); the right ones, if not given.

    Returns:
        An expression; an empty text where the part offers no options.
    """
    if key.choice is None:
        return ""
    letters = list(key.choice.expected if chosen is None else chosen)
    if key.input == "truefalse":
        return letters[0]
    shown: Any = letters
    if key.input == "choice" and len(letters) == 1:
        shown = letters[0]
    elif key.input == "matching":
        shown = dict(enumerate(letters, 1))
    return repr(shown).replace("'", '"')


def in_letters(said: Any, key: Key) -> Any:
    """Return what somebody on the staff said with letters in the place of ids, texts and numbers of options.

    Args:
        said: `right` stands for the right answer, `wrong` for all wrong options (of a single choice, the first); an id
            of more than one letter and a whole text for their option; in an ordering and on the right of a matching a
            whole number for the item or the pair so written. Anything else stays what it is.
        key: of the part.
    """
    choice = key.choice
    if choice is None:
        return said
    if said == "right":
        return _matching(choice) if key.input == "matching" else list(choice.expected)
    if key.input == "truefalse":
        return next(option.letter for option in choice.options if not option.right) if said == "wrong" else said
    if key.input == "matching":
        if isinstance(said, Mapping):
            return {left: _letter(right, choice) for left, right in said.items()}
        return [_pair(each, choice) for each in said] if isinstance(said, list) else said
    wrong = [option.letter for option in choice.options if not option.right]
    if said == "wrong" and key.input != "ordering":
        return wrong[:1] if key.input == "choice" else wrong
    if not isinstance(said, list):
        return _letter(said, choice)
    found: list[Any] = []
    for each in said:
        if each in ("right", "wrong") and key.input != "ordering":
            found += list(choice.expected) if each == "right" else wrong
        else:
            found.append(_letter(each, choice))
    return found


def _matching(choice: ChoiceKey) -> list[list[Any]]:
    return [[number, letter] for number, letter in enumerate(choice.expected, 1)]


def _pair(said: Any, choice: ChoiceKey) -> Any:
    if not isinstance(said, list) or len(said) != 2:
        return _letter(said, choice)
    left, right = said
    # a letter may come first, and a number then is no pair's
    turned = isinstance(left, str) and len(left) == 1 and left.isalpha() and left not in choice.prompts
    return said if turned else [left, _letter(right, choice)]


def _letter(said: Any, choice: ChoiceKey) -> Any:
    if isinstance(said, int) and not isinstance(said, bool) and not any(option.right for option in choice.options):
        return choice.expected[said - 1] if 1 <= said <= len(choice.expected) else said
    if isinstance(said, str) and len(said.strip()) > 1:
        for option in choice.options:
            if said.strip() in (option.name, option.text):
                return option.letter
    return said
