"""What a name of a notebook may stand for, as far as that is known without running anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


class Computed:
    """The value of a name that only running the code would tell."""


COMPUTED: Final = Computed()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An assignment that says something, but nothing that can be taken as an answer."""

    hint: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list or tuple: its members, and the text it was written as."""

    items: tuple[Any, ...]
    text: str


Assigned = Any
"""A number, a text, None, `...`, True or False, a Listed, COMPUTED, or an Unreadable."""


def unreadable_in(value: Assigned) -> Unreadable | None:
    """Return a member of a list, at any depth, that cannot be read."""
    waiting = [value] if isinstance(value, Listed) else []
    seen: set[int] = set()
    while waiting:
        for each in waiting.pop().items:
            if isinstance(each, Unreadable):
                return each
            # a list may stand in another many times, and that in a third
            if isinstance(each, Listed) and id(each) not in seen:
                seen.add(id(each))
                waiting.append(each)
    return None
