"""The squares on printed pages: each is what its text would give alone, and each says paper and page."""

from __future__ import annotations

import re

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from autograder.markup.squares import squares

CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=24)
MOVE = re.compile(r"M(\d+) (\d+)|m(-?\d+) 0|h(\d+)v1h-\d+z")


def dark(svg: str) -> set[tuple[int, int]]:
    """The dark modules of a drawing, by column and row."""
    found: set[tuple[int, int]] = set()
    x = y = 0
    path = re.search(r' d="([^"]*)"', svg)
    assert path is not None
    assert MOVE.sub("", path[1]) == ""
    for step in MOVE.finditer(path[1]):
        if step[1]:
            x, y = int(step[1]), int(step[2])
        elif step[3]:
            x += int(step[3])
        else:
            found |= {(x + place, y) for place in range(int(step[4]))}
    return found


@given(CODES, st.integers(1, 110))
def test_a_square_is_what_its_text_gives_alone(code: str, page: int) -> None:
    alone = segno.make(f"{code}/{page}", error="q", mask=3, micro=False).matrix
    drawn = squares(code, page)[-1]
    assert dark(drawn) == {
        (column + 2, row + 2) for row, bits in enumerate(alone) for column, bit in enumerate(bits) if bit
    }
    assert f'viewBox="0 0 {len(alone) + 4} {len(alone) + 4}"' in drawn


@pytest.mark.parametrize("pages", [0, 1, 12])
def test_there_is_one_for_each_page(pages: int) -> None:
    assert len(set(squares("A2B3C4D5E6", pages))) == pages
