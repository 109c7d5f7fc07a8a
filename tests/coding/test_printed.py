"""What a part that asks for code prints and is marked by: the same for the same values, with no trace of a key."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from autograder.answers import response_to
from autograder.coding.listing import filled, same_code
from autograder.coding.printed import literal
from autograder.errors import RenderError
from autograder.formula import evaluate
from autograder.key import keys_of
from autograder.model import Key, KeySheet, Paper, Variant
from autograder.variant import plan, show
from tests.coded import (
    CODED,
    FILES,
    LISTING,
    STARTER,
    coded_paper,
    coded_question,
    drawn,
    key_named,
    load_coded,
    seeded,
)

ASK = coded_question()
FAULTY = """\
class Layer:
    def __init__(self, inner, rank=4):
        self.inner = inner
        self.scale = 0.4 / rank
        self.b = zeros(rank)

    def forward(self, x):
        # the base stays as it is
        return self.inner(x) + (x @ self.b)"""


def keys() -> tuple[Key, ...]:
    return keys_of(ASK, drawn())


def shown() -> Variant:
    return show(ASK, drawn())


def test_a_part_prints_its_listing_with_the_drawn_words_and_numbers() -> None:
    blanks, whole, mend, hunt = shown().parts
    assert blanks.listing == LISTING.replace("model", "net").replace("STEPS", "4").rstrip("\n")
    assert (blanks.options, blanks.starter) == ((), None)
    assert (whole.listing, whole.starter, whole.options) == (None, STARTER, ())
    assert (mend.listing, mend.starter, mend.options) == (FAULTY, None, ())
    assert hunt.listing == hunt.starter == FAULTY, "the listing stands once more, to be mended"
    assert len(hunt.options) == 4 + 2


def test_a_key_says_what_is_right() -> None:
    code = key_named(keys(), "hunt").code
    assert code is not None
    ast.parse(code.reference)
    assert "inner.parameters()" in code.reference
    assert tuple(option.say for option in code.options) == shown().parts[3].options
    assert "".join(option.letter for option in code.options) == "ABCDEF"
    by_fault = {option.fault: option for option in code.options}
    assert {name: option.on for name, option in by_fault.items()} == {
        "frozen": True, "scaling": True, "zero_b": False, "taste": False, None: False,
    }  # fmt: skip
    assert by_fault["frozen"].lines == (3, 4), "a missing loop may be named on either side"
    assert by_fault["frozen"].say == "`inner` is not frozen."
    assert by_fault["scaling"].lines is None
    assert by_fault["taste"].neutral
    assert by_fault["taste"].lines == (4, 9), "lines of the reference, where they have come to"
    assert code.values == drawn()


def test_a_key_without_claims_still_has_its_code() -> None:
    assert [key.code for key in keys_of(ASK, drawn(), claims=False)] == [key.code for key in keys()]
    assert key_named(keys(), "blanks").code.checks[0].say == "It is divided by 4."  # type: ignore[union-attr]
    assert not any(key.problem for key in keys())


def test_what_is_filled_or_mended_is_what_the_reference_says() -> None:
    code = key_named(keys(), "blanks").code
    assert code is not None
    done = filled(code.listing, {"1": "(loss / 4).backward()", "2": "step()"})
    assert same_code(done, code.reference)


def test_the_order_of_options_is_the_same_each_time_and_differs_between_variants() -> None:
    again = key_named(keys_of(coded_question(), drawn()), "hunt").code
    assert again == key_named(keys(), "hunt").code
    orders = Counter(show(ASK, seeded(number)).parts[3].options for number in range(40))
    assert len(orders) > 20
    first = Counter(key_named(keys_of(ASK, seeded(number)), "hunt").code.options[0].fault for number in range(200))  # type: ignore[union-attr]
    assert set(first) == {"frozen", "zero_b", "scaling", "taste", None}
    assert min(first.values()) > 10, "no claim has a place of its own"


def test_every_variant_is_python_and_has_the_faults_that_were_drawn() -> None:
    for number in range(30):
        values = seeded(number)
        listing = show(ASK, values).parts[3].listing or ""
        ast.parse(listing)
        assert ("randn" in listing) == ("zero_b" in values["on"])
        assert ("requires_grad" not in listing) == ("frozen" in values["on"])
        assert f"rank={values['n']})" in listing


def test_records_are_saved_and_read_back_as_they_were() -> None:
    paper, sheet = coded_paper(), KeySheet(exam="e", code="c", keys=keys())
    assert Paper.model_validate_json(paper.model_dump_json()) == paper
    assert KeySheet.model_validate_json(sheet.model_dump_json()) == sheet


def test_a_candidates_paper_holds_nothing_of_the_key() -> None:
    written = coded_paper().model_dump_json()
    for secret in (
        "parameters()",
        "requires_grad",
        "divided",
        "backward",
        "neutral",
        "It is scaled",
        "channel",
        "doubles",
    ):
        assert secret not in written, secret


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("say: There is no dropout.", "say: There is none.", False),
        ("say: It is too slow.", "say: It is slow.", False),
        ("[\"zeros(rank)\", \"randn(rank)\"]", "[\"zeros(rank)\", \"ones(rank)\"]", False),
        ("names: {model: net}", "names: {model: word}", False),
        ("say: It doubles.", "say: It doubles x.", True),
        ("points: 0.5, say: It steps", "points: 0.5, say: It steps once", True),
    ],
)  # fmt: skip
def test_a_mark_scheme_may_change_and_what_was_printed_may_not(tmp_path: Path, old: str, new: str, same: bool) -> None:
    assert old in CODED
    changed = load_coded(tmp_path, CODED.replace(old, new))
    assert (plan(changed).fingerprint == plan(ASK).fingerprint) is same


@pytest.mark.parametrize(
    ("file", "same"),
    [
        ("listing.py", False), ("starter.py", False), ("reference.py", False), ("filled.py", True),
        ("double.py", True), ("probe.py", True),
    ],
)  # fmt: skip
def test_files_that_were_printed_may_not_change(file: str, same: bool) -> None:
    changed = ASK.model_copy(update={"files": FILES | {file: f"# more\n{FILES[file]}"}})
    assert (plan(changed).fingerprint == plan(ASK).fingerprint) is same


def test_a_key_that_cannot_be_made_is_a_problem_and_a_paper_that_cannot_is_an_error() -> None:
    broken = ASK.model_copy(update={"files": {name: text for name, text in FILES.items() if name != "reference.py"}})
    assert "no file 'reference.py'" in key_named(keys_of(broken, drawn()), "hunt").problem
    assert not key_named(keys_of(broken, drawn()), "whole").problem
    with pytest.raises(RenderError, match=r"coded-mend: there is no file 'reference.py'"):
        show(broken, drawn())


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("4", "4"), ("0-4", "(-4)"), ("1/10", "0.1"), ("1/3", "(1/3)"), ("0-1/4", "(-0.25)"), ("1/10**8", "1e-08"),
        ("sqrt(2)", "1.4142135623730951"), ("3 > 2", "1"), ("oo", 'float("inf")'), ("0-oo", 'float("-inf")'),
        ("10**20", "100000000000000000000"), ("1/10**30", "1e-30"),
    ],
)  # fmt: skip
def test_a_constant_is_a_literal(formula: str, written: str) -> None:
    assert literal(evaluate(formula)) == written
    ast.parse(f"x = {written}**2")


# What staff say to a part, as tests and `tenfold try` do


@pytest.mark.parametrize(
    ("part", "said", "state", "value"),
    [
        ("blanks", {"1": "a()", "2": "b()"}, "given", {"1": "a()", "2": "b()"}),
        ("blanks", {1: "a()"}, "given", {"1": "a()", "2": ""}),
        ("blanks", {"BLANK 1": "a()"}, "given", {"1": "a()", "2": ""}),
        ("blanks", ["a()", "b()"], "given", {"1": "a()", "2": "b()"}),
        ("blanks", {"1": "pass"}, "given", {"1": "pass", "2": ""}),
        ("blanks", {"1": "", "2": "# later"}, "blank", None),
        ("blanks", {}, "blank", None),
        ("blanks", "", "blank", None),
        ("blanks", None, "blank", None),
        ("blanks", {"3": "a()"}, "unreadable", None),
        ("blanks", "loss.backward()", "unreadable", None),
        ("blanks", ["a", "b", "c"], "unreadable", None),
        ("blanks", 7, "unreadable", None),
        ("blanks", {"1": "x" * 200_000}, "unreadable", None),
        ("whole", "def double(x): return 2*x", "given", "def double(x): return 2*x"),
        ("whole", "%%time\nif x:\n    !ls\n    torch.nn?", "given", "pass\nif x:\n    pass\n    pass"),
        ("whole", "%%time\ndef double(x): return x?", "given", "pass\ndef double(x): return x?"),
        ("whole", "x = (a\n     % b)", "given", "x = (a\n     % b)"),
        ("whole", STARTER, "blank", None),
        ("whole", "", "blank", None),
        ("whole", "# todo", "blank", None),
        ("whole", {"1": "a"}, "unreadable", None),
        ("whole", 3, "unreadable", None),
        ("whole", "x" * 200_000, "unreadable", None),
        ("mend", FAULTY, "blank", None),
        ("mend", FAULTY + "\n", "blank", None),
        ("mend", "x = 1", "given", "x = 1"),
        ("hunt", [[3, "A"]], "given", {"claims": [[3, "A"]], "repair": None}),
        ("hunt", {"claims": "3 A"}, "given", {"claims": [[3, "A"]], "repair": None}),
        ("hunt", {3: "a"}, "given", {"claims": [[3, "A"]], "repair": None}),
        ("hunt", {"claims": [], "repair": "x = 1"}, "given", {"claims": [], "repair": "x = 1"}),
        ("hunt", {"claims": [], "repair": FAULTY}, "blank", None),
        ("hunt", "", "blank", None),
        ("hunt", "it is slow", "unreadable", None),
        ("hunt", {"claims": ["it is slow"]}, "unreadable", None),
    ],
)
def test_what_is_said_becomes_a_response(part: str, said: object, state: str, value: object) -> None:
    response = response_to(key_named(keys(), part), said)
    assert (response.state, response.value) == (state, value)
    assert (response.state == "unreadable") == bool(response.hint)


def test_staff_may_name_faults_by_their_ids() -> None:
    key = key_named(keys(), "hunt")
    assert key.code is not None
    letters = {option.fault: option.letter for option in key.code.options}
    for said, claims in [
        (["frozen"], [[3, letters["frozen"]]]),
        ([[7, "frozen"], "zero_b"], [[7, letters["frozen"]], [1, letters["zero_b"]]]),
        ("on", [[3, letters["frozen"]], [1, letters["scaling"]]]),
        ({"claims": ["on"], "repair": "x = 1"}, [[3, letters["frozen"]], [1, letters["scaling"]]]),
    ]:
        response = response_to(key, said)
        assert isinstance(response.value, dict)
        assert response.value["claims"] == claims
    wrong = response_to(key, ["off"]).value
    assert isinstance(wrong, dict)
    assert len(wrong["claims"]) == 3, "one fault that is off, two that were invented; the neutral one is not wrong"


def test_a_claim_that_cannot_be_read_is_told_beside_those_that_can() -> None:
    response = response_to(key_named(keys(), "hunt"), [[3, "A"], "it is slow"])
    assert response.value == {"claims": [[3, "A"]], "repair": None}
    assert "it is slow" in response.hint
