"""Which words carry a number, join numbers, or only accompany them? The reader's small dictionary of English."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def _counted(text: str, start: int = 0, step: int = 1) -> Mapping[str, int]:
    return {word: step * value for value, word in enumerate(text.split(), start)}


ONES: Final = _counted(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS: Final = {**_counted("twenty thirty forty fifty sixty seventy eighty ninety", 2, 10), "fourty": 40}
SCALES: Final[dict[str, int]] = {
    "thousand": 10**3, "thousands": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9,
    "trillion": 10**12, "trillions": 10**12, "quadrillion": 10**15, "quintillion": 10**18, "milliard": 10**9,
    "milliards": 10**9, "lakh": 10**5, "crore": 10**7, "bn": 10**9, "mn": 10**6, "mln": 10**6, "bln": 10**9,
    "tausend": 10**3, "millionen": 10**6, "milliarde": 10**9, "milliarden": 10**9, "tn": 10**12, "trn": 10**12,
    "mil": 10**6, "bil": 10**9, "mio": 10**6, "mrd": 10**9, "thou": 10**3, "万": 10**4,
    "亿": 10**8,
}  # fmt: skip
"""Powers of ten that may follow a figure; `hundred` and `dozen` stand apart."""

PARTS: Final[dict[str, Fraction]] = {
    "half": Fraction(1, 2), "halves": Fraction(1, 2), "third": Fraction(1, 3), "thirds": Fraction(1, 3),
    "quarter": Fraction(1, 4), "quarters": Fraction(1, 4), "fourth": Fraction(1, 4), "fourths": Fraction(1, 4),
    "fifth": Fraction(1, 5), "fifths": Fraction(1, 5), "sixth": Fraction(1, 6), "sixths": Fraction(1, 6),
    "eighth": Fraction(1, 8), "eighths": Fraction(1, 8), "tenth": Fraction(1, 10), "tenths": Fraction(1, 10),
    "sixteenth": Fraction(1, 16), "sixteenths": Fraction(1, 16), "hundredth": Fraction(1, 100),
    "hundredths": Fraction(1, 100), "thousandth": Fraction(1, 1000), "thousandths": Fraction(1, 1000),
    "millionth": Fraction(1, 10**6), "millionths": Fraction(1, 10**6),
}  # fmt: skip
TIMES: Final = {
    "double": 2, "doubles": 2, "doubled": 2, "twice": 2, "twofold": 2, "triple": 3, "triples": 3, "thrice": 3,
    "threefold": 3, "quadruple": 4, "quadruples": 4, "fourfold": 4, "fivefold": 5, "sixfold": 6, "eightfold": 8,
    "tenfold": 10,
}  # fmt: skip
"""Factors in one word."""

ORDINALS: Final = _counted(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
COUNTED_LETTERS: Final = {
    "k": 10**3, "K": 10**3, "M": 10**6, "m": 10**6, "B": 10**9, "b": 10**9, "T": 10**12, "t": 10**12, "G": 10**9,
    "P": 10**15, "MM": 10**6, "mm": 10**6, "Bn": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30,
}  # fmt: skip
"""Letters after a figure where things are counted."""

OPERATORS: Final = {
    "times": "*",
    "mal": "*",
    "plus": "+",
    "minus": "-",
    "negative": "-",
    "mod": "mod",
    "divided": "/",
    "multiplied": "*",
    "by": "by",
}
EQUALS: Final = word_set(
    "is equals equal are gives give giving yields yield makes was were be become becomes totals means hence"
)
HEDGES: Final = word_set(
    "about around approx approximately approximatly aprox roughly circa ca c some maybe perhaps probably possibly "
    "nearly almost say ish estimated guess guessing close near something like so"
)
SEPARATORS: Final = frozenset(
    {
        "or",
        "and",
        "resp",
        "respectively",
        "vs",
        "versus",
        "but",
        "then",
        "else",
        "alternatively",
        "otherwise",
        "und",
        "oder",
    }
)
SUBORDINATE: Final = word_set(
    "for with at in on of using because since as where assuming given when if from due under over per via after "
    "before while within through by during across among between without ignoring counting including excluding "
    "plus relative compared than rather instead"
)
"""Words that begin a remark about a number: figures in it are no answers."""

VAGUE_STRICT: Final = word_set(
    "more less over under above below greater fewer exceeding beyond larger smaller bigger higher lower"
)
SOFT: Final = word_set("slightly just bit little no not barely marginally somewhat hardly")
"""Before `more than 28` these leave 28 as the answer."""

NEGATIONS: Final = frozenset({"not", "isn't", "isnt", "never", "don't", "≠", "cannot"})
PLACEHOLDERS: Final = word_set(
    "todo tbd tba tbc fixme xxx see cf refer same ibid none null nil undefined missing unanswered skip skipped "
    "pass pending later"
)
"""Words that stand where an answer should: what begins with one isn't read."""

INFINITE: Final = frozenset(
    {"inf", "infinity", "infinite", "oo", "math.inf", "np.inf", "numpy.inf", "float.inf", "unendlich"}
)
NOT_NUMBERS: Final = frozenset({"nan", "math.nan", "np.nan", "numpy.nan"})

COMMENTS: Final = word_set(
    "total overall altogether each every max maximum min minimum peak rounded exact exactly exakt only ok here i "
    "think believe mean decimal approximative approximation estimate answer result memory compute cost time size "
    "value in-total wall-clock worth range left right or-so because please thanks sorry sir correct final my the "
    "a an this that it we you get got obtain have has need needs needed required used use will would should must "
    "can could there respectively extra additional more less faster slower larger smaller bigger higher lower as "
    "times fold factor x roughly to until till through bis squared cubed raised power out up down else"
) | HEDGES | SEPARATORS | SUBORDINATE  # fmt: skip
"""Words after a number that are no unit."""
