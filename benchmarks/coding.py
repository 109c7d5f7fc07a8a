"""What candidates write where code is asked for: the right thing in several styles, and known mistakes."""

from __future__ import annotations

from collections.abc import Callable

from autograder.model import Key
from benchmarks.handing_in import Coder

ACCUMULATION, LORA = "gradient_accumulation_fill-a", "lora_repair-a"


def _reference(key: Key) -> str:
    assert key.code is not None
    return key.code.reference


def _listing(key: Key) -> str:
    assert key.code is not None
    return key.code.listing


def _instead(*pairs: tuple[str, str]) -> Callable[[Key], str]:
    def write(key: Key) -> str:
        source = _reference(key)
        for old, new in pairs:
            assert old in source, (old, source)
            source = source.replace(old, new)
        return source

    return write


ACCUMULATING: tuple[Callable[[Key], str], ...] = (
    _reference,
    _reference,
    _instead(
        ("        loss.backward()\n", "        loss.backward()  # undivided\n"),
        ("        loss = loss / accumulation_steps\n", ""),
    ),
    _instead(("            optimizer.zero_grad()", "            pass")),
    _instead(("        loss.backward()\n", "        loss.backward(\n")),
)
REPAIRING: tuple[Callable[[Key], str], ...] = (
    _reference,
    _reference,
    lambda key: _listing(key) + "\n# I see no mistake",
    _instead(("torch.zeros(rank,", "torch.randn(rank,")),
)


def coders() -> dict[str, Coder]:
    """Return what the candidates of the torch assignment write: each their own text, so that nobody's run is shared."""
    return {
        ref: lambda key, place, ways=ways: f"{ways[place % len(ways)](key).rstrip()}\n# candidate {place}\n"
        for ref, ways in ((ACCUMULATION, ACCUMULATING), (LORA, REPAIRING))
    }
