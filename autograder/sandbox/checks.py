"""What a probe writes down, check by check: what it saw of the code that it runs.

A probe is run with the candidate's code and once more with the reference, each in a child of its own. Whether the two
saw the same is judged outside, by `autograder.coding.parity`; nothing here knows what is right. It runs in the
candidate's process, so it protects nothing and holds no secret.

Example:
    def probe(channel):
        checks = Checks(channel)
        code = checks.load("submission.py")
        with checks("frozen"):
            checks.saw(trained=[name for name, p in code.build().named_parameters() if p.requires_grad])
        return checks.answer()
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from autograder.sandbox.channel import Channel
from autograder.sandbox.describe import OUT_OF_MEMORY_TYPES, OUT_OF_MEMORY_WORDS, describe

_MOST_BYTES = 4 << 20  # of all arrays of a draw: below what replies may hold, so that an array fails only its check
_MOST_ENTRIES, _LONGEST_TEXT, _DEEPEST = 2_000, 2_000, 16
_LONGEST_NAME = 150
_LARGEST_INTEGER = 1 << 127


class Checks:
    """The notes that a probe takes.

    Attributes:
        seed: of this hidden draw; whatever is drawn at random comes from it, or from the seeds that `step` returns.
        values: the question's drawn values and givens, by name.
        device: `cuda` where the job may use a graphics device, else `cpu`.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        given = channel.inputs.data if isinstance(channel.inputs.data, dict) else {}
        self.seed: int = given.get("seed", 0)
        self.values: dict[str, Any] = given.get("values", {})
        self.device = "cuda" if channel.gpu else "cpu"
        self._notes: dict[str, dict[str, Any]] = {}
        self._arrays: dict[str, Any] = {}
        self._room = _MOST_BYTES
        self._now: str | None = None
        self._over = False

    def load(self, name: str = "submission.py") -> ModuleType:
        """Execute one of the job's files as a module and return it.

        Raises:
            BaseException: whatever the file raises; outside of a check that fails them all.
        """
        return self._channel.load(name)

    @contextmanager
    def __call__(self, check: str, *, whole: bool = False) -> Iterator[None]:
        """Take notes for one check. An exception inside fails this check only, and is told with the candidate's line.

        Args:
            check: its id.
            whole: code that does nothing before it was given every step is judged by what was seen at the end alone.
                For what may honestly be read as a whole before any work begins, such as a loader of batches.
        """
        if self._now is not None:
            raise RuntimeError(f"the check {check!r} begins inside {self._now!r}")
        notes = self._notes.setdefault(check, {"saw": {}})
        if whole:
            notes["whole"] = True
        self._now = check
        try:
            yield
        except Exception as error:
            channel = self._channel
            told = describe(error, channel.files, channel.entry, channel.loading)
            if told["type"] in OUT_OF_MEMORY_TYPES or any(
                words in told["message"].lower() for words in OUT_OF_MEMORY_WORDS
            ):
                raise  # a limit was reached, which ends the job like any other
            notes.setdefault("raised", told)
        finally:
            self._now = None

    def saw(self, /, **things: Any) -> None:
        """Write down what was seen, by name: tensors and arrays as they are now, and plain data.

        Whole numbers, truth values and words are compared exactly; arrays, and decimals among the data, within the
        tolerance of their type. What the code computes is best handed over as a tensor.

        Raises:
            TypeError: something that is neither plain data nor an array of numbers.
            ValueError: more than can be compared.
        """
        check = self._inside()
        for name, thing in things.items():
            _short(name)
            if _is_array(thing):
                self._arrays[f"{check}/{name}"] = self._kept(thing)
            else:
                self._notes[check]["saw"][name] = _plain(thing, 0, [0])

    def spent(self, /, most: float, **amounts: float) -> None:
        """Write down what the code used, by name: it may be up to `most` times what the reference used.

        For what is the same at every run, such as bytes or calls; times depend on the machine.
        """
        notes = self._notes[self._inside()]
        for name, amount in amounts.items():
            notes.setdefault("spent", {})[_short(name)] = [float(amount), float(most)]

    def remark(self, text: str) -> None:
        """Add a sentence that the candidate is shown if this check fails."""
        self._notes[self._inside()].setdefault("remarks", []).append(str(text)[:_LONGEST_TEXT])

    def step(self, check: str, /, *, after: str = "", **things: Any) -> int | None:
        """Report what is seen at a moment, and return the seed that is revealed for it; None where no more are.

        What is revealed after a report cannot have been known before it: that tells in which order things were done.

        Args:
            check: the check that the report belongs to.
            after: the moment, such as `micro-batch 3`, for the words of the feedback.
            things: arrays and data, by name.
        """
        if self._over:
            return None
        data: dict[str, Any] = {}
        arrays: dict[str, Any] = {}
        for name, thing in things.items():
            _short(name)
            if _is_array(thing):
                arrays[name] = self._kept(thing)
            else:
                data[name] = _plain(thing, 0, [0])
        revealed = self._channel.step({"check": check, "after": after[:_LONGEST_TEXT], "saw": data}, arrays)
        if revealed is None:
            self._over = True
            return None
        seed = revealed.data.get("seed") if isinstance(revealed.data, dict) else None
        return seed if isinstance(seed, int) else None

    def answer(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return everything that was written down, as a probe returns it."""
        return {"checks": self._notes}, self._arrays

    def _inside(self) -> str:
        if self._now is None:
            raise RuntimeError("write this inside `with checks(…):`")
        return self._now

    def _kept(self, thing: Any) -> Any:
        """Return a copy that later work does not change; a complex one with its two parts as a last axis."""
        size = math.prod(thing.shape)
        self._room -= size * (thing.element_size() if hasattr(thing, "element_size") else thing.dtype.itemsize)
        if self._room < 0 or len(thing.shape) > 8:
            raise ValueError(f"an array of shape {tuple(thing.shape)} is too large to be compared")
        copy = np.array(thing) if isinstance(thing, np.ndarray) else thing.detach().cpu().clone()
        if "complex" in str(copy.dtype):
            numbers = copy if isinstance(copy, np.ndarray) else copy.resolve_conj().numpy()
            return np.stack([numbers.real, numbers.imag], -1)
        if isinstance(copy, np.ndarray) and copy.dtype.kind not in "biuf":
            raise TypeError(f"an array of {copy.dtype} is not an array of numbers")
        return copy


def _is_array(thing: Any) -> bool:
    return isinstance(thing, np.ndarray) or (hasattr(thing, "detach") and hasattr(thing, "shape"))


def _short(name: str) -> str:
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise ValueError("a name is too long, or cannot be printed")
    return name


def _plain(thing: Any, depth: int, seen: list[int]) -> Any:
    seen[0] += 1
    if depth > _DEEPEST or seen[0] > _MOST_ENTRIES:
        raise ValueError("this is too much, or nested too deeply, to be compared")
    match thing:
        case None | bool():
            return thing
        case str():
            return thing[:_LONGEST_TEXT]
        case int():
            return int(thing) if abs(thing) <= _LARGEST_INTEGER else hex(thing)[:_LONGEST_TEXT]
        case float():
            return float(thing) if math.isfinite(thing) else {"float": str(float(thing))}
        case np.generic():
            return _plain(thing.item(), depth, seen)
        case set() | frozenset():
            return sorted((_plain(item, depth + 1, seen) for item in thing), key=repr)
        case list() | tuple():
            return [_plain(item, depth + 1, seen) for item in thing]
        case Mapping():
            return {_short(str(key)): _plain(item, depth + 1, seen) for key, item in thing.items()}
        case _ if type(thing).__module__ == "torch":  # an element type, a device, a layout
            return str(thing)
        case _:
            raise TypeError(f"{type(thing).__name__} is neither plain data nor an array of numbers")
