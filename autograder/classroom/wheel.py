"""Pack tenfold as it is installed here into a wheel, without the question bank, which holds answers.

The same code gives the same bytes. Source of the layout: PEP 427.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import autograder
from autograder.errors import AutograderError
from autograder.resources import shipped
from autograder.store import write_bytes

_DATE: Final = (2020, 1, 1, 0, 0, 0)
_PACKAGE: Final = Path(autograder.__file__).resolve().parent


def write_wheel(folder: Path) -> Path:
    """Write `tenfold-<version>-py3-none-any.whl` and return it.

    Raises:
        AutograderError: what runs here is no installed tenfold, so nobody knows what it needs.
    """
    try:
        installed = importlib.metadata.distribution("tenfold")
    except importlib.metadata.PackageNotFoundError:
        raise AutograderError("tenfold is not installed here", hint="pip install -e .") from None
    version = autograder.__version__
    about = f"tenfold-{version}.dist-info"
    files = dict(_files())
    files[f"{about}/METADATA"] = _metadata(installed, version)
    files[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tenfold\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{about}/entry_points.txt"] = b"[console_scripts]\ntenfold = autograder.cli:main\n"
    record = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{about}/RECORD"] = ("\n".join([*record, f"{about}/RECORD,,"]) + "\n").encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    path = folder / f"tenfold-{version}-py3-none-any.whl"
    write_bytes(path, packed.getvalue())
    return path


def _files() -> Iterator[tuple[str, bytes]]:
    for path in sorted(_PACKAGE.rglob("*.py")):
        if "_data" not in path.relative_to(_PACKAGE).parts:
            yield f"autograder/{path.relative_to(_PACKAGE).as_posix()}", path.read_bytes()
    templates = shipped("templates")
    for path in sorted(path for path in templates.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        yield f"autograder/_data/templates/{path.relative_to(templates).as_posix()}", path.read_bytes()
    yield "autograder/_data/constraints.txt", shipped("constraints.txt").read_bytes()


def _metadata(installed: importlib.metadata.Distribution, version: str) -> bytes:
    # the text below the blank line is the README, which nobody needs here
    head = (installed.read_text("METADATA") or "").partition("\n\n")[0].splitlines()
    kept = [line for line in head if not line.startswith(("Version:", "License-File:", "Description-Content-Type:"))]
    return "\n".join([*kept, f"Version: {version}", ""]).encode()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
