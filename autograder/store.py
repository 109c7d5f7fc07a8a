"""Save and load records: whole or not at all, the same bytes for the same record."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from autograder.errors import AutograderError

Saved = TypeVar("Saved", bound=BaseModel)


def write_bytes(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it.

    Args:
        path: where; its folder is made when missing.
        content: the bytes.
        durable: also wait until the disk has them, for what cannot be made again.
    """
    # one writer a process, so the process number keeps two of them apart
    folder, name = os.path.split(path)
    part = os.path.join(folder, f".{name}.{os.getpid()}.part")
    try:
        file = open(part, "wb")  # noqa: SIM115 - closed below, whichever of the two it is
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(part, "wb")  # noqa: SIM115
    try:
        with file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def write_json(path: Path, content: Any, *, durable: bool = False) -> None:
    """Write plain data as JSON, a line for each key on the first level, so that changes show in a diff."""
    write_bytes(path, json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n", durable=durable)


def write_record(path: Path, record: BaseModel, *, durable: bool = False) -> None:
    """Write one record as JSON."""
    write_bytes(path, record.model_dump_json(indent=1).encode() + b"\n", durable=durable)


def read_json(path: Path) -> Any:
    """Read plain data.

    Raises:
        AutograderError: the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise AutograderError("the file is missing", where=str(path)) from None
    except ValueError as error:
        raise AutograderError(f"the file is not JSON: {error}", where=str(path)) from None


def read_record(path: Path, kind: type[Saved]) -> Saved:
    """Read one record.

    Raises:
        AutograderError: the file is missing, or is not such a record (another version wrote it, or a hand changed it).
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise AutograderError("the file is missing", where=str(path)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise AutograderError(
            f"this is no {kind.__name__.lower()} of this version: {place}: {first['msg']}", where=str(path)
        ) from None
