"""What a jailed child must not be able to do: each attempt is made, from inside, before a mode is trusted.

What is inside a jail may bear the name of something outside: whether a file was written is looked up outside.
"""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Callable
from typing import Any

from autograder.sandbox.channel import Channel

WRITE = "write a file beside it"
"""The attempt that a jail may seem to allow: its own folder for files may have the name of the one outside."""

WRITTEN = ".written"
"""What this attempt adds to the file's name."""


def attempt_all(channel: Channel) -> dict[str, bool]:
    """Make every attempt.

    Args:
        channel: `inputs.data` says what to try it on: `file` (of somebody else), `port` (that listens), `pid` (of the
            marker).

    Returns:
        For each attempt whether it succeeded.
    """
    on: dict[str, Any] = channel.inputs.data
    return {name: _succeeds(attempt, on) for name, attempt in ATTEMPTS.items()}


def _succeeds(attempt: Callable[[dict[str, Any]], object], on: dict[str, Any]) -> bool:
    try:
        attempt(on)
    except OSError:
        return False
    return True


def _read_a_file(on: dict[str, Any]) -> None:
    with open(on["file"], "rb") as file:
        file.read(1)


def _write_beside_it(on: dict[str, Any]) -> None:
    with open(on["file"] + WRITTEN, "wb"):
        pass


def _reach_the_network(on: dict[str, Any]) -> None:
    with socket.create_connection(("127.0.0.1", on["port"]), timeout=1):
        pass


def _signal_the_marker(on: dict[str, Any]) -> None:
    if os.getpid() == on["pid"]:
        raise OSError("the first process in here has the marker's number")
    os.kill(on["pid"], 0)


def _read_its_environment(on: dict[str, Any]) -> None:
    with open(f"/proc/{on['pid']}/environ", "rb") as file:
        file.read(1)


def _take_new_namespaces(on: dict[str, Any]) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(0x10000000) < 0:
        raise OSError(ctypes.get_errno(), "unshare")


ATTEMPTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "read a file of somebody else": _read_a_file,
    WRITE: _write_beside_it,
    "reach the network": _reach_the_network,
    "signal the marker": _signal_the_marker,
    "read the marker's environment": _read_its_environment,
    "take new namespaces": _take_new_namespaces,
}
