"""Tell whether a question is still the one that candidates saw."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from autograder import tabled
from autograder.choosing.offers import numbered_texts, texts_of
from autograder.choosing.pooled import pooled_texts
from autograder.coding.printed import asks_for_claims
from autograder.formula import FormulaError, names
from autograder.markup import templates
from autograder.model import Part, Question

_WORD: Final = re.compile(r"[^\W\d]\w*")


def given_behind(used: Iterable[str], given: Mapping[str, str]) -> set[str]:
    """Return the givens among some names, and those behind them."""
    found: set[str] = set()
    waiting = set(used) & given.keys()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= (names(given[name]) & given.keys()) - found
    return found


def fingerprint_of(question: Question) -> str:
    """Return a short digest of what candidates may see of a question. A mark scheme is no part of it."""
    shown = [question.text, question.note_template(), *(part.text for part in question.parts)]
    offered = [text for part in question.parts for text in texts_of(part)]
    pooled = pooled_texts(question)
    offered += [text for *_, options in pooled for _, text in options]
    tables = [tabled.seen(part) for part in question.parts if part.cells]
    shown += [text for texts, _, _ in tables for text in texts]
    formulas = [formula for _, found, _ in tables for formula in found]
    named = [*map(templates.names_in, shown + offered), *map(_named, formulas)]
    needed = given_behind(set().union(*named), question.given)
    parts: list[Any] = [[part.id, part.input, part.unit, part.whole] for part in question.parts]
    parts += [[part.marking()[1].get("words")] for part in question.parts if part.input == "text"]
    parts += [_code_seen(question, part) for part in question.parts if part.input == "code"]
    parts += [numbered_texts(part) for part in question.parts if _offers(part)]
    parts += [[formulas, [rest for _, _, rest in tables]]] if tables else []
    parts += [pooled] if pooled else []
    parts += [[figure.model_dump() for _, figure in sorted(question.figures.items())]] if question.figures else []
    content = [shown, question.params, parts, {name: question.given[name] for name in sorted(needed)}]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _offers(part: Part) -> bool:
    return bool(part.options or part.items or part.pairs) and not part.cells


def _named(formula: str) -> frozenset[str]:
    try:
        return names(formula)
    except FormulaError:  # one over symbols, with more than a number may have
        return frozenset(_WORD.findall(formula))


def _code_seen(question: Question, part: Part) -> list[Any]:
    """Return what decides what a code part prints: the files that are shown, and what is put into them."""
    printed = [question.files.get(name or "", "") for name in (part.listing, part.starter)]
    claims = [[fault.id, fault.say] for fault in part.faults] + [["", invented.say] for invented in part.invented]
    content: list[Any] = [printed, part.names, part.constants, claims if asks_for_claims(part) else []]
    if part.listing is None and part.faults and part.marking()[0] in ("fix", "bughunt"):
        # the listing is made from the reference
        patches = [[fault.id, fault.patch] for fault in part.faults]
        content += [question.files.get(part.reference or "", ""), patches, part.faults_on]
    return content
