"""Show somebody's text in a Markdown page as it was typed: nothing in it is a link, a tag or a table."""

from __future__ import annotations

import html
import re
from typing import Final

_MARKS: Final = re.compile(r"[\\`*\[\]|~$@#]|(?<!\w)_|_(?!\w)|:(?=/|\w+:)|(?<=www)\.")
"""What means something in the middle of a line of GitHub's Markdown, where it does."""


def as_plain(text: str) -> str:
    """Return a text on one line that Markdown shows as it stands.

    Args:
        text: whatever a candidate may have written.
    """
    shown = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    # an address becomes a link even without brackets, a word between colons a picture, a name after @ a call
    return html.escape(_MARKS.sub(r"\\\g<0>", shown), quote=False)
