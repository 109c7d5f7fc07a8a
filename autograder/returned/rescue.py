"""Take what is whole out of a damaged file: a notebook in a zip archive, the cells of a notebook that breaks off.

Nothing is guessed: a cell is taken as it stands or not at all.
"""

from __future__ import annotations

import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from typing import Any, Final

MAX_UNPACKED: Final = 64 * 2**20
"""Bytes that are unpacked from an archive."""

MAX_RESCUED: Final = 16 * 2**20
"""Characters of a damaged file that are searched."""

MAX_MISSES: Final = 100
"""Places that look like a cell and are none before the search ends: each may cost a look at the whole file."""

ZIP: Final = b"PK\x03\x04"

_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error)
_CELL: Final = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|input|metadata|outputs|source)"\s*:')
_DECODER: Final = json.JSONDecoder(strict=False)


def unzipped(content: bytes) -> tuple[str, bytes] | None:
    """Return name and bytes of the one notebook or answers file in an archive; None where there is not just one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [
                info
                for info in archive.infolist()[:1_000]
                if info.filename.lower().endswith((".ipynb", "answers.yaml", "answers.yml"))
                and not any(step.startswith((".", "__MACOSX")) for step in info.filename.split("/"))
            ]
            if len(inside) != 1 or inside[0].file_size > MAX_UNPACKED:
                return None
            with archive.open(inside[0]) as file:
                # the size in its header is only a claim
                found = file.read(MAX_UNPACKED + 1)
    except (*_DAMAGED, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, MemoryError):
        return None
    return (inside[0].filename, found) if len(found) <= MAX_UNPACKED else None


def whole_cells(text: str) -> list[dict[str, Any]]:
    """Return the cells of a file that is no JSON any more, as far as they stand there whole, in order."""
    text = text[:MAX_RESCUED]
    cells: list[dict[str, Any]] = []
    place = misses = 0
    while misses < MAX_MISSES and (found := _CELL.search(text, place)):
        try:
            value, place = _DECODER.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            place = found.start() + 1
            misses += 1
            continue
        if isinstance(value, dict) and isinstance(value.get("cell_type"), str):
            cells.append(value)
    return cells
