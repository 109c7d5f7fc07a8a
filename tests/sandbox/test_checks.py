"""A probe's notes, taken in the sandbox with real torch, and compared outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from autograder.coding.accounts import accounts
from autograder.coding.marks import judge
from autograder.coding.parity import difference
from autograder.model import Check, Job, Observation, Run
from autograder.runners.local import Local

PROBE = """
import torch
from autograder.sandbox.checks import Checks

def probe(channel):
    checks = Checks(channel)
    code = checks.load("submission.py")
    with checks("it"):
        checks.saw(**code.things())
    with checks("other"):
        checks.saw(fine=checks.seed)
    return checks.answer()
"""


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    with Local() as opened:
        yield opened


def ran(local: Local, submission: str, probe: str = PROBE, steps: int = 0, **fields: Any) -> Run:
    job = Job(
        ref="made-a", files={"probe.py": probe, "submission.py": submission}, entry="probe:probe",
        data={"seed": 7, "values": {"rank": 4}}, steps=tuple({"seed": 100 + number} for number in range(steps)),
        **fields,
    )  # fmt: skip
    return local.run(job)


def judged(local: Local, own: str, reference: str, probe: str = PROBE, steps: int = 0, **fields: Any) -> dict[str, str]:
    """For each check, why it is not passed; an empty text where it is."""
    runs = [ran(local, source, probe, steps, **fields) for source in (own, reference)]
    checks = [Check(id=name, say="x") for name in ("it", "other") if name in probe or name == "it"]
    found = judge(checks, Observation(ref="made-a", runs=(runs[0],), reference=(runs[1],)))
    assert not found.problem, found.problem
    if found.status != "ok":
        return {"status": found.status, "why": found.why}
    return {each.check.id: each.why for each in found.checks}


def things(body: str) -> str:
    return f"import torch, numpy, math\ndef things():\n    return dict({body})\n"


@pytest.mark.parametrize(
    "body",
    [
        "x=torch.ones(2, 3)",
        "x=torch.ones(2, requires_grad=True) * 2",
        "x=torch.ones(2).bfloat16(), y=torch.ones(2).half(), z=torch.ones(2, dtype=torch.float64)",
        "x=torch.ones(2).to(torch.float8_e5m2)",
        "x=torch.tensor([1 + 2j, 3j]), y=torch.tensor([1 + 2j], dtype=torch.complex128).conj()",
        "x=numpy.array([1 + 2j]), y=numpy.arange(3), z=numpy.float32(0.5), w=numpy.bool_(True)",
        "x=torch.eye(3).to_sparse(), y=torch.ones(2, 3).T, z=torch.ones(3)[None].expand(4, 3), e=torch.empty(0, 2)",
        "x=torch.tensor([True, False]), y=torch.tensor([1, 2], dtype=torch.uint8), z=torch.tensor(3)",
        "x=(1, [2.5, None, 'a'], {'b': True}), y={3, 1, 2}, z=torch.Size([2, 3]), t=torch.float32",
        "x=2**100, y=2**500, z=math.inf, w=-math.inf",
        "**{'0.weight': torch.ones(2), 'self': 1, 'check': 2}",
    ],
)
def test_what_may_be_seen_comes_back_the_same(local: Local, body: str) -> None:
    assert judged(local, things(body), things(body)) == {"it": "", "other": ""}


@pytest.mark.parametrize(
    ("own", "right", "why"),
    [
        ("x=torch.ones(2)", "x=torch.zeros(2)", "`x` differs by 1."),
        ("x=torch.ones(2)", "x=torch.ones(2).bfloat16()", "`x` is float32: expected bfloat16."),
        ("x=torch.ones(2).double()", "x=torch.ones(2)", "`x` is float64: expected float32."),
        ("x=torch.tensor([1 + 2j])", "x=torch.tensor([1 + 1j])", "`x` differs by 1."),
        ("x=torch.tensor([math.nan])", "x=torch.ones(1)", "`x` holds NaN."),
        ("x=math.nan", "x=1.0", "`x` is nan: expected 1."),
        ("x=torch.float16", "x=torch.float32", "`x` is torch.float16: expected torch.float32."),
        ("x=2**500", "x=2**500 + 1", "`x` is 0x"),
        ("x=torch.ones(2)", "x=1", "`x` is an array: expected 1."),
        ("", "x=1", "`x` is missing."),
        # these fail this check alone
        ("x=object()", "x=1", "TypeError: object is neither plain data nor an array of numbers."),
        ("x=lambda: 1", "x=1", "TypeError: function is neither"),
        ("x=numpy.array(['a'])", "x=1", "TypeError: an array of <U1 is not an array of numbers."),
        ("x=torch.empty(1 << 24)", "x=1", "ValueError: an array of shape (16777216,) is too large to be compared."),
        ("x=torch.ones(2, device='meta')", "x=1", "NotImplementedError"),
        ("x=[0] * 100_000", "x=1", "ValueError: this is too much"),
        ("**{'y' * 300: 1}", "x=1", "ValueError: a name is too long"),
        ("x={'a\\u202e': 1}", "x=1", "ValueError: a name is too long, or cannot be printed."),
    ],
)
def test_what_differs_fails_its_check_and_no_other(local: Local, own: str, right: str, why: str) -> None:
    found = judged(local, things(own), things(right))
    assert found["it"].startswith(why)
    assert found["other"] == ""


def test_what_was_seen_is_kept_as_it_was(local: Local) -> None:
    probe = PROBE.replace("checks.saw(**code.things())", "x = torch.ones(2); checks.saw(x=x); x.mul_(code.BY)")
    assert judged(local, "BY = 2", "BY = 3", probe)["it"] == ""


RIGHT = things("x=1")


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("def things():\n    d = {}\n    return d['key']\n", "KeyError: 'key' in line 3: `return d['key']`."),
        ("def things():\n    raise ValueError\n", "ValueError in line 2: `raise ValueError`."),
        ("def things():\n    return None\n", "TypeError: "),
        ("def thing(): ...", "AttributeError: module 'submission' has no attribute 'things'."),
        (
            "def things():\n    return things()\n",
            "RecursionError: maximum recursion depth exceeded in line 2: `return things()`.",
        ),
        (
            "def things():\n    class Odd(Exception):\n        def __str__(self): return 1\n    raise Odd\n",
            "Odd: (an error that cannot be shown) in line 4: `raise Odd`.",
        ),
    ],
)
def test_an_exception_in_a_check_names_the_line(local: Local, own: str, found: str) -> None:
    told = judged(local, own, RIGHT)
    assert told["it"].startswith(found)
    assert told["other"] == ""


@pytest.mark.parametrize(
    ("own", "status", "why"),
    [
        ("def things(:\n    return 1\n", "failed", "SyntaxError: invalid syntax in line 1: `def things(:`"),
        ("x = 1\n  y = 2\n", "failed", "IndentationError: unexpected indent in line 2: `y = 2`"),
        (
            "import nothing_there\n",
            "failed",
            "ModuleNotFoundError: No module named 'nothing_there' in line 1: `import nothing_there`",
        ),
        ("def things():\n    import sys\n    sys.exit()\n", "ended", ""),
        ("def things():\n    import os\n    os._exit(0)\n", "ended", ""),
        ("def things():\n    raise MemoryError\n", "memory", ""),
        ("import torch\ndef things():\n    return dict(x=torch.empty(1 << 40))\n", "memory", ""),
        ("def things():\n    while True: pass\n", "timeout", "more than 1 s of processor time"),
    ],
)
def test_what_ends_the_job_passes_nothing(local: Local, own: str, status: str, why: str) -> None:
    told = judged(local, own, RIGHT, limits={"cpu": 1})
    assert told["status"] == status
    assert told["why"].startswith(why)


STEPS = """
import torch
from autograder.sandbox.checks import Checks

