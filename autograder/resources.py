"""Find the data files that come with tenfold, installed or in a checkout, and the user's own before them."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


@lru_cache(maxsize=16)
def shipped(name: str) -> Path:
    """Return the folder or file `name` that tenfold ships: in the checkout beside the package, else inside the wheel.

    An editable install can leave a stale copy elsewhere, so a checkout is recognised by its pyproject.toml and wins.
    """
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).exists():
        return checkout / name
    return _PACKAGE / "_data" / name


def bank_folder(course: Path, given: Path | None = None) -> Path:
    """Return the bank to use: `--bank`, `$TENFOLD_BANK`, the course's own `question_bank/`, the shipped one."""
    if given is not None:
        return given
    if os.environ.get("TENFOLD_BANK"):
        return Path(os.environ["TENFOLD_BANK"])
    own = course / "question_bank"
    return own if own.is_dir() else shipped("question_bank")


def template_folders(course: Path) -> list[Path]:
    """Return where templates are looked for: the course's own `templates/` first, then the shipped ones."""
    own, ours = course / "templates", shipped("templates")
    return [own, ours] if os.path.isdir(own) and own != ours else [ours]
