"""Which unit does a word name? Our own closed table: canonical names, the ways people write them, and plain nouns."""

from __future__ import annotations

import difflib
from fractions import Fraction
from functools import lru_cache
from typing import Final

from autograder.reading.compound import Unit, product
from autograder.reading.words import word_set

_SI: Final = (
    ("k", "kilo", 3), ("M", "mega", 6), ("G", "giga", 9), ("T", "tera", 12), ("P", "peta", 15), ("E", "exa", 18),
    ("Z", "zetta", 21), ("Y", "yotta", 24),
)  # fmt: skip
_SMALL: Final = (("m", "milli", -3), ("u", "micro", -6), ("n", "nano", -9), ("p", "pico", -12))
_BINARY: Final = (
    ("Ki", "kibi", 1),
    ("Mi", "mebi", 2),
    ("Gi", "gibi", 3),
    ("Ti", "tebi", 4),
    ("Pi", "pebi", 5),
    ("Ei", "exbi", 6),
)

LETTERS: Final = {letter: word for letter, word, _ in _SI} | {"K": "kilo"}
"""Prefix letters that may stand alone, as in `178 T`."""

PREFIX_WORDS: Final = {word: letter for letter, word, _ in _SI + _SMALL}
"""Prefixes written as words, as in `178 tera FLOP`."""

# canonical name → (dimension or the unit it is a multiple of, how many of it)
DEFINITIONS: Final[dict[str, tuple[str, Fraction]]] = {
    "B": ("[information]", Fraction(1)), "bit": ("B", Fraction(1, 8)), "FLOP": ("[operation]", Fraction(1)),
    "token": ("[token]", Fraction(1)), "gpu": ("[gpu]", Fraction(1)), "s": ("[time]", Fraction(1)),
    "min": ("s", Fraction(60)), "h": ("s", Fraction(3600)), "day": ("s", Fraction(86_400)),
    "week": ("s", Fraction(604_800)), "year": ("s", Fraction(31_536_000)), "J": ("[energy]", Fraction(1)),
    "Wh": ("J", Fraction(3600)), "W": ("J / s", Fraction(1)), "USD": ("[dollar]", Fraction(1)),
    "EUR": ("[euro]", Fraction(1)), "GBP": ("[pound]", Fraction(1)), "cent": ("USD", Fraction(1, 100)),
    "eurocent": ("EUR", Fraction(1, 100)),
}  # fmt: skip
"""A year is 365 days. There is no month: it has no fixed length."""

NOUNS: Final = word_set(
    "parameter param weight step iteration iter update layer head device node expert sample example image img "
    "patch epoch batch microbatch micro-batch element entry neuron bucket stage tensor block word sequence seq "
    "request req user job matrix row column channel dimension dim value multiplication addition operation op mac "
    "message hop copy pass server machine worker replica core chip feature class point piece item bubble slot "
    "segment bin interval group process rank thread multiply-add multiply-accumulate all-reduce allreduce "
    "checkpoint shard fold case unit it query queries key vector number round call launch kernel flip vote "
    "document page character char letter digit integer float variable scalar model network card cluster"
)
"""Things that are counted; a trailing s is taken off before the look-up."""

FOREIGN: Final = word_set(
    "m meter metre km kilometer kilometre cm mm nm inch mile kg g gram kilogram mg ton tonne kelvin celsius "
    "fahrenheit v volt ampere amp liter litre l ml mol pa bar newton ohm lumen degree radian rad month fortnight "
    "decade century ¥ yen rupee yuan rmb cny jpy chf inr"
)
"""Units that are none of ours: an answer in them is in the wrong unit."""

_EXACT: dict[str, Unit] = {}


def lookup(word: str) -> tuple[Unit, ...]:
    """Return the units that `word` may name, most literal first; empty if it names none.

    `FLOPS` is the rate and `FLOPs` the plural; `flops` may be either. Letter case decides where it can (`Mb` is a
    megabit) and is ignored where the word as written names nothing (`gb` may be a gigabyte or a gigabit).
    """
    exact = _EXACT.get(word)
    if exact is not None:
        return (exact,)
    if not word.isascii() and word not in _FOLDED:
        return ()
    found = _FOLDED.get(word.lower().replace("_", "-"))
    if found is None and "-" in word:
        return _hyphened(word)
    return tuple(found) if found else ()


def exactly(word: str) -> Unit | None:
    """Return the unit that `word` names as it is written, or None."""
    return _EXACT.get(word)


