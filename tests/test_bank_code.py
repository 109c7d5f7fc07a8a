"""Everything wrong with a part that asks for code, and with the files beside its question, is told with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.bank import MAX_FILE, inspect_bank, load_bank
from autograder.coding.marks import CodeSettings, job_for
from autograder.key import keys_of
from autograder.variant import draw_values, with_given
from tests.coded import CODED, FILES, FILLED, LISTING, PROBE, REFERENCE, write_coded
from tests.conftest import ADDER, write_bank


def told(folder: Path) -> list[tuple[str, int, str]]:
    """File, line and words of every problem."""
    return [
        (Path(str(error.where)).name.rpartition(":")[0], int(str(error.where).rpartition(":")[2]), str(error))
        for error in inspect_bank(folder)[1]
    ]


def test_a_question_comes_with_the_code_beside_it(tmp_path: Path) -> None:
    bank = load_bank(write_coded(tmp_path))
    assert bank.questions["coded"].files == FILES
    assert not bank.broken


def beside_the_questions(folder: Path, **files: str) -> Path:
    """The coded question, whose probes import `shared`, with files in its topic's folder."""
    bank = write_coded(folder, probe=f"import json\nimport shared\n{PROBE}")
    for name, text in files.items():
        (bank / "code" / f"{name}.py").write_text(text)
    return bank


def test_a_probe_takes_along_what_it_imports_of_a_topics_code(tmp_path: Path) -> None:
    files = {"shared": "from further import ONE\n", "further": "ONE = 1\n", "unused": "TWO = 2\n"}
    question = load_bank(beside_the_questions(tmp_path, **files)).questions["coded"]
    assert question.files.keys() == FILES.keys()
    [key, *_] = keys_of(question, with_given(question, draw_values(question, b"seed")))
    assert key.code is not None
    assert key.code.shared == {"shared.py": files["shared"], "further.py": files["further"]}
    made = job_for(key, "x = 1", CodeSettings())
    assert made is not None
    assert made.files.keys() == {"submission.py", "probe.py", "shared.py", "further.py"}


def test_a_fault_in_a_topics_code_is_told_at_its_place(tmp_path: Path) -> None:
    bank = beside_the_questions(tmp_path, shared="x = 1\ndef broken(:\n")
    [(file, line, words)] = [row for row in told(bank) if row[0] == "shared.py"]
    assert (file, line) == ("shared.py", 2)
    assert str(bank / "code" / "shared.py") in words or "code/shared.py" in words


