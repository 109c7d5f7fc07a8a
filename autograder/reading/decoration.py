"""What is left of an answer without its dress? Markdown, quotes, math delimiters, comments and final stops go."""

from __future__ import annotations

import re
from typing import Final

_WITHDRAWN: Final = re.compile(r"~~[^~\n]{0,200}~~")
_LINK: Final = re.compile(r"\[([^\[\]\n]{1,100})\]\([^()\s]{1,200}\)")
_FENCE: Final = re.compile(r"^ {0,3}```[A-Za-z]{0,12} *$", re.MULTILINE)
_HEADING: Final = re.compile(r"^#{1,6} *")
_COMMENT: Final = re.compile(r"(?:(?<=[\s\d).])|^)#.*$", re.MULTILINE)
_SLASHES: Final = re.compile(r"(?<!:)//(?= *[^\W\d]).*$", re.MULTILINE)
_MARKS: Final = re.compile(r"(?<![\w)\]*_])(\*{1,3}|_{1,3})(?=[^\s*_])|(?<=[^\s*_])(\*{1,3}|_{1,3})(?![\w(\[*_])")
_ENUMERATOR: Final = re.compile(r"^\(?(?:[a-hA-H]|[ivx]{1,4}|\d)\) +(?=[^\s()*/+\-^=])")
_MATH: Final = re.compile(r"\$\$?")
_END: Final = " \t\n\"'`.,;!?:"
_OPENERS: Final = " \t\n;!:"
_APOSTROPHE: Final = re.compile(r"(?<![\w])'|'(?![\w])")
_RULE: Final = frozenset("*_ \n\t")


def undress(text: str, money: bool) -> str:
    """Return `text` without Markdown, quotes, math delimiters, comments and final punctuation.

    Args:
        text: in plain characters, LaTeX commands already turned.
        money: whether the field asks for money, where a dollar sign before a digit is a currency.

    Returns:
        The bare words and figures, lines kept apart; empty if there was nothing else.
    """
    if not text.isalnum():
        if "#" in text:
            text = _uncomment(text)
        if "//" in text:
            text = _SLASHES.sub("", text)
        if "`" in text:
            text = _FENCE.sub("", text).replace("`", "")
        if "~~" in text:
            text = _WITHDRAWN.sub(" ", text)
        if "](" in text:
            text = _LINK.sub(r"\1", text)
        if "*" in text or "_" in text:
            text = _unmark(text)
        if "$" in text:
            text = _unmath(text, money)
        if "'" in text:
            text = _APOSTROPHE.sub(" ", text)
        text = _trim(text.replace('"', " ").lstrip(_OPENERS))
        if text[:2] in (", ", "; "):
            text = text[2:]
        if ")" in text:
            text = _ENUMERATOR.sub("", text)
    return text


def _uncomment(text: str) -> str:
    """Cut what follows a `#`, unless nothing else is there: then the signs are a heading's."""
    rest = _COMMENT.sub("", text)
    heading = not rest.strip() and any(char.isdigit() for char in text)
    return _HEADING.sub("", text.strip()) if heading else rest


def _unmark(text: str) -> str:
    """Drop marks of emphasis that stand in pairs: a lone star is a sign of multiplication."""
    if set(text) <= _RULE and len(text.strip()) > 1:
        return ""
    found = [(m.start(), m.end(), m.lastindex == 1, m[0]) for m in _MARKS.finditer(text)]
    drop: list[tuple[int, int]] = []
    waiting: list[tuple[int, int, str]] = []
    for start, end, opens, mark in found:
        if opens:
            waiting.append((start, end, mark))
        elif waiting and waiting[-1][2] == mark:
            drop += [waiting.pop()[:2], (start, end)]
    if drop:
        for start, end in sorted(drop, reverse=True):
            text = f"{text[:start]} {text[end:]}" if start and end < len(text) else text[:start] + text[end:]
    if text[:2] == "* ":
        text = text[2:]
    return text


def _unmath(text: str, money: bool) -> str:
    """Drop the dollars that delimit math; one that stands alone, or before a price, is a currency."""
    if "$$" in text:
        text = text.replace("$$", " ")
    count = text.count("$")
    if count == 0:
        return text
    bare = text.strip()
    wrapped = count == 2 and bare[0] == "$" and bare[-1] == "$"
    return text if (money and not wrapped) or count % 2 else _MATH.sub(" ", text)


def _trim(text: str) -> str:
    """Cut the final stop and its like; dots that stand for something left out stay."""
    bare = text.rstrip(_END)
    return bare if bare or not text.strip(" \t\n\"'`,;!:") else text
