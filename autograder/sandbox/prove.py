"""What does running the real thing give? The harness of a question's proofs, inside."""

from __future__ import annotations

from typing import Any

from autograder.sandbox.channel import Channel


def prove(channel: Channel) -> None:
    """Call the proofs with one set of values after the other, and report after each set what they gave.

    Args:
        channel: its data are `proofs`, the files that define `proof(values)`, and `values`, drawn values by name;
            each step brings the next values.

    Raises:
        TypeError: a proof gave something else than numbers, or lists of them, by part.
        BaseException: whatever a proof raises; as many sets are proved as there are reports.
    """
    proofs = {name: channel.load(name).proof for name in channel.inputs.data["proofs"]}
    values: dict[str, Any] | None = channel.inputs.data["values"]
    while values is not None:
        given = channel.step({name: _plain(proof(dict(values))) for name, proof in proofs.items()})
        values = None if given is None else given.data


def _plain(found: Any) -> dict[str, Any]:
    """Return what a proof gave as JSON can carry it; what is no number nor a list of them is shown as it is written."""
    if not isinstance(found, dict):
        raise TypeError(f"a proof gives a dict from part to number, this one {found!r:.80}")
    return {str(part): _number(value) for part, value in found.items()}


def _number(value: Any) -> Any:
    plain = value.tolist() if hasattr(value, "tolist") else value  # of a tensor or an array
    if isinstance(plain, list | tuple):
        return [_number(item) for item in plain]
    return plain if type(plain) in (int, float) else repr(plain)[:200]
