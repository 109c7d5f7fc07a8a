"""What does running the real thing give? The harness of a question's proofs, inside."""

from __future__ import annotations

from typing import Any

from autograder.sandbox.channel import Channel


def prove(channel: Channel) -> None:
    """Call each proof with each set of values, and report after each set what they gave.

    Args:
        channel: its data are `proofs`, files that define `proof(values)`, and `values`, a list of drawn values by name.

    Raises:
        BaseException: whatever a proof raises; as many sets are proved as there are reports.
    """
    proofs = {name: channel.load(name).proof for name in channel.inputs.data["proofs"]}
    for values in channel.inputs.data["values"]:
        channel.step({name: _plain(proof(dict(values))) for name, proof in proofs.items()})


def _plain(found: Any) -> Any:
    """Return what a proof gave as JSON can carry it; what is no number by part is shown as it is written."""
    if not isinstance(found, dict):
        return repr(found)[:200]
    return {str(part): _number(value) for part, value in found.items()}


def _number(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value  # of a tensor or an array
    return plain if type(plain) in (int, float) else repr(plain)[:200]