def is_noun(word: str) -> bool:
    """Say whether `word` is a thing that is counted, in the singular or plural."""
    low = word.lower()
    singulars = [low]
    if low.endswith("s"):
        singulars += [low[:-1], low[:-2], low[:-3] + "y" if low.endswith("ies") else low]
    return low in ("matrices", "vertices") or any(singular in NOUNS for singular in singulars)


def is_foreign(word: str) -> bool:
    """Say whether `word` is a unit outside our registry."""
    low = word.lower()
    return low in FOREIGN or (low.endswith("s") and len(low) > 2 and low[:-1] in FOREIGN)


@lru_cache(maxsize=512)
def misspelt(word: str) -> tuple[Unit, ...] | None:
    """Return the units that a long lower-case word must have meant, or None if none or several are near it."""
    if not 5 <= len(word) <= 24:
        return None
    letters = set(word)
    alike = [name for name in _LONG if name[0] == word[0] and len(letters ^ set(name)) <= 2]
    near = difflib.get_close_matches(word, alike, n=3, cutoff=0.84)
    units = {lookup(name) for name in near}
    return units.pop() if len(units) == 1 else None


def _hyphened(word: str) -> tuple[Unit, ...]:
    parts = word.replace("_", "-").split("-")
    if parts[0].lower() in PREFIX_WORDS and len(parts) > 1:
        return lookup("".join(parts))
    found = [lookup(part) for part in parts[:4]]
    return (product(*(units[0] for units in found)),) if len(parts) <= 3 and all(found) else ()


def _name(unit: Unit, *spellings: str) -> None:
    for spelling in spellings:
        _EXACT.setdefault(spelling, unit)


def _define(name: str, root: str, factor: Fraction) -> Unit:
    DEFINITIONS[name] = (root, factor)
    return ((name, 1),)


def _fill_information() -> None:
    _name((("B", 1),), "B", "Byte", "Bytes", "byte", "bytes", "octet", "octets")
    _name((("bit", 1),), "bit", "bits", "Bit", "Bits", "b")
    _name((("B", 1), ("s", -1)), "Bps")
    _name((("bit", 1), ("s", -1)), "bps")
    scales = [(letter, word, Fraction(10) ** power) for letter, word, power in _SI]
    scales += [(letter, word, Fraction(1024) ** power) for letter, word, power in _BINARY]
    for letter, word, factor in scales:
        size = _define(f"{letter}B", "B", factor)
        bits = _define(f"{letter}bit", "bit", factor)
        for mark in {letter, "K" if letter == "k" else letter, "ki" if letter == "Ki" else letter}:
            _name(size, f"{mark}B", f"{mark}Bs", f"{mark}byte", f"{mark}bytes", f"{mark}Byte", f"{mark}Bytes")
            _name(bits, f"{mark}bit", f"{mark}bits", f"{mark}Bit", f"{mark}Bits", f"{mark}b")
            _name(product(size, (("s", -1),)), f"{mark}Bps")
            _name(product(bits, (("s", -1),)), f"{mark}bps", f"{mark.lower()}bps")
        _name(size, f"{word}byte", f"{word}bytes")
        _name(bits, f"{word}bit", f"{word}bits")
    for slang, name in (
        ("gig", "GB"),
        ("gigs", "GB"),
        ("meg", "MB"),
        ("megs", "MB"),
        ("ГБ", "GB"),
        ("МБ", "MB"),
        ("КБ", "kB"),
        ("ТБ", "TB"),
    ):
        _name(((name, 1),), slang)


def _fill_operations() -> None:
    for letter, word, power in (("", "", 0), *_SI):
        unit = _define(f"{letter}FLOP", "FLOP", Fraction(10) ** power) if letter else (("FLOP", 1),)
        rate = product(unit, (("s", -1),))
        for mark in {letter, letter.upper()}:
            _name(unit, f"{mark}FLOP", f"{mark}FLOPs", f"{mark}Flop", f"{mark}flop")
            _name(rate, f"{mark}FLOPS", f"{mark}FLOPps")
            _FOLDED[f"{mark}flops".lower()] = [unit, rate]
        if word:
            _name(
                unit,
                f"{word}FLOP",
                f"{word}FLOPs",
                f"{word}flop",
                f"{word.capitalize()}FLOP",
                f"{word.capitalize()}FLOPs",
            )
            _name(rate, f"{word}FLOPS", f"{word.capitalize()}FLOPS")
            _FOLDED[f"{word}flops"] = [unit, rate]
    for spelling in ("operation", "operations", "op", "ops"):
        _FOLDED[spelling] = [(("FLOP", 1),)]


