"""The square on each page of a printed paper, by which a scan is known: the paper's code and the page, as `CODE/3`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import segno

_MARGIN: Final = 2
"""Modules of white around a square, within its own picture; the paper around it is white too."""

_DARK: Final = re.compile("1+")

_Rows = tuple[int, ...]
"""A square's modules: a number for each row, a bit for each column."""


def squares(code: str, pages: int) -> tuple[str, ...]:
    """Return the squares of so many pages as SVG drawings, in order.

    Codes and their check words are linear: what changes from page to page changes the same modules on every paper. So
    a paper's first square is made, and the others follow from it.

    Args:
        code: the paper's, of digits and capital letters.
        pages: how many.
    """
    return tuple(_drawn(_rows(code, page)) for page in range(1, pages + 1))


def _rows(code: str, page: int) -> _Rows:
    first = 10 ** (len(str(page)) - 1)
    own, like = _made(f"{code}/{first}"), "0" * len(code)
    if page == first:
        return own
    return tuple(map(int.__xor__, own, _changed(like, first, page)))


@lru_cache(maxsize=512)
def _changed(like: str, first: int, page: int) -> _Rows:
    return tuple(map(int.__xor__, _made(f"{like}/{first}"), _made(f"{like}/{page}")))


@lru_cache(maxsize=256)
def _made(text: str) -> _Rows:
    # a fixed mask spares the search for the best one, which no reader needs
    made = segno.make(text, error="q", mode="alphanumeric", mask=3, micro=False)
    return tuple(int("".join(map(str, row)), 2) for row in made.matrix)


def _drawn(rows: _Rows) -> str:
    # whole bytes of a row are looked up; segno's own drawing takes longer than its code
    width = len(rows)
    octets = (width + 7) // 8
    spare = 8 * octets - width
    dark = "".join(
        f"M{_MARGIN} {number}" + "".join([_BARS[octet] for octet in (row << spare).to_bytes(octets, "big")])
        for number, row in enumerate(rows, _MARGIN)
    )
    size = width + 2 * _MARGIN
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{dark}"/></svg>'


def _bars(octet: int) -> str:
    """Return the dark runs of eight modules as a path from their left end to their right end."""
    path, at = "", 0
    for run in _DARK.finditer(f"{octet:08b}"):
        width = run.end() - run.start()
        path += f"m{run.start() - at} 0h{width}v1h-{width}z"
        at = run.start()
    return f"{path}m{8 - at} 0"


_BARS: Final = tuple(_bars(octet) for octet in range(256))
