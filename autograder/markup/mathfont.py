"""The math font that a page carries in itself: few systems have one, and without its tables formulas look wrong.

It stands in the page because pages are handed out one by one, and because some browsers load no font from a file beside
a page that was opened from a disk. It has the characters of this field only; others come from the system's fonts.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path
from typing import Final

from autograder.errors import RenderError

FONT: Final = "fonts/math.woff2"
"""Below the templates; made by tests/markup/make_font.py, its licence beside it."""


def with_math_font(page: str, folders: tuple[Path, ...]) -> bytes:
    """Return a page as it is kept: with the math font in its style, unless it has no math.

    Args:
        page: HTML with a style.
        folders: where templates are looked for, the first that has a font wins.

    Raises:
        RenderError: there is no font.
    """
    content = page.encode()
    return content.replace(b"</style>", _rule(folders) + b"</style>", 1) if b"<math" in content else content


@lru_cache(maxsize=16)
def _rule(folders: tuple[Path, ...]) -> bytes:
    path = next((folder / FONT for folder in folders if (folder / FONT).is_file()), None)
    if path is None:
        raise RenderError(f"there is no font {FONT!r}", where="templates")
    content = base64.b64encode(path.read_bytes())
    return b'@font-face{font-family:"Tenfold Math";src:url(data:font/woff2;base64,%b) format("woff2")}\n' % content