def _fill_time() -> None:
    for name, spellings in {
        "s": "s sec secs second seconds", "min": "min mins minute minutes", "h": "h hr hrs hour hours",
        "day": "d day days", "week": "week weeks wk wks", "year": "year years yr yrs y",
    }.items():  # fmt: skip
        _name(((name, 1),), *spellings.split())
    for letter, word, power in _SMALL:
        unit = _define(f"{letter}s", "s", Fraction(10) ** power)
        _name(
            unit,
            f"{letter}s",
            f"{letter}sec",
            f"{letter}secs",
            f"{word}second",
            f"{word}seconds",
            f"{word}sec",
            f"{word}secs",
        )
    _name(_define("ks", "s", Fraction(1000)), "ks", "ksec", "kiloseconds")
    for letter, word, power in (("", "", 0), *_SI[:3], _SMALL[0]):
        unit = _define(f"{letter}Hz", "1 / s", Fraction(10) ** power)
        _name(unit, f"{letter}Hz", f"{word}hertz")


def _fill_energy() -> None:
    for root, long in (("J", "joule"), ("W", "watt"), ("Wh", "watt-hour")):
        _name(((root, 1),), root, long, f"{long}s")
        for letter, word, power in _SI[:5] + _SMALL:
            unit = _define(f"{letter}{root}", root, Fraction(10) ** power)
            _name(unit, f"{letter}{root}", f"{word}{long}", f"{word}{long}s")
            if root == "Wh":
                _name(
                    unit, f"{letter}W-h", f"{letter}W-hour", f"{letter}W-hours", f"{word}watthour", f"{word}watthours"
                )


def _fill_rest() -> None:
    _name((("token", 1),), "token", "tokens", "tok", "toks", "Token", "Tokens")
    _name((("token", 1), ("s", -1)), "tps", "tokps")
    for letter, size in (("k", 10**3), ("M", 10**6)):
        tokens = _define(f"{letter}token", "token", Fraction(size))
        _name(tokens, *(f"{mark}{word}" for mark in {letter, letter.upper()} for word in ("token", "tokens", "tok")))
        for money in ("USD", "EUR", "GBP"):
            _name(_define(f"{letter}{money}", money, Fraction(size)), f"{letter}{money}", f"{letter.upper()}{money}")
    _name((("USD", 1),), "$", "USD", "US$", "usd", "dollar", "dollars", "Dollar", "Dollars", "buck", "bucks")
    _name((("EUR", 1),), "€", "EUR", "eur", "euro", "euros", "Euro", "Euros")
    _name((("GBP", 1),), "£", "GBP", "gbp", "pound", "pounds", "Pound", "Pounds")
    _name((("cent", 1),), "cent", "cents", "¢", "Cent", "Cents", "ct", "cts")
    _name((("eurocent", 1),), "eurocent", "eurocents")
    cards = [
        "gpu",
        "GPU",
        "gpus",
        "GPUs",
        "Gpu",
        "A100",
        "A100s",
        "H100",
        "H100s",
        "H200",
        "V100",
        "V100s",
        "B200",
        "accelerator",
        "accelerators",
    ]
    _name((("gpu", 1),), *cards)
    for time, spellings in {"h": "h hr hrs hour hours", "day": "d day days", "s": "s sec second seconds"}.items():
        for spelling in spellings.split():
            hours = product((("gpu", 1),), ((time, 1),))
            _name(
                hours,
                f"GPU{spelling}",
                f"gpu{spelling}",
                *(f"{card}-{spelling}" for card in (*cards, "device", "card", "chip", "TPU")),
            )
    _name((("%", 1),), "%", "percent", "pct", "Percent", "pp", "pps")
    _name((("permille", 1),), "permille")


_FOLDED: dict[str, list[Unit]] = {}
_fill_information()
_fill_operations()
_fill_time()
_fill_energy()
_fill_rest()
for _spelling, _unit in _EXACT.items():
    _low = _spelling.lower()
    if _unit not in _FOLDED.setdefault(_low, []):
        _FOLDED[_low].append(_unit)
_LONG: Final = tuple(sorted({word for word in _FOLDED if len(word) >= 5 and word.isascii()}))
