"""Where every drawn value comes from: HMAC-SHA-256 of the course's secret, stretched to a stream.

The stream is our own, so the same seed gives the same variant on every machine and Python version.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

CODE_LENGTH: Final = 10
"""Characters of a paper code: 50 bits, so that no two of a million candidates are likely to meet."""


def seed_of(secret: bytes, *names: str | int) -> bytes:
    """Return the 32-byte seed for a list of names, such as exam, paper code, question and redraw.

    Args:
        secret: the course's secret.
        names: what the seed is for; their lengths are hashed too, so ("ab", "c") differs from ("a", "bc").
    """
    message = b"".join(len(part).to_bytes(4, "big") + part for part in (str(name).encode() for name in names))
    return hmac.digest(secret, message, "sha256")


def paper_code(secret: bytes, exam: str, candidate: str, attempt: int) -> str:
    """Return the code printed on a paper: base32 of an HMAC, so it names nobody and cannot be guessed."""
    return base64.b32encode(seed_of(secret, "paper", exam, candidate, attempt)).decode()[:CODE_LENGTH]


class Rng:
    """A stream of random numbers from one seed: SHA-256 of the seed and a counter."""

    __slots__ = ("_block", "_counter", "_left", "_seed")

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._counter = 0
        self._block = 0
        self._left = 0

    def bits(self, count: int) -> int:
        """Return an integer of `count` random bits, 0 ≤ result < 2**count."""
        while self._left < count:
            digest = hashlib.sha256(self._seed + self._counter.to_bytes(8, "big")).digest()
            self._block |= int.from_bytes(digest, "big") << self._left
            self._left += 256
            self._counter += 1
        result = self._block & ((1 << count) - 1)
        self._block >>= count
        self._left -= count
        return result

    def below(self, limit: int) -> int:
        """Return an integer from 0 to limit - 1, every one equally likely; limit is at least 1."""
        width = (limit - 1).bit_length()
        while True:
            result = self.bits(width)
            if result < limit:
                return result

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of the items, every one equally likely."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[Item], take: int) -> list[Item]:
        """Return so many of the items in a random order, every choice and order equally likely (Fisher and Yates)."""
        order = list(items)
        for place in range(min(take, len(order) - 1)):
            other = place + self.below(len(order) - place)
            order[place], order[other] = order[other], order[place]
        return order[:take]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return all items in a random order."""
        return self.sample(items, len(items))
