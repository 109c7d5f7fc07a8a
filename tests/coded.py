"""Questions that ask for code, small enough to be read: one of each grader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.bank import load_bank
from autograder.model import Key, Paper, PaperSection, Question, Variant
from autograder.variant import Drawn, draw_values, show, with_given
from autograder.yamlsrc import parse_yaml

PROBE = "def probe(channel):\n    return {}\n"
REFERENCE = """\
class Layer:
    def __init__(self, base, rank=RANK):
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.scale = ALPHA / rank
        self.b = zeros(rank)

    def forward(self, x):
        # the base stays as it is
        return self.base(x) + self.scale * (x @ self.b)
"""
LISTING = """\
def train(model, loader):
    for i, (x, y) in enumerate(loader):
        loss = loss_of(model(x), y)
        # BLANK 1
        if (i + 1) % STEPS == 0:
            # BLANK 2
"""
FILLED = LISTING.replace("# BLANK 1", "(loss / STEPS).backward()").replace("# BLANK 2", "step()")
STARTER = 'def double(x):\n    """Return twice x."""\n    ...\n'
DOUBLE = 'def double(x):\n    """Return twice x."""\n    return FACTOR * x\n'
CODED = """\
id: coded
title: Code
topic: code
params:
  n: {pick: [2, 4]}
  word: {pick: [base, inner, wrapped]}
  net: {pick: [model, net]}
  on: {sample: {from: [frozen, zero_b, scaling], take: 2}}
given: {tenth: n/10}
note: "[= n =] [= word =] [= net =] [= on[1] =] [= on[2] =]"
text: Let $n = [= n =]$.
parts:
  - id: blanks
    text: Fill in.
    input: code
    points: 2
    listing: listing.py
    reference: filled.py
    probe: probe.py
    names: {model: net}
    constants: {STEPS: n}
    grader: fill
    checks:
      - {id: divided, points: 1.5, say: "It is divided by [= n =].", why: It adds up.}
      - {id: steps, points: 0.5, say: It steps.}
  - id: whole
    text: Write it.
    input: code
    points: 1
    reference: double.py
    starter: starter.py
    probe: probe.py
    constants: {FACTOR: n}
    checks: [{id: twice, points: 1, say: It doubles.}]
  - id: mend
    text: Mend it.
    input: code
    points: 1
    reference: reference.py
    probe: probe.py
    names: {base: word}
    constants: {RANK: n, ALPHA: tenth}
    grader: fix
    faults_on: on
    checks: &checks
      - {id: frozen, points: 0.25, say: It is frozen.}
      - {id: start, points: 0.25, say: It starts right.}
      - {id: scaled, points: 0.5, say: It is scaled.}
    faults: &faults
      - id: frozen
        say: "`[= word =]` is not frozen."
        patch: [["        for p in base.parameters():\\n            p.requires_grad = False\\n", ""]]
        check: frozen
      - {id: zero_b, say: b is not zero., patch: [["zeros(rank)", "randn(rank)"]], check: start}
      - {id: scaling, say: It is not scaled., patch: [["self.scale * (x", "(x"]], lines: any, check: scaled}
      - {id: taste, say: There is no dropout., lines: [6, 11], neutral: true}
  - id: hunt
    text: Find it.
    input: code
    points: 4
    reference: reference.py
    probe: probe.py
    names: {base: word}
    constants: {RANK: n, ALPHA: tenth}
    grader: {bughunt: {right: 2, wrong: -2, floor: 0, cap: 4, invented: 2}}
    faults_on: on
    checks: *checks
    faults: *faults
    invented: [{say: The shapes do not fit.}, {say: The bias is missing.}, {say: It is too slow.}]
"""
FILES = {
    "listing.py": LISTING,
    "filled.py": FILLED,
    "starter.py": STARTER,
    "double.py": DOUBLE,
    "reference.py": REFERENCE,
    "probe.py": PROBE,
}
VALUES: Drawn = {"n": 4, "word": "inner", "net": "net", "on": ("scaling", "frozen")}


def write_coded(folder: Path, text: str = CODED, **files: str | None) -> Path:
    """Write the question into a bank; files by name without `.py`, None leaves one out."""
    place = folder / "code" / "coded"
    place.mkdir(parents=True)
    (place / "question.yaml").write_text(text, encoding="utf-8")
    for name, content in (FILES | {f"{name}.py": content for name, content in files.items()}).items():
        if content is not None:
            (place / name).write_text(content, encoding="utf-8")
    return folder


def load_coded(folder: Path, text: str = CODED) -> Question:
    """The question as a bank loads it."""
    return load_bank(write_coded(folder, text)).questions["coded"]


def coded_question() -> Question:
    """The question without a bank around it."""
    data = parse_yaml(CODED, "question.yaml").data
    return Question.model_validate_json(json.dumps(data)).model_copy(update={"files": FILES})


def drawn(**values: Any) -> Drawn:
    """The values of one variant, givens included."""
    return with_given(coded_question(), VALUES | values)


def coded_paper(*variants: Variant, code: str = "PAPERCODE1") -> Paper:
    """A paper of one variant of the question, or of those given."""
    shown = variants or (show(coded_question(), drawn()),)
    section = PaperSection(title="S", variants=shown)
    return Paper(
        exam="e", title="E", exam_code="", date="", duration=None, instructions="", code=code, points=8.0,
        sections=(section,), fingerprint="",
    )  # fmt: skip


def seeded(number: int) -> Drawn:
    """The values of a drawn variant."""
    return draw_values(coded_question(), bytes([number]) * 32)


def key_named(keys: tuple[Key, ...], part: str) -> Key:
    """The key of a part."""
    return next(key for key in keys if key.ref == f"coded-{part}")
