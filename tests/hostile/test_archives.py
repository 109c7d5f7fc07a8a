"""Archives of every kind, whole, damaged and hostile, handed in: each ends as a mark or as a line for staff."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.returned.cells import read_notebook
from tests.conftest import TinyCourse

METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
NAME: Final = "tiny.ipynb"


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content, compress_type=method)
    return made.getvalue()


def tarred(mode: Literal["w:", "w:gz"], *members: tuple[str, bytes, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.size, info.type = len(content), kind
            if kind == tarfile.SYMTYPE:
                info.linkname, info.size = "/etc/passwd", 0
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def link(good: bytes) -> bytes:
    info = zipfile.ZipInfo(NAME)
    info.external_attr = 0o120777 << 16
    return zipped((info, b"../../bob/tiny/tiny.ipynb"))


def layers(good: bytes) -> bytes:
    for _ in range(20):
        good = zipped((NAME, good))
    return good


def encrypted(good: bytes) -> bytes:
    made = bytearray(zipped((NAME, good)))
    made[6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def claims_less(good: bytes) -> bytes:
    """The headers say ten bytes; much more comes."""
    made = bytearray(zipped((NAME, b"[" * (80 << 20))))
    begin = made.index(b"PK\x01\x02")
    made[22:26] = made[begin + 24 : begin + 28] = (10).to_bytes(4, "little")
    return bytes(made)


def overlapping(good: bytes) -> bytes:
    """A thousand entries of the directory name the same compressed bytes."""
    made = zipped((NAME, b"[" * (8 << 20)))
    begin, end = made.index(b"PK\x01\x02"), made.index(b"PK\x05\x06")
    entry, tail = made[begin:end], bytearray(made[end:])
    tail[8:12] = (1000).to_bytes(2, "little") * 2
    tail[12:16] = (1000 * len(entry)).to_bytes(4, "little")
    return made[:begin] + 1000 * entry + tail


WHOLE: Final[dict[str, Callable[[bytes], bytes]]] = {
    **{f"zip, method {method}": lambda good, m=method: zipped((NAME, good), method=m) for method in METHODS},  # type: ignore[misc]
    "zip, names that lead out": lambda good: zipped(("../../../../evil.ipynb", good), ("/etc/evil", b"x")),
    "tar": lambda good: tarred("w:", (NAME, good, tarfile.REGTYPE)),
    "tar that leads out": lambda good: tarred(
        "w:", ("../../evil.ipynb", good, tarfile.REGTYPE), ("/etc/evil", b"x", tarfile.REGTYPE)
    ),
    "zip after a text": lambda good: good + zipped((NAME, b"{}")),
}
"""A right notebook is in them; staff are told what came, and where it can be read it is marked."""

HOSTILE: Final[dict[str, Callable[[bytes], bytes]]] = {
    "zip of nothing": lambda good: zipped(),
    "zip in zips": layers,
    "zip of a link": link,
    "zip with a password": encrypted,
    "zip of many entries": lambda good: zipped((NAME, b'{"cells":[' + b"{}," * (20 << 20) + b"{}]}")),
    "zip that claims less": claims_less,
    "zip of one thing a thousand times": overlapping,
    "zip of eighty megabytes, lzma": lambda good: zipped((NAME, bytes(80 << 20)), method=zipfile.ZIP_LZMA),
    "zip cut short": lambda good: zipped((NAME, good))[:-30],
    "zip damaged within, lzma": lambda good: zipped((NAME, good), method=zipfile.ZIP_LZMA).replace(
        b"\x5d\0\0", b"\xff\xff\xff"
    ),
    "gzip": gzip.compress,
    "gzip of eighty megabytes": lambda good: gzip.compress(bytes(80 << 20)),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "tar, packed": lambda good: tarred("w:gz", (NAME, good, tarfile.REGTYPE)),
    "tar of links": lambda good: tarred("w:", (NAME, b"", tarfile.SYMTYPE), ("pipe", b"", tarfile.FIFOTYPE)),
    "seven zip": lambda good: b"7z\xbc\xaf\x27\x1c\0\4" + good[:200],
    "rar": lambda good: b"Rar!\x1a\x07\x01\0" + good[:200],
    "many entries": lambda good: b'{"cells":[' + b"[]," * (16 << 20) + b"[]]}",
}


def files_outside_work(course: TinyCourse) -> set[Path]:
    root = course.course.root
    return {path for path in root.parent.rglob("*") if not path.is_relative_to(root / "work")}


@pytest.mark.parametrize("name", [*WHOLE, *HOSTILE])
def test_a_class_with_an_archive_in_it_is_marked(tiny: TinyCourse, name: str) -> None:
    tiny.set("ann", "bob")
    values = {candidate: paper.variants()[0].values for candidate, paper in tiny.papers().items()}
    for candidate in ("ann", "bob"):
        total = cast(int, values[candidate]["a"]) + cast(int, values[candidate]["b"])
        path = tiny.hand_in(candidate, {"adder-sum": f"adder_sum = {total}"})
    path = tiny.course.root / "submitted" / "ann" / "tiny" / NAME
    path.write_bytes((WHOLE | HOSTILE)[name](path.read_bytes()))
    before = files_outside_work(tiny)

    results = {result.candidate: result for result in tiny.mark()}

    assert files_outside_work(tiny) == before
    scores = {
        candidate: {mark.ref: mark.score for mark in result.sheet.marks} if result.sheet else None
        for candidate, result in results.items()
    }
    assert scores["bob"] is not None
    assert scores["bob"]["adder-sum"] == 2
    assert results["ann"].problems, "staff are not told"
    assert all("\n" not in problem and problem.isprintable() for problem in results["ann"].problems)
    if name in WHOLE and scores["ann"] is not None:
        assert scores["ann"]["adder-sum"] == 2
    if name in HOSTILE:
        assert scores["ann"] is None


@given(st.data(), st.sampled_from(METHODS))
def test_no_damage_to_an_archive_raises(data: st.DataObject, method: int) -> None:
    made = bytearray(zipped((NAME, b'{"cells": [], "nbformat": 4}' * 9), method=method))
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(made) - 1), st.integers(0, 255)), max_size=6)):
        made[place] = byte
    try:
        read_notebook(bytes(made[: data.draw(st.integers(4, len(made)))]), "here")
    except SubmissionError as error:
        assert error.hint
