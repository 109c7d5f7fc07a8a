"""How many equal formulas are proved to be so, and how many others, beside `simplify(key - answer) == 0`.

Of each formula that is written otherwise than its key; those with vectors and the like are left out for the peer.
"""

from __future__ import annotations

import time

from autograder.algebra.structure import same_structure
from autograder.algebra.symbolic.prove import proved
from benchmarks.deciding import cases
from benchmarks.formula_accuracy import ask_patiently, is_value, read_case, simplified
from benchmarks.result import Result

EVERY = 3
"""The peer is asked one case in so many."""


def measure() -> list[Result]:
    decided = [read_case(case) for case in cases("cases") if case["want"] in ("right", "refuted")]
    made = [each for each in decided if each is not None and not same_structure(*each[:3])]
    found, longest = [], 0.0
    for key, answer, declared, want in made:
        started = time.process_time()
        found.append((proved(key, answer, declared), want))
        longest = max(longest, time.process_time() - started)
    right, wrong = ([is_proved for is_proved, want in found if want == wanted] for wanted in ("right", "refuted"))
    share = sum(right) / len(right)
    values = [each for each in made if is_value(each[0], each[2]) and is_value(each[1], each[2]) and each[3] == "right"]
    shared = values[::EVERY]
    ours = sum(proved(key, answer, declared) for key, answer, declared, _ in shared) / len(shared)
    theirs = sum(answer is True for answer in ask_patiently(simplified, shared)) / len(shared)
    return [
        Result("formula_proved", share, "share", len(right), ">= 0.9", share >= 0.9),
        Result("formula_proved_wrongly", float(sum(wrong)), "count", len(wrong), "<= 0", not any(wrong)),
        Result("formula_proof_longest", longest, "s", len(made), "<= 1", longest <= 1),
        Result(
            "formula_proved_on_simplify_cases", ours, "share", len(shared), "", ours >= theirs, "simplify", theirs,
            ours / theirs if theirs else None,
        ),
    ]  # fmt: skip
