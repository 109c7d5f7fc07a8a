"""One measured figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """A figure, and the peer's in the same run where there is one.

    Attributes:
        ratio: how many times better than the peer; None without a peer.
        n: how many things were measured.
        want: the figure to reach, as text; said beside the result.
        reached: whether it was.
    """

    name: str
    value: float
    unit: str
    n: int
    want: str
    reached: bool
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None

    def as_data(self) -> dict[str, Any]:
        """Return what is written to latest.json."""
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}
