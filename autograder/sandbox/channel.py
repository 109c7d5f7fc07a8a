"""What a harness sees: its inputs, the candidate's files, and a way to report and be given more.

It runs in the same process as the candidate's code, so it protects nothing: it holds no secret, and what it sends is
only data.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import ModuleType
from typing import Any

import numpy as np

from autograder.sandbox.values import Array, Values, read_values
from autograder.sandbox.wire import DONE, FAILED, HEAD, NO_MORE, REPORT, SKIP, lengths, pack

_WIDENED = {
    "torch.bfloat16",
    "torch.float8_e4m3fn",
    "torch.float8_e5m2",
    "torch.float8_e4m3fnuz",
    "torch.float8_e5m2fnuz",
}


class Channel:
    """One job, from inside.

    Attributes:
        inputs: what the harness may see from the start.
        gpu: a graphics device may be used.
        files: the job's files, by name.
        loading: the file that was loaded last, for the words of an error.
    """

    def __init__(self, receive: int, send: int, gpu: bool) -> None:
        self._receive, self._send = receive, send
        self._read: Callable[[int, int], bytes] = os.read
        self._write: Callable[[int, memoryview], int] = os.write
        self._held = bytearray()  # came with what was read before it
        self.gpu = gpu
        self.loading = ""
        job = self._frame()[1]
        self.files: dict[str, str] = job.data["files"]
        self.entry: str = job.data["entry"]
        self.inputs = Values(job.data["inputs"], job.arrays, job.labels)

    def load(self, name: str) -> ModuleType:
        """Execute one of the job's files as a module and return it.

        Args:
            name: such as `submission.py`; the module is `submission`.

        Raises:
            BaseException: whatever the file raises.
        """
        text = self.files[name].removeprefix("\ufeff")  # some editors begin a file with it
        self.loading = name
        module = ModuleType(PurePath(name).stem)
        module.__file__ = name
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        sys.modules[module.__name__] = module
        exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)
        return module

    def step(self, data: Any = None, arrays: Mapping[str, Any] | None = None) -> Values | None:
        """Send a report and return what is revealed for it; None where there is nothing more.

        Args:
            data: what JSON can carry.
            arrays: tensors or numpy arrays, by name.
        """
        self._post(REPORT, data, arrays)
        kind, values = self._frame()
        return None if kind == NO_MORE else values

    def skip(self, count: int) -> None:
        """Pass over so many steps: they are never revealed."""
        if count:
            self._post(SKIP, count, None)

    def finish(self, data: Any = None, arrays: Mapping[str, Any] | None = None) -> None:
        """Send the answer. Nothing that follows counts."""
        self._post(DONE, data, arrays)

    def fail(self, data: Mapping[str, Any]) -> None:
        """Say how the code failed; the fields are those of `Failure`."""
        self._post(FAILED, data, None)

    def _post(self, kind: bytes, data: Any, arrays: Mapping[str, Any] | None) -> None:
        found = {name: _plain(value) for name, value in (arrays or {}).items()}
        labels = {name: label for name, (_, label) in found.items() if label}
        frame = memoryview(pack(kind, Values(data, {name: array for name, (array, _) in found.items()}, labels)))
        while frame:
            frame = frame[self._write(self._send, frame) :]

    def _frame(self) -> tuple[bytes, Values]:
        kind, text, blob = lengths(self._exactly(HEAD))
        return kind, read_values(self._exactly(text), self._exactly(blob), believe=True)

    def _exactly(self, count: int) -> bytes:
        while len(self._held) < count:
            piece = self._read(self._receive, 1 << 16)
            if not piece:
                raise EOFError("the marker is gone")
            self._held += piece
        pieces = bytes(self._held[:count])
        del self._held[:count]
        return pieces


def _plain(value: Any) -> tuple[Array, str]:
    """Return a copy as a numpy array, and the name of its element type where numpy has none."""
    if not hasattr(value, "detach"):
        return np.array(value), ""
    tensor = value.detach().cpu()
    if str(tensor.layout) != "torch.strided":
        tensor = tensor.to_dense()
    name = str(tensor.dtype)
    if name in _WIDENED:
        return np.array(tensor.float().numpy()), name.removeprefix("torch.")
    return np.array(tensor.resolve_conj().resolve_neg().numpy()), ""
