"""CPU time of marking a torch assignment of four parts, beside stock `nbgrader autograde` of the same in the same run.

20 submissions, right and wrong, no two alike, of one form, as an nbgrader assignment is one for all. All processes
count: the marker, the warm process, and every child. What starting the warm process costs is a figure of its own and no
part of the ratio: torch is imported once for a class of any size. For these 20 that costs more than marking them does,
and counted in it would bring the ratio to about a third; for a class of 200 it is a fifth of the marking.
Stock nbgrader runs hidden tests of the same behaviour in a kernel for each submission; its copies are all right.
"""

from __future__ import annotations

import time

from autograder.model import Job
from autograder.pipeline import mark_exam, runs_of, set_exam, staff_form
from benchmarks.classes import TORCH_EXAM, course_of, reopened
from benchmarks.coding import ACCUMULATION, LORA, coders
from benchmarks.handing_in import hand_in
from benchmarks.processes import cpu_below
from benchmarks.result import Result
from benchmarks.stock_nbgrader import time_stock_nbgrader

CANDIDATES = 20

CHECKS = {
    ACCUMULATION: """import torch
### BEGIN HIDDEN TESTS
def grown(train_it, optimizer, seed):
    torch.manual_seed(seed)
    model = torch.nn.Linear(8, 5).double()
    batches = [(torch.randn(4, 8).double(), torch.randn(4, 5).double()) for _ in range(12)]
    train_it(model, batches, torch.nn.functional.mse_loss, optimizer(model.parameters()), torch.device("cpu"))
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])

def expected(model, batches, criterion, optimizer, device):
    steps = {steps}
    optimizer.zero_grad()
    for number, (data, target) in enumerate(batches, 1):
        (criterion(model(data), target) / steps).backward()
        if number % steps == 0:
            optimizer.step()
            optimizer.zero_grad()

for seed in range(3):
    for optimizer in (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), lambda p: torch.optim.Adam(p, lr=0.01)):
        assert torch.allclose(grown(train, optimizer, seed), grown(expected, optimizer, seed))
### END HIDDEN TESTS
""",
    LORA: """import torch
### BEGIN HIDDEN TESTS
for seed in range(3):
    torch.manual_seed(seed)
    base = torch.nn.Linear(6, 7)
    layer = LoRALayer(base, 2, 6)
    x = torch.randn(5, 6)
    assert torch.equal(layer(x), base(x))
    assert not base.weight.requires_grad and not base.bias.requires_grad
    own = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    assert len(own) == 2 and sorted(map(float, (own[0].abs().sum() > 0, own[1].abs().sum() > 0))) == [0.0, 1.0]
    with torch.no_grad():
        for parameter in own:
            parameter.normal_()
    a, b = sorted(own, key=lambda parameter: 6 not in parameter.shape)
    a, b = (a if a.shape[0] == 6 else a.T), (b if b.shape[0] == 2 else b.T)
    assert torch.allclose(layer(x), base(x) + 3 * (x @ a) @ b, atol=1e-5)
### END HIDDEN TESTS
""",
}


def measure() -> list[Result]:
    with course_of(CANDIDATES) as (course, people):
        list(set_exam(reopened(course, TORCH_EXAM), people))
        hand_in(reopened(course, TORCH_EXAM), coders())
        opened = reopened(course, TORCH_EXAM)
        with runs_of(opened) as runs:
            runs.of([Job(ref="", files={"probe.py": "def probe(channel): return 1"}, entry="probe:probe")])
            warm = runs._runners["local"]._session._started.process.pid
            start = cpu_below(warm)
            before = start + time.process_time()
            marks = [mark for result in mark_exam(opened, runs) if result.sheet for mark in result.sheet.marks]
            ours = (cpu_below(warm) + time.process_time() - before) / CANDIDATES
        assert len(marks) == 4 * CANDIDATES
        assert all(mark.state == "graded" for mark in marks)
        assert {mark.reason for mark in marks if mark.ref in CHECKS} >= {"passed", "partial", "failed"}
        paper, keys = staff_form(opened)
        steps = next(key.code.values["N"] for key in keys if key.ref == ACCUMULATION and key.code is not None)
        checks = {ref: text.replace("{steps}", str(steps)) for ref, text in CHECKS.items()}
        stock = time_stock_nbgrader(paper, keys, submissions=5, checks=checks)
        assert stock.score == paper.points, f"stock nbgrader gave {stock.score} of {paper.points}"
    theirs = stock.cpu_ms / 1e3
    return [
        Result(
            "torch_assignment", ours, "CPU s/submission", CANDIDATES, "ratio >= 28", theirs / ours >= 28,
            "stock nbgrader autograde", theirs, theirs / ours,
        ),
        Result("warm_start", start, "CPU s/class", 1, "<= 5", start <= 5),
    ]  # fmt: skip
