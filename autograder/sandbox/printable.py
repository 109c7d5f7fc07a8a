"""Text that somebody else chose, made safe to show and to save."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def printable(text: str | bytes, most: int) -> str:
    r"""Return text with control characters, direction marks and lone surrogates written as `\x1b` or `\u202e`.

    Args:
        text: any text, or bytes that may be UTF-8.
        most: characters to keep; what is cut off is said.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    text = text.replace("\r\n", "\n")
    kept, cut = text[:most], len(text) - most
    shown = _UNSAFE.sub(_escape, kept)
    return f"{shown}… ({cut} more characters)" if cut > 0 else shown


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
