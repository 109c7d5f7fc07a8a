"""Markdown with LaTeX math to Typst's markup, in which nothing that an author wrote is a command."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.errors import RenderError
from autograder.markup.markdown import markdown_reader
from autograder.markup.typst_math import to_typst_math

_SPECIAL: Final = re.compile(r"[\\#$*_`<>@\[\]~/=+\-.:]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PICTURE: Final = re.compile(r"data:image/(svg\+xml|png|jpeg|gif|webp)((?:;[\w=-]+)*),(.*)\Z", re.DOTALL)

_SIMPLE: Final = {
    "em_open": "#emph[", "em_close": "];", "strong_open": "#strong[", "strong_close": "];",
    "s_open": "#strike[", "s_close": "];", "softbreak": "\n", "hardbreak": "\\ ",
    "paragraph_close": "\n\n", "heading_open": "#strong[", "heading_close": "];\n\n", "hr": "#line(length:100%);\n\n",
    "bullet_list_close": ");\n\n", "ordered_list_close": ");\n\n", "list_item_open": "[", "list_item_close": "],",
    "blockquote_open": "#quote(block:true)[", "blockquote_close": "];\n\n",
    "thead_open": "table.header(", "thead_close": "),", "tbody_open": "", "tbody_close": "",
    "tr_open": "", "tr_close": "", "th_open": "strong[", "th_close": "],", "td_open": "[", "td_close": "],",
    "table_close": ");\n\n", "link_close": "];",
}  # fmt: skip


@lru_cache(maxsize=8192)
def to_typst(text: str) -> str:
    """Return a text as Typst's markup.

    Raises:
        RenderError: an expression cannot be read, or a picture lies outside the text.
    """
    return "".join(_written(_reader().parse(_CONTROL.sub("\ufffd", text)))).strip()


def typst_string(text: str) -> str:
    """Return a text as a string of Typst's code."""
    return json.dumps(_CONTROL.sub("\ufffd", text), ensure_ascii=False)


def escaped(text: str) -> str:
    """Return a text as it stands, for Typst's markup."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _written(tokens: Sequence[Token]) -> Iterator[str]:
    for place, token in enumerate(tokens):
        simple = _SIMPLE.get(token.type)
        if token.type == "inline":
            yield from _written(token.children or ())
        elif token.hidden:
            yield ""  # a paragraph of a list whose items stand close together
        elif simple is not None:
            yield simple
        elif token.type != "paragraph_open":
            yield _special(token, tokens, place)


def _special(token: Token, tokens: Sequence[Token], place: int) -> str:
    match token.type:
        case "text":
            return escaped(token.content)
        case "math_inline":
            return f"${to_typst_math(token.content.strip())}$"
        case "math_inline_double" | "math_block":
            return f"$ {to_typst_math(token.content.strip(), True)} $\n"
        case "code_inline":
            return f"#raw({typst_string(token.content)});"
        case "fence" | "code_block":
            lang = token.info.split()[:1]
            named = f",lang:{typst_string(lang[0])}" if lang else ""
            content = token.content.removesuffix("\n").expandtabs(4)
            return f"#raw(block:true{named},{typst_string(content)});\n\n"
        case "bullet_list_open":
            return f"#list({_tight(tokens, place)}"
        case "ordered_list_open":
            return f"#enum(start:{int(token.attrs.get('start', 1))},{_tight(tokens, place)}"
        case "table_open":
            return _table(tokens, place)
        case "link_open":
            return f"#link({typst_string(str(token.attrs.get('href', '')))})["
        case "image":
            return _picture(token)
    raise RenderError(f"a text uses {token.type.replace('_', ' ')}, which cannot be set on paper")


def _tight(tokens: Sequence[Token], place: int) -> str:
    paragraph = next((token for token in tokens[place:] if token.type == "paragraph_open"), None)
    return f"tight:{'true' if paragraph is not None and paragraph.hidden else 'false'},"


def _table(tokens: Sequence[Token], place: int) -> str:
    sides = []
    for token in tokens[place:]:
        if token.type == "th_open":
            style = str(token.attrs.get("style", ""))
            sides.append(next((side for side in ("right", "center") if side in style), "left"))
        elif token.type == "thead_close":
            break
    return f"#table(columns:{len(sides)},align:({','.join(sides)},),"


def _picture(token: Token) -> str:
    source = str(token.attrs.get("src", ""))
    alt = "".join(child.content for child in token.children or ())
    found = _PICTURE.match(source)
    if found is None:
        raise RenderError(f"the picture {source[:80]!r} lies outside the text", hint="pages are read without a network")
    kind, options, written = found.groups()
    try:
        content = base64.b64decode(written, validate=True) if "base64" in options else unquote_to_bytes(written)
        shown = (
            f"bytes({typst_string(content.decode())})"
            if kind == "svg+xml"
            else f"bytes(({','.join(map(str, content))}))"
        )
    except (binascii.Error, UnicodeDecodeError):
        raise RenderError(f"the picture {alt!r} cannot be read", hint="write its bytes in base64") from None
    kind = {"svg+xml": "svg", "jpeg": "jpg"}.get(kind, kind)
    return f"#picture({shown},{typst_string(kind)},{typst_string(alt)});"


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return markdown_reader()
