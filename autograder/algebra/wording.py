r"""Tell formulas from what people write around them: numbers of lines, reasons, boxes, `\stackrel`, prose.

A line is offered as it stands first, then with less and less around it; whatever reads first is the line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final

from autograder.algebra.lines import BEGINS, Line
from autograder.algebra.signs import has_relation
from autograder.algebra.vocabulary import FUNCTIONS

INLINE: Final = re.compile(r"(?<!\\)\$([^$]+)\$|\\\((.+?)\\\)")

_BRACED: Final = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}"
_OVER: Final = re.compile(
    rf"\\(?:stackrel|overset|underset)\s*{_BRACED}\s*(?:\{{\s*((?:[^{{}}]|\\[A-Za-z]+)*?)\s*\}}|(\\[A-Za-z]+|[=<>≤≥≈∝]))"
)
_UNSEEN: Final = re.compile(
    r"\\(?:nonumber|notag|hfill|allowbreak|noindent|displaystyle|qed|qedhere|blacksquare|square|Box)(?![A-Za-z])"
    rf"|\\(?:label|eqref|tag|ref|phantom|hphantom|vphantom|vspace|hspace|intertext|shortintertext)\*?\s*{_BRACED}"
    r"|\\checkmark(?![A-Za-z])|[∎□■◻◼✓✔☑]"
)
_AROUND: Final = re.compile(
    rf"\\(?:boxed|fbox|framebox|cancel|bcancel|xcancel|underline|(?:textcolor|colorbox|color|cancelto)\s*{_BRACED})\s*(?={{)"
)
_SAID: Final = re.compile(rf"\\(?:text|textit|textrm|textbf|mbox)\s*{_BRACED}")
_CONDITION: Final = re.compile(
    r"(?:(?:\\q?quad\s*)+(?:\\text\s*\{[^{}]*\}\s*)?|\s{2,}(?=\()|\s+(?=\())"
    r"\(?(?:for |if |when |with |as |where |since )?"
    r"[^()=]{1,40}(?:[<>≠≥≤]|\\(?:neq?|g[et]q?|l[et]q?)(?![A-Za-z]))[^()=]{1,40}\)?[\s.,;$]*\Z"
)
"""Behind an equation: `\\qquad (k > 0)`, which is no factor."""

_BRACE: Final = re.compile(r"\\(?:under|over)(?:brace|line|bracket)\s*(?={)")
_ENDED: Final = re.compile(r"[\s.,;]*(?:\\text\s*\{\s*)?\b(?:QED|q\.\s?e\.\s?d|Q\.\s?E\.\s?D)\b\.?\}?\s*\Z")

_NOTE: Final = (
    r"by|since|because|where|using|from|with|as|for (?:all|any|every|each)|due to|thanks to|see|note|recall|it|which|"
    r"(?:in)?dependence|linearity|definition|def|and so|what|that is|i\.e\.|this|use|after|factor|if|"
    r"provided|holds|follows"
)
_BEHIND: Final = (
    re.compile(
        r"\s*(?:\\q?quad|\\hspace\{[^}]*\}|\\hfill|\\;|\\,|~|&)*\s*\\(?:text|textit|textrm|textbf|mathrm|mbox|small)\s*"
        r"\{[^}]*\}.*\Z"
    ),
    re.compile(r"(?:\\q?quad|\\hfill)\s*.*\Z"),
    re.compile(rf"\s*[,;]?\s*[\[(](?:{_NOTE})\b[^\])]*[\])]?.*\Z", re.I),
    re.compile(rf"\s*[,;.]?\s*\$?\s*\b(?:{_NOTE})\b.*\Z", re.I),
    re.compile(r"\s+\((?=[^()]*[A-Za-z]{3})[^()]*(?:\([^()]*\)[^()]*)*\)[\s.,;]*\Z"),
    re.compile(r"\s+\[(?=[^\[\]]*[A-Za-z]{3})[^\[\]]*\][\s.,;]*\Z"),
    re.compile(r"\s*(?:—|–\s|--|//|%|\s#).*\Z"),
    re.compile(r"(?:\s{2,}|\t|[,;]\s+|\.\s+)[A-Za-z][A-Za-z' -]{2,}[\s.,;!]*\Z"),
    re.compile(
        r"\s*(?:=|≡|\\equiv)\s*(?:\\(?:text|mathrm|operatorname)\s*\{\s*)?[Rr]\.?\s?[Hh]\.?\s?[Ss]\.?\}?[\s.,;]*\Z"
    ),
)
_LEADS: Final = (
    r"first(?:ly)?|second(?:ly)?|third(?:ly)?|last(?:ly)?|so|hence|thus|then|therefore|now|and|also|"
    r"we (?:get|have|find|obtain|see|conclude|arrive at)|"
    r"this (?:gives|is|yields)|"
    r"that is|i\.e\.|finally|which (?:gives|is|yields|equals|means|implies)|giving|yielding|consequently|"
    r"it follows|or|"
    r"rearranging|simplifying|equivalently|in total|altogether|overall|again|next|similarly|likewise"
)
_BEFORE: Final = (
    re.compile(
        r"\s*(?:\\(?:text|textbf|textit|mathrm)\s*\{[^}]*\}\s*[:,]?"
        rf"|(?:{_LEADS})\b"
        r"[^:=$\\<>≤≥]{0,40}?[:,]?(?=\s*(?:\$|\\|\(|[A-Za-z0-9=<>≤≥]))"
        r"|(?:[A-Za-z][A-Za-z ]{0,30} )?\$?[A-Za-z] ?= ?\d+\$? ?:(?!=)"
        r"|[A-Za-z][^:=$\\<>]{0,80}:(?!=)|[A-Za-z][^:=$\\<>()]{0,60}\$?\([^()]{1,40}\)\$?\s*:(?!=)|\*\*[^*]{1,80}\*\*:?|\((?:\d+|[ivx]+|\*|[a-h])\)|(?:\d{1,2}|[ivx]{1,4})[.)](?=\s))\s*",
        re.I,
    ),
    re.compile(
        r"\s*(?:by|using|since|because|with|from|after|applying|as|for|in|expanding|inserting|substituting|summing|taking|"
        r"adding|multiplying|dividing|combining|factoring|due)\b[^=$\\<>≤≥]{0,80}?[,:]\s*",
        re.I,
    ),
    re.compile(
        r"\s*(?:for|when|with|if|at|let|take)\s+\$?[A-Za-z]\s*=\s*\d+\$?\s*[,:]?\s*"
        r"(?:(?:we have|this is|then|it is)\s*)?[,:]?\s*(?=[\\$A-Za-z0-9(])",
        re.I,
    ),
)
_WORD: Final = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")
_LAST_WORD: Final = re.compile(r"([A-Za-z]+)[\s.,:;]*\Z")
_COMMENTS: Final = frozenset([
    "abbreviate", "add", "adding", "after", "all", "also", "apply", "applying", "approach", "as", "assume",
    "assumption", "base", "because", "before", "begin", "binomial", "both", "but", "by", "call", "case", "check",
    "claim", "collect", "collecting", "combine", "combining", "consider", "define", "definition", "denote",
    "differentiate", "differentiating", "divide", "dividing", "done", "each", "every", "expand", "expanding",
    "factor", "factoring", "first", "for", "from", "geometric", "given", "goal", "here", "however", "hypothesis", "i",
    "idea", "identity", "if", "ih", "in", "index", "induction", "inductive", "insert", "inserting", "integrate",
    "introduce", "it", "its", "last", "lemma", "let", "lhs", "multiply", "multiplying", "my", "next", "note",
    "observe", "on", "only", "our", "plan", "plug", "plugging", "proof", "prove", "put", "rearrange", "rearranging",
    "recall", "reindex", "remark", "remember", "reminder", "rename", "rhs", "second", "set", "shift", "show",
    "simplify", "simplifying", "since", "start", "starting", "step", "substitute", "substituting", "subtract",
    "subtracting", "sum", "summing", "suppose", "take", "taking", "that", "the", "theorem", "these", "third", "this",
    "to", "use", "used", "using", "want", "we", "what", "when", "where", "which", "while", "with", "write",
])  # fmt: skip
_THUS: Final = frozenset(
    {
        "first",
        "firstly",
        "second",
        "secondly",
        "third",
        "thirdly",
        "last",
        "lastly",
        "so",
        "hence",
        "thus",
        "then",
        "therefore",
        "now",
        "and",
        "finally",
        "i.e.",
    }
)
_JOINT: Final = re.compile(
    r"[\s,;]*(?:(?:and|so|hence|thus|therefore|then|i\.e\.|that is|which gives|giving)[\s,:]*)+", re.I
)
_GO_ON: Final = frozenset([
    "and", "becomes", "equals", "find", "following", "follows", "get", "gives", "have", "hence", "is", "obtain", "so",
    "that", "then", "therefore", "thus", "to", "where", "write", "yields",
])  # fmt: skip


def undressed(text: str) -> str:
    r"""Return a line without what only shows: numbers, boxes, marks of cancelling, `\stackrel`, named braces."""
    if "\\" in text:
        text = _OVER.sub(lambda match: f" {match[1] or match[2]} ", text)
        text = _UNSEEN.sub(" ", text)
        text = _opened(text, _AROUND)
        text = _opened(text, _BRACE)
    elif not text.isascii():
        text = _UNSEEN.sub(" ", text)
    found = _CONDITION.search(text)
    if found is not None and "=" in text[: found.start()]:
        text = text[: found.start()] + ("$" if text[: found.start()].count("$") % 2 else "")
    return _ENDED.sub("", text)


def _opened(text: str, pattern: re.Pattern[str]) -> str:
    r"""Take what stands in the braces of a command, and leave out the command; `_{…}` behind a brace goes too."""
    for _ in range(20):
        match = pattern.search(text)
        inner = re.compile(_BRACED).match(text, match.end()) if match is not None else None
        if match is None or inner is None:
            return text
        rest = text[inner.end() :]
        if pattern is _BRACE:
            rest = re.sub(rf"\A\s*[_^]\s*(?:{_BRACED}|\S)", "", rest)
        held = inner[0][1:-1] if not text[: match.start()].strip("& $") or not rest.strip() else inner[0]
        text = f"{text[: match.start()]} {held}{rest}"
    return text


def candidates(line: Line) -> Iterator[str]:
    """Yield what may be the formula of a line: all of it, then without words around it."""
    seen: set[str] = set()
    for start in _starts(undressed(line.text), line.math):
        for text in _without_lead(start):
            for each in _without_comments(text):
                if each.strip() and each not in seen:
                    seen.add(each)
                    yield each


def _starts(text: str, math: bool) -> Iterator[str]:
    pieces = [] if math else list(INLINE.finditer(_SAID.sub(_blank, text)))
    if not pieces or not _WORD.search(INLINE.sub(" ", _SAID.sub(_blank, text))):
        yield text
        return
    between = [text[a.end() : b.start()] for a, b in pairwise(pieces)]
    if between and all(map(_JOINT.fullmatch, between)) and _leads_to_math(text[: pieces[0].start()]):
        yield "$" + r" \Rightarrow ".join(piece[1] or piece[2] for piece in pieces) + "$"
    first, last = pieces[0], pieces[-1]
    if _leads_to_math(text[: first.start()]) and (len(pieces) == 1 or _is_note(text[first.end() :])):
        yield f"${first[1] or first[2]}$"
    elif len(pieces) > 1 and _leads_to_math(text[: last.start()]) and not _WORD.search(text[last.end() :]):
        yield f"${last[1] or last[2]}$"
    elif BEGINS.match(first[1] or first[2] or "") and not text[: first.start()].strip():
        yield f"${first[1] or first[2]}$"


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_note(text: str) -> bool:
    return re.match(rf"\s*(?:[,;.]?\s*(?:{_NOTE})\b|[(\[][A-Za-z]{{3,}}[^\n]*[)\]][\s.,;]*\Z)", text, re.I) is not None


def _leads_to_math(before: str) -> bool:
    """Whether a sentence says that its formula is the next step, and does not only speak of it."""
    words = re.sub(r"\A\s*(?:[-*•]|\(?\w{1,3}[.)])\s+", "", before).strip().lower().rstrip(",")
    last = _LAST_WORD.search(words)
    return not words or words.endswith(":") or words in _THUS or (last is not None and last[1] in _GO_ON)


def _without_lead(text: str) -> Iterator[str]:
    yield text
    for _ in range(3):
        cut = next(
            (
                cut
                for pattern in _BEFORE
                if (cut := pattern.sub("", text, count=1)) != text and _at_start(pattern, text)
            ),
            text,
        )
        if cut == text:
            return
        text = cut
        yield text


def _at_start(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.match(text) is not None


def _without_comments(text: str) -> Iterator[str]:
    yield text
    for pattern in _BEHIND:
        cut = pattern.sub("", text, count=1)
        if cut != text:
            yield cut


def has_words(text: str, declared: Collection[str]) -> bool:
    """Return whether words stand beside what formulas a line has."""
    return any(len(word) > 2 and word not in declared for word in _WORD.findall(INLINE.sub(" ", text)))


def is_prose(line: Line, declared: Collection[str]) -> bool:
    """Return whether a line that cannot be read is words, and not a formula that went wrong.

    Args:
        line: as split.
        declared: names that are no words here.
    """
    text = undressed(line.text)
    if line.math:
        rest = re.sub(rf"\\(?:text|textit|textrm|textbf|mbox)\s*{_BRACED}|[\s&.,:;()]", "", text)
        return not rest
    if not text.strip(" .,;:!*_-=") or text.lstrip().startswith(("#", "//", "%")):
        return True
    outside = INLINE.sub(" ", text)
    words = [
        match[0]
        for match in _WORD.finditer(outside)
        if match[0] not in declared and not (match[0] in FUNCTIONS and outside[match.end() : match.end() + 1] in "([{")
    ]
    related = has_relation(outside)
    first, last = re.match(r"\W*([A-Za-z]+)", outside), _LAST_WORD.search(outside)
    if first is not None and first[1] in declared:
        first = None
    if words and first is not None and first[1].lower() in _COMMENTS:
        return True
    if words and last is not None and last[1].lower() in _GO_ON and last[1] in words:
        return True
    if INLINE.search(text) or (outside.rstrip().endswith(":") and not related):
        return bool(words)
    long = [word for word in words if len(word) > 2]
    if related:
        return len(long) >= 4
    alone = len(words) == 1 and re.fullmatch(r"[^\W\d_ .,:;!]+[ .,:;!]*", outside.strip()) is not None
    return alone or (len(words) >= 2 and any(len(word) > 3 for word in words)) or len(words) > 3