class Batches:
    def __init__(self, checks, model):
        self.checks, self.model = checks, model

    def __iter__(self):
        seed = self.checks.step("it", after="nothing yet", weight=self.model)
        for number in range(4):
            yield torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
            seed = self.checks.step("it", after=f"batch {number + 1}", weight=self.model)
            if seed is None:
                return

def probe(channel):
    checks = Checks(channel)
    code = checks.load("submission.py")
    model = torch.zeros(3, dtype=torch.float64)
    with checks("it"WHOLE):
        code.train(model, Batches(checks, model))
        checks.saw(end=model, seen=checks.values)
    return checks.answer()
"""
TRAIN = """
def train(model, batches):
    total = 0
    for number, batch in enumerate(batches, 1):
        total = total + batch
        if number % 2 == 0:
            model += total
            total = 0
"""
EVERY = "def train(model, batches):\n    for batch in batches:\n        model += batch\n"
LISTED = TRAIN.replace("enumerate(batches, 1)", "enumerate(list(batches), 1)")
TWICE = "def train(model, batches):\n    list(batches)\n" + TRAIN.partition("\n")[2].partition("\n")[2]


@pytest.mark.parametrize(
    ("own", "whole", "why"),
    [
        (TRAIN, "", ""),
        (EVERY, "", "After batch 1, `weight` differs by "),
        (LISTED, "", "After batch 2, `weight` differs by "),
        (LISTED, ", whole=True", ""),
        (EVERY, ", whole=True", "After batch 1, `weight` differs by "),
        (TWICE, ", whole=True", "After batch 2, `weight` differs by "),
    ],
)
def test_the_order_of_events(local: Local, own: str, whole: str, why: str) -> None:
    found = judged(local, own, TRAIN, STEPS.replace("WHOLE", whole), steps=12)
    assert found["it"].startswith(why)
    assert (found["it"] == "") == (why == "")
    if own is EVERY:
        assert "expected no update before batch 2" in found["it"]


def test_nothing_is_revealed_or_sent_after_the_last_seed(local: Local) -> None:
    probe = STEPS.replace("WHOLE", "").replace("range(4)", "range(100)")
    done = ran(local, TRAIN, probe, steps=4)
    assert done.status == "ok", done.why
    assert len(done.reports) == 5
    assert [report["after"] for report in done.reports][1:] == [f"batch {number}" for number in range(1, 5)]


def test_amounts_and_remarks(local: Local) -> None:
    probe = PROBE.replace(
        "checks.saw(**code.things())", "checks.spent(most=1.5, calls=code.CALLS); checks.remark('It calls too often.')"
    )
    assert judged(local, "CALLS = 3", "CALLS = 2", probe)["it"] == ""
    assert judged(local, "CALLS = 4", "CALLS = 2", probe)["it"] == (
        "`calls` is 4: expected at most 3. It calls too often."
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("    checks.saw(x=1)\n", "write this inside"),
        ("    with checks('it'):\n        with checks('inner'): pass\n", ""),
    ],
)
def test_a_probe_that_is_used_wrongly_is_no_candidates_fault(local: Local, line: str, says: str) -> None:
    probe = PROBE.replace('    with checks("it"):\n', line + '    with checks("it"):\n')
    runs = ran(local, RIGHT, probe)
    found = judge([Check(id="it", say="x")], Observation(ref="made-a", runs=(runs,), reference=(runs,)))
    assert says in found.problem
    assert found.problem


LIES = {
    "a tensor that equals everything": """
