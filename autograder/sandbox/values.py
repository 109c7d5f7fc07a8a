"""Plain data that crosses the wall: JSON, and arrays in the safetensors format.

Both sides use this file. Reading believes nothing: names, shapes, element types, sizes and depth are checked, and
nothing is executed. Format: the safetensors README (an 8-byte length, a JSON header, the elements without holes).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.sandbox.printable import printable

Array = npt.NDArray[Any]

_TYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8",
    "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}
_LABELS = frozenset({"bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"})

_MOST_ARRAYS, _LONGEST_NAME, _MOST_AXES, _LONGEST_HEADER = 4096, 256, 8, 1 << 20
_DEEPEST, _MOST_NODES, _LONGEST_TEXT, _LARGEST_INTEGER = 32, 50_000, 1 << 16, 1 << 128

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class MalformedError(ValueError):
    """What came over the wire is not what the format says. The message is safe to show."""


@dataclass(frozen=True, slots=True)
class Values:
    """Plain data and arrays.

    Attributes:
        data: what JSON can carry.
        arrays: by name.
        labels: the element type an array had before it was widened to float32 to cross, by name, such as `bfloat16`.
        nonfinite: names of arrays that hold a NaN or an infinity; filled when read.
    """

    data: Any = None
    arrays: Mapping[str, Array] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    nonfinite: tuple[str, ...] = ()


def write_values(values: Values) -> tuple[bytes, bytes]:
    """Return the JSON and the safetensors bytes of some values; the latter are empty where there are no arrays.

    Raises:
        TypeError: an element type that has no name in the format, or data that JSON cannot carry.
    """
    text = _encode(values.data).encode()
    if not values.arrays:
        return text, b""
    header: dict[str, Any] = {"__metadata__": dict(values.labels)} if values.labels else {}
    blocks: list[bytes] = []
    position = 0
    for name, array in values.arrays.items():
        if array.dtype not in _NAMES:
            raise TypeError(f"{name}: elements of type {array.dtype} cannot be sent")
        block = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": _NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [position, position + len(block)],
        }
        position += len(block)
        blocks.append(block)
    head = _encode(header).encode()
    head += b" " * (-len(head) % 8)
    return text, b"".join([len(head).to_bytes(8, "little"), head, *blocks])


def read_values(text: bytes, blob: bytes, *, believe: bool = False) -> Values:
    """Read what `write_values` wrote, or what a liar wrote instead.

    Args:
        text: JSON.
        blob: safetensors, or empty.
        believe: the JSON comes from the trusted side: take it as it is.

    Raises:
        MalformedError: anything else than plain, bounded, well-formed data.
    """
    data = _json(text) if believe else _tidy(_json(text), 0, [0])
    if not blob:
        return Values(data)
    header, body = _split(blob)
    labels = _labels(header.pop("__metadata__", {}), header)
    arrays: dict[str, Array] = {}
    position = 0
    for name, entry in sorted(header.items(), key=lambda item: _begin(item[1])):
        arrays[name] = _array(name, entry, body, position)
        position += arrays[name].nbytes
    if position != len(body):
        raise MalformedError("arrays do not fill the bytes sent")
    ordered = {name: arrays[name] for name in header}
    nonfinite = tuple(
        name for name, array in ordered.items() if array.dtype.kind == "f" and not np.isfinite(array).all()
    )
    return Values(data, ordered, labels, nonfinite)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedError("the reply is not JSON") from None


def _split(blob: bytes) -> tuple[dict[str, Any], memoryview]:
    length = int.from_bytes(blob[:8], "little")
    if len(blob) < 8 or length > min(_LONGEST_HEADER, len(blob) - 8):
        raise MalformedError("the arrays' header is longer than what was sent")
    header = _json(blob[8 : 8 + length])
    if not isinstance(header, dict) or len(header) > _MOST_ARRAYS:
        raise MalformedError("the arrays' header is not a list of arrays")
    return header, memoryview(blob)[8 + length :]


def _labels(labels: Any, header: dict[str, Any]) -> dict[str, str]:
    if not isinstance(labels, dict):
        raise MalformedError("the arrays' labels are not by name")
    for name, label in labels.items():
        if name not in header or not isinstance(label, str) or label not in _LABELS:
            raise MalformedError("an array has a label that means nothing")
    return labels


def _begin(entry: Any) -> tuple[int, int]:
    """Return where an array begins and ends, so that empty ones sort before what follows them."""
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not isinstance(offsets, list) or len(offsets) != 2 or any(type(offset) is not int for offset in offsets):
        raise MalformedError("an array does not say where it is")
    return offsets[0], offsets[1]


def _array(name: str, entry: dict[str, Any], body: memoryview, position: int) -> Array:
    shape, code = entry.get("shape"), _TYPES.get(str(entry.get("dtype")))
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise MalformedError("an array's name is too long or cannot be printed")
    if code is None or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise MalformedError(f"array {name}: unknown element type")
    if (
        not isinstance(shape, list)
        or len(shape) > _MOST_AXES
        or any(type(size) is not int or not 0 <= size < 1 << 48 for size in shape)
    ):
        raise MalformedError(f"array {name}: a shape that cannot be")
    size = math.prod(shape) * np.dtype(code).itemsize
    if _begin(entry) != (position, position + size) or position + size > len(body):
        raise MalformedError(f"array {name}: its shape and its bytes disagree")
    raw: memoryview | bytes = body[position : position + size]
    if code == "?":  # any byte but 0 and 1 would be a boolean that is neither
        raw = np.not_equal(np.frombuffer(raw, "u1"), 0).tobytes()
    found: Array = np.frombuffer(raw, code).reshape(shape)
    return found


def _tidy(value: Any, depth: int, seen: list[int]) -> Any:
    """Return JSON data with bounded depth, size and numbers, and texts that can be printed and saved."""
    seen[0] += 1
    if depth > _DEEPEST or seen[0] > _MOST_NODES:
        raise MalformedError("the reply is nested too deeply or has too many entries")
    match value:
        case str():
            return printable(value, _LONGEST_TEXT)
        case list():
            return [_tidy(item, depth + 1, seen) for item in value]
        case dict():
            return {printable(key, _LONGEST_NAME): _tidy(item, depth + 1, seen) for key, item in value.items()}
        case int() if abs(value) > _LARGEST_INTEGER:
            raise MalformedError("the reply holds a whole number that is too large")
        case _:
            return value
