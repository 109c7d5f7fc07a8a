"""Find the files of a submission: under their own names or others, in the folder or in one below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

MAX_FILES: Final = 200
"""Entries of a folder that are looked at."""

_OTHERS: Final = (".json", ".txt", ".yaml", ".yml", ".zip")
_OURS: Final = ("answers.yaml", "answers.yml")
_NOT_OURS: Final = ("timestamp.txt", "__MACOSX")


def files_of(folder: Path, exam: str) -> tuple[list[Path], list[Path]]:
    """Return what a candidate may have meant as their submission.

    The notebook `<exam>.ipynb` comes first, then `answers.yaml`, then other notebooks; what lies in a folder below,
    such as that of an earlier attempt, comes after what lies above it.

    Args:
        folder: `submitted/<candidate>/<exam>/`.
        exam: its id.

    Returns:
        Files that are read in any case, and files to try only where none of these can be read. Links are among them:
        whoever reads refuses them, and says so.
    """
    first: list[Path] = []
    others: list[Path] = []
    for place in (folder, *(inner for inner in _entries(folder) if inner.is_dir() and not inner.is_symlink())):
        found = [path for path in _entries(place) if path.is_symlink() or path.is_file()]
        own = [path for path in found if path.suffix.lower() == ".ipynb" or path.name in _OURS]
        first += sorted(own, key=lambda path: (path.name != f"{exam}.ipynb", path.name not in _OURS, path.name))
        others += [path for path in found if path not in own and path.suffix.lower() in _OTHERS]
    return first, others


def _entries(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())[:MAX_FILES]
    except OSError:
        return
    for path in entries:
        if not path.name.startswith(".") and path.name not in _NOT_OURS:
            yield path