import torch
class Lie(torch.Tensor):
    def __eq__(self, other): return True
    @classmethod
    def __torch_function__(cls, *args, **kwargs): return torch.ones(2)
def things():
    return dict(x=torch.zeros(2).as_subclass(Lie))
""",
    "notes that are not taken": """
from autograder.sandbox import checks
checks.Checks.saw = lambda self, **things: None
def things():
    return dict(x=0)
""",
    "a check that never fails": """
from autograder.sandbox import checks
checks.describe = lambda *args: {}
def things():
    raise ValueError
""",
    "an answer of its own": """
import sys
from autograder.sandbox import checks
checks.Checks.answer = lambda self: ({"checks": {"it": {"saw": {"x": 0}, "whole": True}, "other": {"saw": {}}}}, {})
def things():
    return dict(x=0)
""",
    "a harness that is gone": """
import sys
def things():
    frame = sys._getframe()
    while frame:
        channel = frame.f_locals.get("channel")
        if channel is not None:
            channel.finish({"checks": {"it": {"saw": {}}}}, {})
        frame = frame.f_back
""",
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_pass_no_check(local: Local, lie: str) -> None:
    right = "import torch\ndef things():\n    return dict(x=torch.tensor([2.0, 3.0]))\n"
    found = judged(local, LIES[lie], right)
    assert found.get("it") != ""


def test_a_reference_agrees_with_itself_in_every_draw(local: Local) -> None:
    first, second = (ran(local, TRAIN, STEPS.replace("WHOLE", ""), steps=4) for _ in range(2))
    assert difference("it", accounts(first), accounts(second)) is None
    assert first.model_copy(update={"cost": {}}) == second.model_copy(update={"cost": {}})
