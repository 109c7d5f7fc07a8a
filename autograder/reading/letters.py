"""Read letters, orders, matches and truths in the forms in which people write them. This knows no key.

`"B"` and `["A", "C"]` are what is asked. Small letters, brackets, stops, `"A and C"`, `"AC"`, and a letter with the
option's text behind it are read too. What is no letter is not guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograder.reading.claims import read_claims

INPUTS: Final = ("choice", "multi", "truefalse", "ordering", "matching")
"""Kinds of input that are read here."""

MAX_MEMBERS: Final = 200
"""Members of a list that are still looked at; there are never so many options."""

MAX_TEXT: Final = 2_000
"""Characters of a text that are still looked at."""

_TOKEN: Final = re.compile(r"[^\W_]+")
_LETTER: Final = re.compile(r"[A-Z]")
_RUN: Final = re.compile(r"[A-Z]{2,26}")
_LABEL: Final = re.compile(r"(?<![^\W_])([A-Za-z])[).:\]](?=\s)")
_FILLERS: Final = frozenset(
    {"and", "answer", "answers", "choice", "is", "letter", "letters", "option", "options", "then"}
)
_TRUTHS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y"), "True"),
    **dict.fromkeys(("false", "f", "no", "n"), "False"),
}
# capitals of two other alphabets that nobody can tell from ours
_LOOKALIKES: Final = str.maketrans(
    "\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "ABCEHKMOPTXABEZHIKMNOPTYX",
)
_HINTS: Final = {
    "choice": 'Write the letter of one option, as in "B".',
    "multi": 'Write the letters of the options, as in ["A", "C"].',
    "truefalse": "Write True or False.",
    "ordering": 'Write all letters in order, as in ["B", "A", "C"].',
    "matching": 'Write a letter for each number, as in {1: "B", 2: "A"}.',
}


@dataclass(frozen=True, slots=True)
class ChosenRead:
    """An answer as read.

    Attributes:
        chosen: capital letters; `True` or `False`; for a matching `[number, letter]` each. Empty for a blank.
        hint: why it was not read, for the candidate; empty where it was.
    """

    chosen: tuple[Any, ...]
    hint: str = ""


def read_chosen(input: str, value: Any, prompts: Sequence[str] = ()) -> ChosenRead:
    """Return what an answer says. Whatever it holds, this returns.

    Args:
        input: one of `INPUTS`.
        value: texts, truths, and lists, tuples, sets and mappings of them; or what was read before.
        prompts: of a matching, the texts on the left, which may stand for their numbers.
    """
    if _is_blank(value):
        return ChosenRead(())
    hint = _HINTS[input]
    if input == "truefalse":
        truth = _truth(value)
        return ChosenRead((truth,)) if truth else ChosenRead((), hint)
    if input == "matching":
        return _matched(value, prompts, hint)
    if input == "ordering" and isinstance(value, set | frozenset) and len(value) > 1:
        return ChosenRead((), "A set has no order. " + hint)
    letters: list[str] = []
    for member in _members(value):
        found = _letters(member)
        if not found:
            return ChosenRead((), hint)
        letters += found
    if input == "ordering":
        return ChosenRead(tuple(letters), "" if letters else hint)
    return ChosenRead(tuple(sorted(set(letters))), "" if letters else hint)


def unknown_in(input: str, chosen: Sequence[Any], options: Collection[str], prompts: int = 0) -> str:
    """Return what of an answer as read names nothing that was offered, in a sentence, or an empty text.

    Args:
        input: one of `INPUTS`.
        chosen: as read.
        options: the letters that were printed.
        prompts: of a matching, how many numbers were printed.
    """
    if input == "truefalse":
        return ""
    letters = [letter for _, letter in chosen] if input == "matching" else list(chosen)
    strange = [letter for letter in dict.fromkeys(letters) if letter not in options]
    if strange:
        return f"There is no option {strange[0]}."
    if input == "choice" and len(letters) > 1:
        return "Choose one option only."
    if input == "ordering" and len(letters) != len(options):
        return f"Each of the {len(options)} letters must stand there once."
    if input == "ordering" and len(set(letters)) != len(letters):
        return "A letter stands there twice."
    if input == "matching":
        return _misnumbered([number for number, _ in chosen], prompts)
    return ""


def _misnumbered(numbers: list[int], prompts: int) -> str:
    for number in numbers:
        if not 1 <= number <= prompts:
            return f"There is no number {number}."
        if numbers.count(number) > 1:
            return f"The number {number} has more than one letter."
    return ""


def say_chosen(input: str, chosen: Sequence[Any]) -> str:
    """Return an answer as read, in words."""
    if input == "matching":
        return ", ".join(f"{number} {letter}" for number, letter in chosen)
    return (", then " if input == "ordering" else ", ").join(map(str, chosen))


def say_expected(input: str, expected: Sequence[str]) -> str:
    """Return the right answer in words, from the letters of a key; of a matching these stand for 1, 2, …"""
    return say_chosen(input, list(enumerate(expected, 1)) if input == "matching" else expected)


def _is_blank(value: Any) -> bool:
    if value is None or value is ...:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return all(each is None or each is ... or (isinstance(each, str) and not each.strip()) for each in value)
    return False


def _members(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping) and all(isinstance(each, bool) for each in value.values()):
        # each option with whether it is chosen
        yield from [option for option, ticked in list(value.items())[:MAX_MEMBERS] if ticked]
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (each for each in list(value)[:MAX_MEMBERS] if not _is_blank(each))
    else:
        yield value


def folded(text: str) -> str:
    """Return a text with letters of other widths and look-alikes of capitals as ours."""
    return unicodedata.normalize("NFKC", text[:MAX_TEXT]).translate(_LOOKALIKES)


def _letters(member: Any) -> list[str]:
    """Return the letters in a text, or nothing where it says anything else."""
    if not isinstance(member, str):
        return []
    text = folded(member).strip()
    if _LETTER.fullmatch(text):
        return [text]
    tokens = [token for token in _TOKEN.findall(text) if token.lower() not in _FILLERS]
    single = [token.upper().translate(_LOOKALIKES) for token in tokens]
    if tokens and all(_LETTER.fullmatch(token) for token in single):
        return single
    if len(tokens) == 1 and _RUN.fullmatch(tokens[0]) and len(set(tokens[0])) == len(tokens[0]):
        return list(tokens[0])
    # letters with the text of their options behind them, the first at the start
    labels = [match[1].upper() for match in _LABEL.finditer(text)]
    return labels if labels and _LABEL.match(text.lstrip("([*_\"' ")) else []


def _truth(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset) and len(value) == 1:
        [value] = value
        return str(value) if isinstance(value, bool) else _truth(value) if isinstance(value, str) else ""
    if not isinstance(value, str):
        return ""
    tokens = [token.lower() for token in _TOKEN.findall(folded(value))]
    words = [token for token in tokens if token not in ("answer", "is", "it", "the")]
    return _TRUTHS.get(words[0], "") if len(words) == 1 else ""


def _matched(value: Any, prompts: Sequence[str], hint: str) -> ChosenRead:
    members: Any = value
    if isinstance(value, Mapping):
        several = ((number, each if isinstance(each, list | tuple) else [each]) for number, each in value.items())
        members = [(number, letter) for number, letters in several for letter in letters if not _is_blank(letter)]
    elif isinstance(value, list | tuple) and not any(_is_pair(each) for each in value):
        found = [_letters(each) if not _is_blank(each) else [""] for each in value[:MAX_MEMBERS]]
        if all(len(each) == 1 for each in found):
            # a list of letters answers the numbers one by one
            members = [(number, letter) for number, [letter] in enumerate(found, 1) if letter]
    elif isinstance(value, set | frozenset):
        members = sorted((each for each in value), key=repr)
    if isinstance(members, list | tuple):
        members = [_numbered(each, prompts) for each in members[:MAX_MEMBERS]]
    read = read_claims(members)
    if read.unread or not read.claims:
        return ChosenRead((), hint)
    return ChosenRead(tuple((number, letter) for number, letter in dict.fromkeys(map(tuple, read.claims))))


def _is_pair(member: Any) -> bool:
    return (isinstance(member, list | tuple) and len(member) == 2) or (
        isinstance(member, str) and any(character.isdigit() for character in member)
    )


def _numbered(member: Any, prompts: Sequence[str]) -> Any:
    """Put the number of a text on the left in its place, and ours in the place of other alphabets' letters."""
    if not isinstance(member, list | tuple) or len(member) != 2:
        return folded(member) if isinstance(member, str) else member
    left, letter = member
    known = [" ".join(prompt.split()).casefold() for prompt in prompts]
    if isinstance(left, str) and (shown := " ".join(left.split()).casefold()) in known:
        left = known.index(shown) + 1
    return left, folded(letter) if isinstance(letter, str) else letter
