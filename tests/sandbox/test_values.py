"""Plain data there and back; and every way of lying about it that we could think of."""

from __future__ import annotations

import json
import struct
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.printable import printable
from autograder.sandbox.values import MalformedError, Values, read_values, write_values
from autograder.sandbox.wire import DONE, FAILED, REPORT, Inbox, pack

TYPES = ["?", "u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8"]
arrays = st.dictionaries(
    st.text("abcdefgh.0123_ü", max_size=20),
    st.sampled_from(TYPES).flatmap(lambda code: hnp.arrays(code, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0))),
    max_size=5,
)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**100), 2**100)
    | st.floats(allow_nan=False)
    | st.text("abc \nü→", max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(plain, arrays)
def test_there_and_back(data: Any, arrays: dict[str, Any]) -> None:
    back = read_values(*write_values(Values(data, arrays)))
    assert back.data == data
    assert list(back.arrays) == list(arrays)
    for name, array in arrays.items():
        assert back.arrays[name].dtype == array.dtype
        assert back.arrays[name].shape == array.shape
        assert back.arrays[name].tobytes() == array.tobytes()
        finite = array.dtype.kind != "f" or bool(np.isfinite(array).all())
        assert (name in back.nonfinite) == (not finite)


def test_the_format_is_that_of_safetensors() -> None:
    theirs = pytest.importorskip("safetensors.numpy")
    arrays = {"b": np.arange(6.0).reshape(2, 3), "a": np.array([True, False]), "empty": np.zeros((0, 3), "f4")}
    read = theirs.load(write_values(Values(None, arrays))[1])
    written = read_values(b"null", theirs.save(arrays)).arrays
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        np.testing.assert_array_equal(written[name], array)


def blob(header: Any, body: bytes = b"", length: int | None = None) -> bytes:
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(head) if length is None else length) + head + body


def entry(dtype: Any = "F32", shape: Any = (1,), offsets: Any = (0, 4), **more: Any) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets, **more}


LIES: dict[str, bytes] = {
    "too short": b"1234567",
    "header longer than sent": blob({}, length=1 << 40),
    "header of nonsense": blob(b"\xff\xfe"),
    "header a list": blob([1]),
    "entry a number": blob({"a": 1}),
    "no offsets": blob({"a": {"dtype": "F32", "shape": [1]}}, b"0000"),
    "offsets of text": blob({"a": entry(offsets=["0", "4"])}, b"0000"),
    "offsets that are booleans": blob({"a": entry("U8", offsets=[False, True])}, b"0"),
    "offsets backwards": blob({"a": entry(offsets=[4, 0])}, b"0000"),
    "offsets beyond": blob({"a": entry(offsets=[0, 4])}, b"00"),
    "negative offsets": blob({"a": entry(offsets=[-4, 0])}, b"0000"),
    "a hole": blob({"a": entry(), "b": entry(offsets=[8, 12])}, b"0" * 12),
    "overlap": blob({"a": entry(), "b": entry(offsets=[2, 6])}, b"0" * 6),
    "left over": blob({"a": entry()}, b"0" * 5),
    "unknown type": blob({"a": entry("PICKLE")}, b"0000"),
    "type a list": blob({"a": entry(["F32"])}, b"0000"),
    "an extra field": blob({"a": entry(code="import os")}, b"0000"),
    "negative size": blob({"a": entry(shape=[-1])}, b"0000"),
    "fractional size": blob({"a": entry(shape=[1.0])}, b"0000"),
    "shape and bytes disagree": blob({"a": entry(shape=[2])}, b"0000"),
    "too many axes": blob({"a": entry(shape=[1] * 9)}, b"0000"),
    "vast and empty": blob({"a": entry(shape=[0, 1 << 60], offsets=[0, 0])}),
    "unprintable name": blob({"a\u202e": entry()}, b"0000"),
    "long name": blob({"a" * 300: entry()}, b"0000"),
    "too many": blob({str(i): entry(shape=[0], offsets=[0, 0]) for i in range(5000)}),
    "label of nothing": blob({"a": entry(), "__metadata__": {"b": "bfloat16"}}, b"0000"),
    "label that means nothing": blob({"a": entry(), "__metadata__": {"a": "<script>"}}, b"0000"),
    "labels a list": blob({"a": entry(), "__metadata__": [1]}, b"0000"),
    "label a list": blob({"a": entry(), "__metadata__": {"a": ["bfloat16"]}}, b"0000"),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_about_arrays(lie: str) -> None:
    with pytest.raises(MalformedError):
        read_values(b"null", LIES[lie])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 40 + b"]" * 40,
        b"[" * 100_000,
        b"1" * 5000,
        b"1" + b"0" * 60,
        b"[" + b"1," * 60_000 + b"1]",
    ],
    ids=["empty", "open", "not UTF-8", "deep", "deeper", "long number", "large number", "many entries"],
)
def test_lies_in_json(text: bytes) -> None:
    with pytest.raises(MalformedError):
        read_values(text, b"")


def test_texts_can_be_shown_and_saved() -> None:
    data = read_values(b'{"a\\u001b": ["\\ud800", "\\u202e"]}', b"").data
    assert data == {"a\\x1b": ["\\ud800", "\\u202e"]}


def test_a_label_comes_along() -> None:
    values = Values(None, {"w": np.ones(2, "f4")}, {"w": "bfloat16"})
    assert read_values(*write_values(values)).labels == {"w": "bfloat16"}


@given(st.binary(max_size=200), st.integers(1, 50))
def test_no_bytes_do_harm(stream: bytes, piece: int) -> None:
    inbox = Inbox(1 << 10, frozenset({REPORT, DONE, FAILED}))
    with suppress(MalformedError):  # anything else is a fault
        for start in range(0, len(stream), piece):
            for kind, _ in inbox.add(stream[start : start + piece]):
                assert kind in inbox.kinds


@given(st.lists(st.tuples(st.sampled_from([REPORT, DONE, FAILED]), plain), max_size=4), st.integers(1, 100))
def test_frames_come_whole_however_they_are_cut(frames: list[tuple[bytes, Any]], piece: int) -> None:
    stream = b"".join(pack(kind, Values(data)) for kind, data in frames)
    inbox = Inbox(1 << 20, frozenset({REPORT, DONE, FAILED}))
    found = [frame for start in range(0, len(stream), piece) for frame in inbox.add(stream[start : start + piece])]
    assert [(kind, values.data) for kind, values in found] == frames


@given(st.text())
def test_printable_is_printable(text: str) -> None:
    shown = printable(text, 100)
    shown.encode()
    assert not set(shown) & set("\x1b\x00\r\u202e\u2066\ufeff\x9b")
    assert printable("tab\t, line\n, ünïcödé →", 100) == "tab\t, line\n, ünïcödé →"


def test_printable_says_what_it_cuts() -> None:
    assert printable("x" * 12, 10) == "x" * 10 + "… (2 more characters)"
    assert printable(b"\xff\x1b[31m", 10) == "\\xff\\x1b[31m"
