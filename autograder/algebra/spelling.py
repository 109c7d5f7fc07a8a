r"""How names are spelt: `alpha_bar_t`, `\bar\alpha_t` and `ᾱ` with an index are one name, whoever declares it.

A spelling is folded to a key: `bar(alpha)_t`. Fonts are kept aside, since few people mean anything by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from autograder.algebra.characters import GREEK
from autograder.algebra.lexer import Token, is_latex, tokens_of
from autograder.algebra.malformed import Malformed
from autograder.algebra.symbols import Declared

ACCENTS: Final = ("bar", "hat", "tilde", "dot", "ddot", "vec", "check", "breve")
FONTS: Final = frozenset(
    [
        "mathrm",
        "mathbf",
        "mathit",
        "mathbb",
        "mathcal",
        "mathscr",
        "mathfrak",
        "mathsf",
        "mathtt",
        "boldsymbol",
        "bm",
        "text",
        "textbf",
        "textit",
        "textrm",
    ]
)
GREEK_NAMES: Final = frozenset(GREEK.values())
LETTERS: Final = GREEK_NAMES | {"ell", "Alpha", "Beta", "omicron"}
_SHAPED: Final = frozenset({"mathbf", "mathbb", "mathcal", "mathscr", "mathfrak", "boldsymbol", "bm", "textbf"})
_BOLD: Final = {"boldsymbol": "mathbf", "bm": "mathbf", "textbf": "mathbf", "mathscr": "mathcal"}
SHORT: Final = {
    "lam": "lambda", "lamda": "lambda", "lmbda": "lambda", "lambd": "lambda", "eps": "epsilon", "sig": "sigma",
}  # fmt: skip
"""What is written in Python for Greek letters: lambda is a word of Python's."""

_RAISED_WORDS: Final = {"star": "^*", "opt": "^*", "prime": "'"}


@dataclass(frozen=True)
class Spellings:
    """The keys of what is declared.

    Attributes:
        names: key → declared name.
        bases: what a key may begin with before `_` and `^`, so that a run of letters can be cut into names.
    """

    names: dict[str, str]
    bases: frozenset[str]


@lru_cache(maxsize=256)
def spellings(declared: Declared, more: tuple[str, ...] = ()) -> Spellings:
    """Return the keys under which declared names are found, and `more` names of drawn numbers."""
    sure: dict[str, str] = {}
    likely: dict[str, set[str]] = {}
    for name in (*declared.by_name, *more):
        sure[name] = name
    for name, entry in declared.by_name.items():
        latex = getattr(entry, "latex", None)
        for key in _keys_of_latex(latex) if latex else ():
            sure.setdefault(key, name)
    for name in (*declared.by_name, *more):
        for key in _variants(name):
            likely.setdefault(key, set()).add(name)
    for key, found in [*((key, {name}) for key, name in sure.items()), *likely.items()]:
        for variant in _plain(key):
            likely.setdefault(variant, set()).update(found)
    # a spelling that two names could have belongs to neither
    names = {key: min(found) for key, found in likely.items() if len(found) == 1} | sure
    return Spellings(names, frozenset(key.partition("_")[0].partition("^")[0] for key in names) | frozenset(names))


def _keys_of_latex(latex: str) -> Iterable[str]:
    try:
        tokens = tokens_of(latex, latex=True)
        base, font, place = base_of(tokens, 0)
    except Malformed:
        return
    rest = tokens[place:-1]
    key = base + flat(rest)
    if font:
        yield f"{font}({base}){flat(rest)}"
    if rest and rest[0].text == "^" and [token.text for token in rest[1:3]] == ["{", "("]:
        key = base  # x^{(l)}: where the index of a family stands
    yield key


