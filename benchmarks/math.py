"""Microseconds an expression takes: LaTeX to MathML, and from there to the math that is printed."""

from __future__ import annotations

import time
from xml.etree import ElementTree

from autograder.markup import math as reading
from autograder.markup import typst_math
from benchmarks.result import Result

EXPRESSIONS = (
    r"4 B L s c\,(d_s + d_c) \approx 1.22\times10^{12}", r"\hat v_t = \frac{v_t}{1-\beta_2^t}",
    r"\softmax\left(\frac{QK^\top}{\sqrt{d_k}}\right)V", r"\E_{x\sim p}\left[\log\frac{p(x)}{q(x)}\right]",
    r"\sum_{i=1}^{n} x_i^2", r"L(N, D) = \frac{A}{N^\alpha} + \frac{B}{D^\beta} + L_\infty",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"W_0 + \frac{\alpha}{r} B A",
)  # fmt: skip
TURNS = 200


def measure() -> list[Result]:
    to_mathml = reading.to_mathml.__wrapped__
    read = [ElementTree.fromstring(to_mathml(each, True).replace("&ApplyFunction;", "")) for each in EXPRESSIONS]
    walks = {
        "math_to_mathml": lambda: [to_mathml(each, True) for each in EXPRESSIONS],
        "math_to_print": lambda: [typst_math.from_mathml(each) for each in read],
    }
    results = []
    for name, walk in walks.items():
        best = float("inf")
        for _ in range(TURNS):
            started = time.perf_counter()
            walk()
            best = min(best, time.perf_counter() - started)
        value = 1e6 * best / len(EXPRESSIONS)
        results.append(Result(name, value, "µs/expression", TURNS * len(EXPRESSIONS), "<= 60", value <= 60))
    return results
