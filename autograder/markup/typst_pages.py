"""Set Typst's source: as a PDF, or as pictures of its pages. Fonts come with the package, no other are looked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from autograder.errors import RenderError

Files = Mapping[str, str]
"""Texts by name: `main.typ`, and what it imports where that does not lie in the root folder."""


def pages(files: Files, root: Path, format: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    """Return a PDF as one file, or a picture of each page; the same files give the same bytes.

    What is the same from one call to the next is neither read nor laid out again.

    Args:
        files: the source.
        root: the folder with what the source imports or shows; nothing outside it is read.
        format: `pdf` or `png`.
        ppi: pixels per inch of a picture.

    Raises:
        RenderError: Typst refused the source, with its words and where it was.
    """
    # the package's own types do not say that it takes several files
    source: Any = {name: text.encode() for name, text in files.items()}
    try:
        made = _compiler(root).compile(source, format=format, ppi=ppi, timestamp=0)
    except typst.TypstError as error:
        raise RenderError(
            " ".join(error.message.split()),
            where="templates/paper",
            hint=" ".join(error.hints) or error.diagnostic[-800:],
        ) from None
    return made if isinstance(made, list) else [made or b""]


@lru_cache(maxsize=4)
def _compiler(root: Path) -> typst.Compiler:
    return typst.Compiler(root=root, font_paths=typst.Fonts(include_system_fonts=False))