def _variants(name: str) -> Iterable[str]:
    """Yield further keys of a name: `alpha_bar_t` is `bar(alpha)_t`, `x0` is `x_0`, α is alpha."""
    base, *rest = name.split("_")
    digits = base.rstrip("0123456789")
    if digits != base and digits:
        yield "_".join((f"{digits}_{base[len(digits) :]}", *rest))
    elif rest and rest[0].isdigit():
        yield "_".join((base + rest[0], *rest[1:]))
    key, below = base, list(rest)
    raised = ""
    while below and (below[0] in ACCENTS or below[0] in _RAISED_WORDS):
        word = below.pop(0)
        if word in ACCENTS:
            key = f"{word}({key})"
        else:
            raised += _RAISED_WORDS[word]
    for joint in ("_", ",", ""):
        lowered = joint.join(below)
        above = raised if raised.startswith("^") else ""
        yield key + raised.removeprefix(above) + (f"_{lowered}" if lowered else "") + above
    for accent in ACCENTS:
        inner = base.removesuffix(accent) if len(base) > len(accent) + 1 else base
        if inner != base and (inner in LETTERS or len(inner) == 1):
            yield "_".join((f"{accent}({inner})", *rest))
    if base in SHORT:
        yield from ("_".join((SHORT[base], *rest)), *_variants("_".join((SHORT[base], *rest))))
    if base in GREEK_NAMES:
        letter = next(char for char, word in GREEK.items() if word == base)
        yield "_".join((letter, *rest))


def _plain(key: str) -> Iterable[str]:
    """Yield what somebody types in Python for a key of LaTeX: `alpha_bar_t`, `alphabar`, `bar_alpha`."""
    for accent in ACCENTS:
        if key.startswith(f"{accent}("):
            inner, _, rest = key[len(accent) + 1 :].partition(")")
            yield from (f"{inner}_{accent}{rest}", f"{inner}{accent}{rest}", f"{accent}_{inner}{rest}")
    if key.endswith("^*"):
        yield f"{key[:-2]}_star"


def base_of(tokens: Sequence[Token], place: int) -> tuple[str, str, int]:
    """Read the base of a symbol: a letter, a word, an accent over one, one in a font, with its primes.

    Returns:
        Its key, the font that it stands in (or an empty text), and the place after it.

    Raises:
        Malformed: no symbol stands there.
    """
    base, font, place = _base(tokens, place)
    while tokens[place].text == "'" and tokens[place].kind == "sign":
        base, place = f"{base}'", place + 1
    return base, font, place


def _base(tokens: Sequence[Token], place: int) -> tuple[str, str, int]:
    token = tokens[place]
    if token.kind == "text":
        return token.text.replace(" ", "_"), _font(token.font), place + 1
    if token.kind in ("word", "number"):
        return token.text, "", place + 1
    if token.kind == "command":
        if token.text in LETTERS:
            return token.text, "", place + 1
        if token.text in ACCENTS or token.text in FONTS:
            inner, font, after = _argument(tokens, place + 1)
            if token.text in ACCENTS:
                return f"{token.text}({inner})", font, after
            return inner, _font(token.text) or font, after
    if token.text == "{":
        return _argument(tokens, place)
    raise Malformed("a symbol was expected here", token.at)


def _argument(tokens: Sequence[Token], place: int) -> tuple[str, str, int]:
    if tokens[place].text != "{":
        return base_of(tokens, place)
    inner, font, after = base_of(tokens, place + 1)
    if tokens[after].text != "}":
        raise Malformed("one symbol was expected here", tokens[after].at)
    return inner, font, after + 1


def _font(command: str) -> str:
    return _BOLD.get(command, command) if command in _SHAPED else ""


def flat(tokens: Iterable[Token]) -> str:
    r"""Return what is written below or above a symbol as part of a key: `{\text{model}}` and `model` are one."""
    skipped = ("{", "}")
    return "".join(_flat(token) for token in tokens if token.text not in skipped)


def _flat(token: Token) -> str:
    if token.kind == "command":
        return {"prime": "'", "star": "*", "top": "T"}.get(token.text, "" if token.text in FONTS else token.text)
    return token.text.replace(" ", "_")


def shown(declared: Declared, more: Iterable[str] = ()) -> str:
    """Return the declared names for a message, families with an index, functions with their argument."""
    words = [_shown(declared, name) for name in declared.by_name]
    return ", ".join([*words, *more]) or "none"


def _shown(declared: Declared, name: str) -> str:
    symbol = declared.by_name[name]
    indices = getattr(symbol, "indices", 0)
    if indices:
        return f"{name}[{', '.join('ijkl'[:indices])}]"
    of = getattr(symbol, "of", ())
    return f"{name}({', '.join(of)})" if of else name


@lru_cache(maxsize=1024)
def key_of(written: str) -> str | None:
    """Return the key of one symbol with all that hangs on it, or None where the text is none."""
    try:
        tokens = tokens_of(written, is_latex(written))
        base, _, place = base_of(tokens, 0)
    except Malformed:
        return None
    return base + flat(tokens[place:-1])
