"""The fixed words of what is printed and shown: one catalogue, of which a course changes what it likes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from autograder.errors import RenderError
from autograder.resources import shipped
from autograder.yamlsrc import read_yaml

CATALOGUE: Final = "words.yaml"
_REASON: Final = "reason_"


@lru_cache(maxsize=16)
def words(folders: tuple[Path, ...]) -> Mapping[str, str]:
    """Return the fixed words by name.

    Args:
        folders: where templates are looked for; a catalogue in one of the first ones changes those of the last.

    Raises:
        RenderError: a catalogue changes a word that there is not, or is no list of words.
    """
    known = _read(shipped("templates") / CATALOGUE)
    for folder in reversed(folders):
        path = folder / CATALOGUE
        changed = _read(path) if path.is_file() else {}
        for name in changed.keys() - known.keys():
            near = difflib.get_close_matches(name, known, n=1)
            raise RenderError(
                f"there is no word {name!r} to change",
                where=str(path),
                hint=f"did you mean {near[0]!r}?" if near else "",
            )
        known |= changed
    return MappingProxyType(known)


@lru_cache(maxsize=16)
def reasons(folders: tuple[Path, ...]) -> Mapping[str, str]:
    """Return what the reasons of marks are called; arguments and errors as for `words`."""
    named = {name: word for name, word in words(folders).items() if name.startswith(_REASON)}
    return MappingProxyType({name.removeprefix(_REASON): word for name, word in named.items()})


def _read(path: Path) -> dict[str, str]:
    written = read_yaml(path, text_only=True).data
    if not isinstance(written, dict) or not all(isinstance(word, str) for word in written.values()):
        raise RenderError("a catalogue is a list of names and words", where=str(path))
    return dict(written)
