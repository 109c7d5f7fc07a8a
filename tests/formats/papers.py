"""Papers with a part of every kind, for the tests of what is printed."""

from __future__ import annotations

import io
import json
from typing import Any

import pypdf

from autograder.key import keys_of
from autograder.model import Key, Paper, PaperSection, Question
from autograder.variant import draw_values, show, with_given
from autograder.yamlsrc import parse_yaml

EVERYTHING = r"""
id: every
title: "Everything [that] is #asked & <shown>"
topic: made
stars: 1
params: {n: {pick: [7]}}
given: {half: n/2, answer: 3*half}
text: |
  A text with `code` and $x_{[= n =]}$, *stress*, a list

  - of one
  - of two

  | a | b |
  |--:|:--|
  | 1 | $\R^{[= n =]}$ |

  ```python
  y = x[0] * 2  # "quoted" \ #hash $5
  ```

  $$\sum_{i=1}^{[= n =]} x_i$$
parts:
  - {id: a, text: How many?, input: number, points: 2, unit: GB, answer: answer, grader: {numeric: {scale: log}},
     also: [{name: CONVENTION, answer: 2*answer}],
     slips: [{name: SLIP, answer: 4*answer, share: 0.5, say: Forgot $\alpha$.}],
     solution: "WORKED $\\frac{1}{2}$ of it."}
  - {id: b, text: Why?, input: text, points: 3, grader: {manual: {words: 60}},
     rubric: [{points: 1, say: RUBRIC one}, {points: 2, say: two}]}
  - id: c
    text: Which?
    input: choice
    points: 1
    options:
      - {id: one, text: the $\beta_1$ one, right: true}
      - {id: two, text: the other one}
  - id: d
    text: Which ones?
    input: multi
    points: 1
    options: [{id: one, text: first, right: true}, {id: two, text: second, right: true}, {id: three, text: third}]
  - {id: e, text: Is it so?, input: truefalse, points: 0.5, answer: "true"}
  - {id: f, text: In order?, input: ordering, points: 1, items: [first step, second step, third step]}
  - {id: g, text: Match., input: matching, points: 1, pairs: [[left one, right one], [left two, right two]]}
  - id: h
    text: Fill in.
    input: table
    points: 2
    grader: {table: {columns: [bytes, "$\\mu$"], rows: [one, two]}}
    cells: [["given | text", {input: number, answer: n}], [{input: number, unit: GB, answer: 2*n}, "*"]]
  - {id: i, text: Which sum?, input: formula, points: 1, symbols: {x: {gt: 0}}, answer: exp(x)*x}
  - {id: j, text: Show it., input: derivation, points: 1, symbols: {x: {gt: 0}}, start: (x + 1)**2 - 1,
     answer: x**2 + 2*x, model: "= x^2 + 2x + 1 - 1\n= x^2 + 2x"}
"""


ILLUSTRATED = EVERYTHING.replace(
    "text: |\n",
    "figures: {f: {drawn: gpipe_schedule, values: {stages: '3', batches: '4'}}}\n"
    "text: |\n  ![A schedule](figure:f)\n\n",
    1,
)
"""The same with a figure."""

SHEET = r"Not <here>: $\KL(p \,\|\, q) \ge 0$"
"""A formula sheet."""


def parsed(text: str) -> Question:
    return Question.model_validate_json(json.dumps(parse_yaml(text, "made.yaml").data))


def made(text: str = EVERYTHING, **changes: Any) -> tuple[Paper, tuple[Key, ...]]:
    """A paper of one question, and its keys with solutions."""
    question = parsed(text)
    values = draw_values(question, bytes(32))
    variant = show(question, values)
    paper = Paper(
        exam="exam", title="An exam", exam_code="DL-1", date="2026-12-01", duration=90, instructions="Write *well*.",
        code="A2B3C4D5E6", points=sum(part.points for part in variant.parts),
        sections=(PaperSection(title="A section", text="Its text.", variants=(variant,)),), fingerprint="",
    )  # fmt: skip
    return paper.model_copy(update=changes), keys_of(question, with_given(question, values), solutions=True)


def text_of(pdf: bytes) -> str:
    """The words on the pages of a PDF."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