# [text of the question, what it is replaced by, lines from there to where the problem is told, words of the problem]
FAULTS = [
    ("listing: listing.py", "listing: listting.py", 0, "no file 'listting.py' beside the question"),
    ("listing: listing.py", "listing: ../listing.py", 0, "pattern"),
    ("listing: listing.py", "listing: double.py", 0, "the listing has no blanks"),
    ("    listing: listing.py\n", "", -4, "fill needs 'listing'"),
    ("    reference: filled.py\n    probe: probe.py\n", "    probe: probe.py\n", -5, "fill needs 'reference'"),
    ("    starter: starter.py\n", "    listing: listing.py\n", 0, "implement prints no listing"),
    ("    grader: fix\n", "    grader: fix\n    starter: starter.py\n", 1, "fix has no starter"),
    ("points: 1.5", "points: 1.25", -1, "the checks' points add up to 1.75, the part has 2"),
    ("id: steps", "id: divided", -2, "the check 'divided' stands here twice"),
    ("[= n =].\", why", "[= m =].\", why", 0, "'m' is not defined"),
    ("names: {model: net}", "names: {modle: net}", 0, "'modle' stands in none of listing.py, filled.py"),
    ("names: {model: net}", "names: {model: nett}", 0, "no param 'nett'"),
    ("names: {model: net}", "names: {model: n}", 0, "'n' may draw 2, which is no name"),
    ("net: {pick: [model, net]}", "net: {pick: [model, loader]}", 13, "'model' cannot become 'loader'"),
    ("net: {pick: [model, net]}", "net: {pick: [model, class]}", 13, "no free name"),
    ("constants: {STEPS: n}", "constants: {STEPS: m}", 0, "'m' is not defined"),
    ("constants: {STEPS: n}", "constants: {STEP: n}", 0, "'STEP' stands in none"),
    ("from: [frozen, zero_b,", "from: [frozen, zero,", 0, "draws 'zero', which is no fault"),
    ("on: {sample: {from: [frozen, zero_b, scaling], take: 2}}", "on: {integer: {low: 1, high: 3}}", 0, "is no fault"),
    ('"randn(rank)"]]', '"zeros(rank)"]]', 0, "this patch changes nothing"),
    ('["zeros(rank)",', '["zeroes(rank)",', 0, "'zeroes(rank)' stands nowhere in the reference"),
    ('["zeros(rank)",', '["self.",', 0, "'self.' stands 6 times in the reference"),
    ('"randn(rank)"]]', '"randn((rank)"]]', 0, "after this patch this is not Python"),
    ("lines: [6, 11]", "lines: [6, 99]", 0, "line 99 is beyond the end"),
    ("lines: [6, 11]", "lines: [0]", 0, "greater than or equal to 1"),
    ("lines: [6, 11]", "lines: some", 0, "'some'"),
    ("check: start", "check: begin", 0, "there is no check 'begin'"),
    ("id: taste", "id: scaling", -7, "the fault 'scaling' stands here twice"),
    ("say: There is no dropout.", 'say: "[= drop ]"', 0, "template is wrong"),
    ("title: Code\n", "title: Code\nfiles: {a.py: x}\n", 1, "no field 'files'"),
    ("title: Code\n", "title: Code\nshared: {a.py: x}\n", 1, "no field 'shared'"),
    ("title: Code\n", "title: Code\nfile: {a.py: x}\n", 1, "no field 'file'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "below", "words"), FAULTS, ids=[f"{n} {row[3]}" for n, row in enumerate(FAULTS)]
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, below: int, words: str) -> None:
    assert CODED.count(old) == 1
    found = told(write_coded(tmp_path, CODED.replace(old, new)))
    line = CODED[: CODED.index(old)].count("\n") + 1 + below
    assert [row[:2] for row in found if words in row[2]][:1] == [("question.yaml", line)], found


# [files, file and line of the problem, its words, how many problems]
BROKEN = [
    ({"listing": LISTING + "x = (\n"}, "listing.py", 7, "this is not Python", 1),
    ({"probe": "def probe(channel):\nreturn 1"}, "probe.py", 2, "this is not Python", 1),
    ({"unused": "x = ("}, "unused.py", 1, "this is not Python", 1),
    ({"unused": "x" * (MAX_FILE + 1)}, "unused.py", 1, "more than 200,000 characters", 1),
    ({"probe": "def test(channel): pass"}, "question.yaml", 19, "probe.py defines no function `probe`", 4),
    ({"filled": LISTING}, "filled.py", 4, "the blank 1 is not filled in the reference", 2),
    ({"listing": LISTING.replace("BLANK 2", "BLANK 1")}, "listing.py", 6, "the blank 1 stands here twice", 1),
    ({"listing": "STEPS = 3\n" + LISTING}, "listing.py", 1, "the constant 'STEPS' is given a value here", 1),
    ({"filled": f"{FILLED}print(f'{{model}}')\n"}, "filled.py", 7, "inside an f-string", 1),
    ({"reference": REFERENCE.replace("zeros(rank)", "ones(rank)")}, "question.yaml", 54, "stands nowhere", 2),
    ({"probe": None}, "question.yaml", 19, "no file 'probe.py'", 4),
]


@pytest.mark.parametrize(("files", "file", "line", "words", "count"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_fault_in_a_file_is_told_with_that_file(
    tmp_path: Path, files: dict[str, Any], file: str, line: int, words: str, count: int
) -> None:
    found = told(write_coded(tmp_path, **files))
    assert (file, line) in [row[:2] for row in found if words in row[2]], found
    assert len(found) == count, found


def test_patches_that_do_not_go_together_are_told(tmp_path: Path) -> None:
    text = CODED.replace('[["zeros(rank)", "randn(rank)"]]', '[["for p in base.parameters():", "for p in []:"]]')
    found = told(write_coded(tmp_path, text))
    assert all("frozen and zero_b do not go together" in row[2] for row in found), found
    assert len(found) == 2


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    write_coded(tmp_path)
    (tmp_path / "code" / "coded" / "probe.py").write_bytes(b"\xff\xfe")
    assert ("probe.py", 1) in [row[:2] for row in told(tmp_path) if "UTF-8" in row[2]]


def test_a_question_without_a_folder_has_no_files(tmp_path: Path) -> None:
    bank = write_bank(tmp_path, CODED)
    (bank / "sums" / "listing.py").write_text(LISTING)
    found = [row for row in told(bank) if "put the question into a folder, as coded/question.yaml" in row[2]]
    assert len(found) == 10


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("listing: a.py", "'listing' belongs to a part with `input: code`"),
        ("checks: [{id: a, say: b}]", "'checks' belongs"),
        ("names: {a: b}", "'names' belongs"),
        ("proof: proof.py", "no file 'proof.py' beside the question"),
    ],
)
def test_a_part_that_asks_for_a_number_has_no_code(tmp_path: Path, field: str, words: str) -> None:
    text = ADDER.replace("    answer: total\n", f"    answer: total\n    {field}\n")
    assert any(words in row[2] for row in told(write_bank(tmp_path, text)))


def test_a_proof_defines_its_function(tmp_path: Path) -> None:
    text = CODED.replace("    grader: fill\n", "    grader: fill\n    proof: double.py\n")
    assert [row[:2] for row in told(write_coded(tmp_path, text)) if "no function `proof`" in row[2]] == [
        ("question.yaml", 23)
    ]
