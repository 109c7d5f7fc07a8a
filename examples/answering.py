"""The class of the demonstration: what each candidate writes, and what becomes of some of the files on the way.

Every sort of answer is in the class: right ones, conventions, every slip, other units, wrong units, powers of ten,
blanks, garble, answers that only running gives, hostile code, prose, somebody else's paper and damaged files.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Final

from autograder.choosing.answers import as_typed
from autograder.coding.listing import filled
from autograder.following import rebound
from autograder.model import Claim, Key, Option


def answered(place: int, keys: tuple[Key, ...]) -> Iterator[tuple[str, str]]:
    """Yield a candidate's answer cells: the cell's name and its source.

    The first is right throughout, the second hands in nothing; among the others every part gets every sort of answer.
    """
    used = {ref for key in keys if key.follow is not None for _, ref, _ in key.follow.uses}
    for number, key in enumerate(keys):
        if place == 1:
            continue
        turn = 0 if place == 0 else place + 5 * number
        if key.input == "code":
            yield from in_code(key, turn)
            continue
        if key.input == "text":
            if turn % 4 != 3:
                yield key.ref, PROSE[turn % len(PROSE)]
            continue
        if key.choice is not None:
            yield f"{key.ref}_answer", f"{key.ref.replace('-', '_')} = {in_letters(key, turn)}"
            continue
        if place == CARRIES_ON and (key.follow is not None or key.ref in used):
            yield f"{key.ref}_answer", f"{key.ref.replace('-', '_')} = {carried_on(key, keys)}"
            continue
        said = [right(key), *(repr(float(claim.value)) for claim in key.claims)]
        said += [sort(key) for sort in (in_words, wrong_unit, power_of_ten, blank, garbled, loop, near)]
        yield f"{key.ref}_answer", f"{key.ref.replace('-', '_')} = {said[turn % len(said)]}"


CARRIES_ON: Final = 3
"""The place of one who makes a slip wherever a later part builds on the answer, and goes on rightly with it."""

PROSE = (
    "The batch that is wanted does not fit, so it is cut up; the gradients are summed and the optimizer steps once.",
    "I think that it has to do with memory, but I am <b>not</b> sure. $\\sqrt{L}$?",
    "It is needed because small updates vanish: they lie below half the spacing of the format.",
)
"""Prose, for a person to mark: some of it to the point, none of it to be obeyed by a browser."""


def in_letters(key: Key, turn: int) -> str:
    """Answer with letters: all that are right, one of them, one that is not, one that is not printed, or in words."""
    assert key.choice is not None
    options = [option.letter for option in key.choice.options]
    wrong = [letter for letter in options if letter not in key.choice.expected]
    sorts = [as_typed(key), as_typed(key, options), as_typed(key, (wrong or options)[:1]), '"the one above"', "..."]
    return [*sorts, as_typed(key), '"Z"'][turn % 7]


FILLS = (
    {"1": "loss = loss / accumulation_steps\nloss.backward()", "2": "optimizer.step()\noptimizer.zero_grad()"},
    {"1": "loss.backward()", "2": "optimizer.step()\noptimizer.zero_grad()"},
    {"1": "(loss / accumulation_steps).backward()", "2": "optimizer.step()"},
    {"1": "loss.backward(", "2": "optimizer.step()"},
    {"1": "while True:\n    pass", "2": "optimizer.step()"},
    {"1": "import os\nos.environ.clear()\nos.kill(1, 9)\nos._exit(0)", "2": "optimizer.step()"},
    {"1": "torch.allclose = lambda *a, **k: True\nloss = type('T', (), {'__eq__': lambda *a: True})()", "2": "pass"},
    {"1": "open('/etc/passwd', 'a').write('x')\nloss.backward()", "2": "optimizer.step()\noptimizer.zero_grad()"},
)
"""Ways to fill in the loop: right, not divided, never cleared, not Python, without end, and hostile ones."""


def in_code(key: Key, turn: int) -> Iterator[tuple[str, str]]:
    """Yield the cells of a part that asks for code."""
    assert key.code is not None
    if key.grader == "fill":
        yield f"{key.ref}_answer", filled(key.code.listing, FILLS[turn % len(FILLS)])
        return
    on = [option for option in key.code.options if option.on]
    never = [option for option in key.code.options if not option.on and not option.neutral]
    lines = [line_of(option) for option in (*on, *never)]
    claims = list(zip(lines, (option.letter for option in (*on, *never)), strict=True))
    chosen = [claims[: len(on)], claims[:1], claims[:1] + claims[-1:], claims[-2:], claims[: len(on)]][turn % 5]
    yield f"{key.ref}_answer", f"{key.ref.replace('-', '_')} = {chosen!r}"
    if turn % 5 == 0:
        yield f"{key.ref}_repair", key.code.reference


def line_of(option: Option) -> int:
    """Return a line at which a claim counts."""
    return option.lines[0] if option.lines else 1


def value(key: Key) -> str:
    """Return the key as a candidate would type it."""
    assert key.answer is not None
    return str(key.answer) if isinstance(key.answer, int) else repr(float(key.answer))


def right(key: Key) -> str:
    """Answer rightly, as Python."""
    return f"{value(key)}  # {key.unit or 'no unit'}"


def carried_on(key: Key, keys: tuple[Key, ...]) -> str:
    """Make the first known slip; in a part that uses others, go on rightly with the slips made there."""
    if key.follow is None:
        return f"{_slip(key).value}  # a slip"
    by_ref = {each.ref: each for each in keys}
    again = rebound(key, {name: _slip(by_ref[ref]).value for name, ref, _ in key.follow.uses})
    assert again is not None
    return f"{again.answer}  # as it follows from before"


def _slip(key: Key) -> Claim:
    return next(claim for claim in key.claims if claim.kind == "slip")


def in_words(key: Key) -> str:
    """Answer rightly, as text with its unit."""
    unit = "" if key.unit in (None, "count") else f" {key.unit}"
    return f'"≈ {value(key)}{unit}"'


def wrong_unit(key: Key) -> str:
    """Answer in a unit that measures something else."""
    return f'"{value(key)} {"hours" if key.unit != "h" else "GB"}"'


def power_of_ten(key: Key) -> str:
    """Miss by a factor of a hundred."""
    return f"100 * {value(key)}"


def near(key: Key) -> str:
    """Miss a little."""
    return f"1.03 * {value(key)}"


def blank(key: Key) -> str:
    """Leave the cell as it was handed out."""
    return "..."


def garbled(key: Key) -> str:
    """Write something that is no number."""
    return '"see the attached sheet"'


def loop(key: Key) -> str:
    """Compute the answer in a way that only running tells."""
    return f"sum(x for x in [{value(key)}])"


def zipped(content: bytes) -> bytes:
    """Put a notebook into an archive, as some systems do before they hand it on."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.ipynb", content)
    return packed.getvalue()


def altered(content: bytes) -> bytes:
    """Let a candidate change what a locked cell is worth, and what it says."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        own = cell["metadata"].get("nbgrader", {})
        if own.get("locked"):
            own["points"] = 100
            cell["source"] = "print('all correct')"
    return json.dumps(notebook).encode()


DAMAGE: Final[dict[int, Callable[[bytes], bytes]]] = {
    5: lambda content: content[: 2 * len(content) // 3],  # the upload broke off
    9: zipped,
    13: altered,
    17: lambda content: content.decode().encode("utf-16"),
    22: lambda content: b"",
}
"""What became of a file on the way, by the candidate's place in the class."""
