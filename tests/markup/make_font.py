"""Make the math font that pages carry: what formulas of this field need of the font that papers are printed with.

`python -m tests.markup.make_font` after a new version of the typst package, which brings the whole font, or with more
characters; then look at a page. Needs fonttools and brotli, which nothing else here does.
"""

from __future__ import annotations

import io
import struct
import unicodedata
from pathlib import Path
from typing import Final

import typst
from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from autograder.resources import shipped

NAME: Final = "NewComputerModernMath-Book"
OWN_NAME: Final = "Tenfold Math"
"""The licence asks for another name where a font was changed."""

SIGNS: Final = (
    "¬°±·×÷†‖…′″‴←↑→↓↔↦⇐⇒⇔⟶⟹⟺ℂℕℙℚℝℤ𝔼𝟙ℏℓ∀∂∃∅∆∇∈∉∏∐∑−∓∖∗∘∙√∝∞∣∥∧∨∩∪∫∼≃≅≈≠≡≤≥≪≫⊂⊆⊕⊗⊙⊤⊥⋅⋆⋂⋃⋮⋯⋱⟨⟩⌈⌉⌊⌋⏞⏟⨁"
    "\u2061\u2062\u2063\u2064\xa0\u0332\u0302\u0303\u0304\u0305\u0307\u0308\u20d7^~¯ˆ˜˙¨‾´ˇ˘"
)
RANGES: Final = (
    (0x20, 0x7E), (0x391, 0x3A9),
    (0x1D434, 0x1D467), (0x210E, 0x210E), (0x1D6FC, 0x1D71B),  # italic
    (0x1D400, 0x1D433), (0x1D736, 0x1D74F), (0x1D7CE, 0x1D7D7),  # bold
    (0x1D49C, 0x1D4B5), (0x2110, 0x2112), (0x211B, 0x211B), (0x212C, 0x212C), (0x2130, 0x2133),  # capitals of a script
)  # fmt: skip


def whole() -> TTFont:
    """The font out of the typst package, whose binary carries it."""
    [binary] = Path(typst.__file__).parent.glob("_typst*")
    content = binary.read_bytes()
    start = content.find(b"OTTO")
    while start >= 0:
        [tables] = struct.unpack_from(">H", content, start + 4)
        ends = [sum(struct.unpack_from(">II", content, start + 12 + 16 * each + 8)) for each in range(min(tables, 64))]
        if 5 < tables < 64 and max(ends) < 3_000_000:
            font = TTFont(io.BytesIO(content[start : start + max(ends)]), recalcTimestamp=False)
            if font["name"].getDebugName(4) == NAME:
                return font
        start = content.find(b"OTTO", start + 4)
    raise SystemExit(f"{binary} has no {NAME}")


def made() -> bytes:
    font = whole()
    options = subset.Options(
        layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], glyph_names=False, hinting=False
    )
    options.drop_tables += ["PfEd", "FFTM"]
    letters = {ord(sign) for sign in SIGNS} | {each for low, high in RANGES for each in range(low, high + 1)}
    cut = subset.Subsetter(options)
    cut.populate(unicodes=sorted(letters))
    cut.subset(font)
    _stand_alone(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6):
            record.string = OWN_NAME.replace(" ", "") if record.nameID == 6 else OWN_NAME
    font["CFF "].cff.fontNames = [OWN_NAME.replace(" ", "")]
    top = font["CFF "].cff.topDictIndex[0]
    top.FullName = top.FamilyName = OWN_NAME
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _stand_alone(font: TTFont) -> None:
    """Move accents that hang over the letter before them to their own place: browsers centre them by their width."""
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    attached = font["MATH"].table.MathGlyphInfo.MathTopAccentAttachment
    for name in {names[ord(sign)] for sign in SIGNS if unicodedata.combining(sign) and ord(sign) in names}:
        box = BoundsPen(glyphs)
        glyphs[name].draw(box)
        left, _, right, _ = box.bounds
        pen = T2CharStringPen(right - left, glyphs)
        glyphs[name].draw(TransformPen(pen, (1, 0, 0, 1, -left, 0)))
        drawn = pen.getCharString(private=font["CFF "].cff.topDictIndex[0].Private)
        font["CFF "].cff.topDictIndex[0].CharStrings[name] = drawn
        font["hmtx"][name] = (right - left, 0)
        if name in attached.TopAccentCoverage.glyphs:
            at = attached.TopAccentCoverage.glyphs.index(name)
            attached.TopAccentAttachment[at].Value -= left


if __name__ == "__main__":
    path = shipped("templates") / "fonts" / "math.woff2"
    path.write_bytes(made())
    print(f"{path}: {path.stat().st_size:,} bytes")
