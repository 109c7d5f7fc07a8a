"""What the trusted side tells the warm process: once at the start, once for each job. No candidate's code passes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Literal

from autograder.sandbox.limits import Limits
from autograder.sandbox.view import View

Walls = Literal["spaces", "files", "none"]
"""How children are kept apart: by namespaces of their own, by rules on files and system calls alone, or not at all."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How the warm process is to be.

    Attributes:
        walls: how it keeps its children apart.
        view: what it may see.
        preload: `module:function` that imports what jobs will need.
        scratch: the folder for the children's files, where they have no file system of their own.
        gpu: what CUDA calls the graphics device that children may use, or None.
    """

    walls: Walls
    view: View
    preload: str
    scratch: str
    gpu: str | None = None

    def write(self) -> bytes:
        """Return the setup as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, text: bytes) -> Setup:
        """Return the setup that `write` wrote."""
        data = json.loads(text)
        return cls(**(data | {"view": View.from_plain(data["view"])}))


@dataclass(frozen=True, slots=True)
class Order:
    """One job, as far as the warm process needs to know it."""

    limits: Limits
    loopback: bool = False
    gpu: bool = False

    def kind(self) -> Order:
        """Return the order without what only those outside count: orders of one kind can have the same child."""
        return replace(self, limits=replace(self.limits, wall=1, output=1, flood=1, reply=1))

    def write(self) -> bytes:
        """Return the order as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    @lru_cache(64)
    def read(cls, text: bytes) -> Order:
        """Return the order that `write` wrote."""
        data = json.loads(text)
        return cls(**(data | {"limits": Limits(**data["limits"])}))


Killed = Literal["", "cpu", "wall", "memory", "files", "asked"]
"""The limit for which a child was killed; `asked` if the trusted side wanted it; empty if it ended by itself."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended, as the warm process saw it.

    Attributes:
        code: the exit code; a signal's number, negative.
        cpu: seconds of processor time of the child and its own children, as far as they could be seen.
        wall: seconds from the fork.
        peak: bytes of its largest process.
        killed: why it was killed, if it was.
        asleep: when its time was over it had mostly been waiting for something, not for the processor.
        problem: why its jail could not be built, or an empty text.
    """

    code: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    peak: int = 0
    killed: Killed = ""
    asleep: bool = False
    problem: str = ""

    def write(self) -> bytes:
        """Return the ending as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, text: bytes) -> Ending:
        """Return the ending that `write` wrote."""
        return cls(**json.loads(text))
