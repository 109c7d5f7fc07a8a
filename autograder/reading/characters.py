"""Which plain character does an unusual one stand for? Digits, signs and letters of all scripts, folded to ASCII.

One pass over the text; every character is looked up once and remembered.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_AS: Final = {
    # minus signs and dashes: the en dash stays apart, because it also spans ranges
    "−": "-", "‐": "-", "‑": "-", "⁃": "-", "﹣": "-", "－": "-", "➖": "-", "˗": "-", "—": " - ", "―": " - ",
    "﹘": "-", "‒": "–", "–": "–", "➕": "+", "﹢": "+", "＋": "+",
    # multiplication and division
    "×": "*", "✕": "*", "✖": "*", "⨯": "*", "⋅": "*", "·": "*", "∙": "*", "∗": "*", "⁎": "*", "✱": "*", "•": "*",
    "・": "*", "‧": "*", "⸱": "*", "⦁": "*", "●": "*", "･": "*", "㊀": " ", "÷": "/", "⁄": "/", "∕": "/", "➗": "/",
    "／": "/", "√": "√", "∶": ":", "⏨": "e",
    # relations
    "≈": "≈", "≃": "≈", "≅": "≈", "≐": "≈", "≑": "≈", "≒": "≈", "≊": "≈", "∼": "~", "∽": "~", "～": "~", "〜": "~",
    "˜": "~", "≡": "=", "≔": "=", "＝": "=", "→": "=", "⇒": "=", "⟹": "=", "➜": "=", "➔": "=", "⟶": "=", "➡": "=",
    "↦": "=", "∴": " ", "≤": "≤", "⩽": "≤", "≦": "≤", "⪅": "≤", "≥": "≥", "⩾": "≥", "≧": "≥", "⪆": "≥", "≪": "<",
    "≫": ">", "≠": "≠", "≲": "≤", "≳": "≥", "±": "±", "∞": " infinity ", "∝": "∝", "∈": " ",
    # marks inside numbers
    "٫": ".", "٬": "'", "،": ",", "，": ",", "﹐": ",", "．": ".", "。": ". ", "｡": ". ", "、": ";", "؛": ";",
    "；": ";", "：": ":", "٪": "%", "％": "%", "﹪": "%", "‰": " permille ", "’": "'", "‘": "'", "ʼ": "'", "′": "'",
    "＇": "'", "´": "'", "ʹ": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"', "‟": '"',
    "‹": '"', "›": '"', "「": '"', "」": '"', "『": '"', "』": '"', "¼": " 1/4", "½": " 1/2", "¾": " 3/4",
    "⅓": " 1/3", "⅔": " 2/3", "⅕": " 1/5", "⅖": " 2/5", "⅗": " 3/5", "⅘": " 4/5", "⅙": " 1/6", "⅚": " 5/6",
    "⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8", "⅐": " 1/7", "⅑": " 1/9", "⅒": " 1/10", "…": "...",
    "⋯": "...", "¿": "?", "¡": "!", "？": "?", "！": "!", "（": "(", "）": ")", "［": "[", "］": "]", "【": "(",
    "】": ")", "⌈": " ceil(", "⌉": ")", "⌊": " floor(", "⌋": ")", "￥": "¥", "￡": "£", "＄": "$", "﹩": "$",
    "￠": "¢", "¢": "¢", "µ": "u", "μ": "u", "Ω": "Ω", "π": "π", "№": " ", "°": " degree ", "℃": " celsius ",
    # letters of other scripts that look like ours
    "А": "A", "В": "B", "С": "C", "Е": "E", "Н": "H", "І": "I", "К": "K", "М": "M", "О": "O", "Р": "P", "Ѕ": "S",
    "Т": "T", "Х": "X", "а": "a", "с": "c", "е": "e", "һ": "h", "і": "i", "о": "o", "р": "p", "ѕ": "s", "х": "x",
    "у": "y", "Ꮐ": "G", "Ԍ": "G", "Α": "A", "Β": "B", "Ε": "E", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N",
    "Ο": "O", "Ρ": "P", "Τ": "T", "Χ": "X", "ο": "o", "万": " 万 ", "萬": " 万 ", "亿": " 亿 ", "億": " 亿 ",
}  # fmt: skip

_RAISED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾˙", "0123456789+-=().")
_LOWERED: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_POWER: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾]*[⁰¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]*")
_SMALL_FRACTION: Final = re.compile("([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,9})[⁄/]([₀₁₂₃₄₅₆₇₈₉]{1,9})")
_STRUCK: Final = re.compile(".[\u0335\u0336\u0337\u0338]")
_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me", "Mc", "Cc", "Cs"})
_SPACES: Final = frozenset("\n\v\f\u0085\u2028\u2029")


class _Folding(dict[int, str]):
    """A translation table that works a character out when it first meets it."""

    def __missing__(self, code: int) -> str:
        plain = _fold_one(chr(code))
        if len(self) < 4096:
            self[code] = plain
        return plain


def fold(text: str) -> str:
    """Return `text` in plain characters: digits, signs, spaces and look-alike letters folded, invisible marks removed.

    Raised digits become a power (`10¹⁴` is `10^(14)`), struck-out characters are dropped, emoji become
    one sign that is no part of a number.
    """
    if text.isascii():
        return text
    text = _STRUCK.sub("", text)
    text = _SMALL_FRACTION.sub(lambda m: f" {m[1].translate(_RAISED)}/{m[2].translate(_LOWERED)}", text)
    text = _POWER.sub(lambda m: f"^({m[0].translate(_RAISED)})", text)
    return text.translate(_FOLDING)


def _fold_one(char: str) -> str:
    if char in _AS:
        return _AS[char]
    if char.isascii():
        return char
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if char in _SPACES:
        return "\n"
    if kind in _INVISIBLE:
        return ""
    if kind[0] == "Z":
        return " "
    plain = unicodedata.normalize("NFKC", char)
    if plain.isascii():
        return plain
    if len(plain) == 1 and plain in _AS:
        return _AS[plain]
    stripped = unicodedata.normalize("NFD", char)[0]
    if stripped.isascii():
        return stripped
    return char if kind[0] == "L" or kind == "Sc" else " ☺ "


_FOLDING: Final = _Folding()
