"""The graders of code: tables of what was seen and what it earns, and the laws behind them."""

from __future__ import annotations

import base64
import json
from math import comb
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from autograder import kinds
from autograder.coding.marks import REASONS, CodeSettings
from autograder.graders.bughunt import guessed, scored, settings_of
from autograder.marking import mark_part
from autograder.model import Key, Mark, Observation, Response, Run
from autograder.yamlsrc import read_yaml
from tests.observed import code_key, run, seen

HERE = Path(__file__).parent
CODE = ("fill", "implement", "fix", "bughunt")


def table(name: str) -> list[Any]:
    groups = read_yaml(HERE / f"{name}.yaml").data
    return [pytest.param(group, row, id=f"{row[0]!r}"[:80]) for group in groups for row in group["rows"]]


def given_answer(value: Any) -> Response:
    return Response(ref="made-a", state="given", value=value)


def whole(mark: Mark) -> Mark:
    """A mark that can be saved and read again, and is what the interface says."""
    assert Mark.model_validate_json(mark.model_dump_json()) == mark
    json.dumps(mark.detail, allow_nan=False)
    assert {"checks", "output"} <= mark.detail.keys()
    assert mark.reason in (*REASONS, "error")
    assert (mark.score is None) == (mark.state == "error") == (mark.reason == "error")
    assert mark.feedback
    return mark


def made(draw: dict[str, Any]) -> Run:
    return run({name: notes for name, notes in draw.items() if name != "run"}, **draw.get("run", {}))


@pytest.mark.parametrize(("group", "row"), table("implement"))
@pytest.mark.parametrize("grader", ["implement", "fill", "fix", "bughunt"])
def test_what_was_seen_decides(grader: str, group: dict[str, Any], row: list[Any]) -> None:
    draws, share, reason, *more = row
    total = sum(check["points"] for check in group["checks"])
    # a bug hunt for whose repair there are as many points as for the claims
    hunt = {"settings": {"cap": total, "repair": total}, "points": 2 * total} if grader == "bughunt" else {}
    key = code_key(grader, group["checks"], listing="# BLANK 1", **hunt)  # type: ignore[arg-type]
    value = {"fill": {"1": "x"}, "bughunt": {"claims": [], "repair": "x"}}.get(grader, "x")
    observed = None if draws is None else seen([made(draw) for draw in draws], made(group["reference"]))
    mark = whole(mark_part(key, given_answer(value), observed))
    says = more[0] if more else {}
    assert says.get("feedback", "") in mark.feedback
    assert [each["id"] for each in mark.detail["checks"]] == [check["id"] for check in group["checks"]]
    if share is None:
        assert (mark.state, mark.score) == ("error", None)
        return
    assert mark.state == "graded", mark.feedback
    assert mark.score == pytest.approx(share * total)
    if grader != "bughunt":
        assert mark.reason == reason
    assert sum(each["points"] for each in mark.detail["checks"]) == pytest.approx(share * total)
    if "earned" in says:
        assert [each["points"] for each in mark.detail["checks"]] == says["earned"]
    if "why" in says:
        assert [each["why"] for each in mark.detail["checks"]] == says["why"]
    assert mark.detail["output"] == says.get("output", "")


@pytest.mark.parametrize(("group", "row"), table("bughunt"))
def test_claims(group: dict[str, Any], row: list[Any]) -> None:
    claims, score, reason, *more = row
    key = code_key("bughunt", options=group["options"], settings=group["settings"], points=group["points"])
    mark = whole(mark_part(key, given_answer({"claims": claims, "repair": None}), None))
    assert (mark.score, mark.reason) == (pytest.approx(score, abs=1e-5), reason), mark.feedback
    says = more[0] if more else {}
    assert says.get("feedback", "") in mark.feedback
    assert len(mark.detail["claims"]) == len(claims)
    assert all({"line", "fault", "score"} <= claim.keys() for claim in mark.detail["claims"])
    for field, name in (("verdicts", "verdict"), ("faults", "fault")):
        if field in says:
            assert [claim[name] for claim in mark.detail["claims"]] == says[field]


@pytest.mark.parametrize(("name", "group", "row"), [(n, *p.values) for n in ("fill", "fix") for p in table(n)])
def test_what_is_run(name: str, group: dict[str, Any], row: list[Any]) -> None:
    value, source, reason = row
    key = code_key(name, [{"id": "only", "points": 1, "say": "x"}], listing=group["listing"])
    response = given_answer(value)
    job = kinds.module_of("graders", name).job(key, response)
    if source is not None:
        assert job.files["submission.py"] == source
        assert job.entry == "probe:probe"
        return
    assert job is None
    mark = whole(mark_part(key, response, None))
    assert (mark.score, mark.reason) == (0, reason)


@pytest.mark.parametrize("grader", CODE)
@pytest.mark.parametrize("state", ["blank", "unreadable"])
def test_nothing_runs_for_an_answer_that_is_none(grader: str, state: Any) -> None:
    key = code_key(grader, [{"id": "only", "points": 1, "say": "x"}], options=[{"on": True}])
    response = Response(ref="made-a", state=state, hint="Say it again." if state == "unreadable" else "")
    assert kinds.module_of("graders", grader).job(key, response) is None
    mark = whole(mark_part(key, response, None))
    assert (mark.score, mark.reason) == (0, state)
    assert ("Say it again." in mark.feedback) == (state == "unreadable")


def test_the_settings_reach_the_job() -> None:
    checks = [{"id": "only", "points": 1, "say": "x"}]
    written = {"cpu": 3, "wall": 7.5, "memory": 512, "steps": 4, "gpu": "prefer"}
    job = kinds.module_of("graders", "implement").job(
        code_key("implement", checks, settings=written), given_answer("x")
    )
    assert job.limits == {"cpu": 3, "wall": 7.5, "memory": 512 << 20}
    assert (len(job.steps), job.gpu) == (4, "prefer")


@pytest.mark.parametrize(
    "written", [{"cpu": 0}, {"steps": -1}, {"memory": 0}, {"gpu": "always"}, {"wall": 0}, {"tries": 3}]
)
def test_settings_that_cannot_be_are_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CodeSettings.model_validate_json(json.dumps(written))


def test_a_hint_of_the_reading_is_passed_on() -> None:
    key = code_key("fill", [{"id": "only", "points": 1, "say": "x"}], listing="# BLANK 1")
    response = Response(ref="made-a", state="given", value={"1": "x"}, hint="Lines were changed.")
    good = run({"only": 1})
    assert mark_part(key, response, seen([good], good)).feedback.startswith("Lines were changed.\n✓")


def test_what_was_printed_is_cut_and_shown_safely() -> None:
    key = code_key("implement", [{"id": "only", "points": 1, "say": "x"}])
    good = run({"only": 1})
    loud = run({"only": 1}, output="\x1b[2J" + "x" * 100_000)
    mark = mark_part(key, given_answer("x"), seen([good, loud], good))
    assert mark.detail["output"].startswith("\\x1b[2Jxxx")
    assert len(mark.detail["output"]) < 5_000


HUNT = [
    {"fault": "one", "on": True, "lines": (1, 2)},
    {"fault": "two", "on": True},
    {"fault": "off", "lines": ()},
    {"fault": "odd", "on": True, "neutral": True},
    {},
]
REPAIRED = [{"id": "first", "say": "One is gone."}, {"id": "second", "say": "Two is gone."}]


def test_a_repair_is_told_but_earns_nothing_unless_it_is_to() -> None:
    answer = given_answer({"claims": [[1, "A"], [1, "B"]], "repair": "mended = True"})
    right, half = run({"first": 1, "second": 1}), run({"first": 1, "second": 0})
    key = code_key("bughunt", REPAIRED, HUNT, {"cap": 4}, points=4)
    mark = whole(mark_part(key, answer, seen([half], right)))
    assert (mark.score, mark.reason) == (4, "passed")
    assert "Your repaired listing:\n✓ One is gone.\n✗ Two is gone." in mark.feedback
    assert [each["passed"] for each in mark.detail["checks"]] == [True, False]
    failed = run(status="failed", failure={"type": "SyntaxError", "message": "bad", "file": "submission.py", "line": 1})
    assert "SyntaxError: bad in line 1" in mark_part(key, answer, seen([failed], right)).feedback
    unknown = mark_part(key, answer, None)
    assert (unknown.state, unknown.score) == ("graded", 4)
    assert "could not be checked" in unknown.feedback


def test_a_repair_may_earn_points_of_its_own() -> None:
    key = code_key("bughunt", REPAIRED, HUNT, {"cap": 4, "repair": 2}, points=6)
    right, half = run({"first": 1, "second": 1}), run({"first": 1, "second": 0})
    claims = [[1, "A"], [1, "C"]]
    answer = given_answer({"claims": claims, "repair": "mended = True"})
    assert mark_part(key, answer, seen([right], right)).score == 2
    assert mark_part(key, answer, seen([half], right)).score == 1
    error = whole(mark_part(key, answer, seen([run(status="unavailable", why="no device")], right)))
    assert (error.state, len(error.detail["claims"])) == ("error", 2)
    # claims alone are marked without running anything
    assert mark_part(key, given_answer({"claims": claims, "repair": None}), None).score == 0
    assert kinds.module_of("graders", "bughunt").job(key, given_answer({"claims": claims, "repair": None})) is None
    assert kinds.module_of("graders", "bughunt").job(key, answer).files["submission.py"] == "mended = True"


def test_claims_beyond_counting_are_passed_over() -> None:
    key = code_key("bughunt", options=HUNT, settings={"cap": 4}, points=4)
    mark = mark_part(key, given_answer({"claims": [[1, "Z"]] * 10_000 + [[1, "A"]]}), None)
    assert (mark.score, len(mark.detail["claims"])) == (0, 60)


@pytest.mark.parametrize(
    ("options", "flaw"),
    [
        (HUNT, None),
        (HUNT[1:], "the listing has 1 of the faults: claims can earn 2 of 4 points"),
        ([*HUNT[1:], {"fault": "lost", "on": True, "lines": ()}], "there is no line at which the fault 'lost'"),
    ],
)
def test_variants_with_too_few_faults_are_found(options: list[dict[str, Any]], flaw: str | None) -> None:
    found = kinds.module_of("graders", "bughunt").flaw(
        code_key("bughunt", options=options, settings={"cap": 4}, points=4)
    )
    assert (found or "").startswith(flaw or "")
    assert (found is None) == (flaw is None)


@pytest.mark.parametrize("claims", [1, 2, 3])
def test_the_guessing_score_is_that_of_all_guesses(claims: int) -> None:
    lines = 4
    key = code_key("bughunt", options=HUNT, settings={"cap": 4}, points=4, listing="\n".join("abcd"))
    assert key.code is not None
    total = 0.0
    options = key.code.options

    def every(start: int, chosen: list[list[Any]]) -> None:
        nonlocal total
        if len(chosen) == claims:
            earned = sum(each.score for each in scored(options, chosen, settings_of(key)))
            total += min(max(earned, 0), 4) / lines**claims
            return
        for place in range(start, len(options)):
            for line in range(1, lines + 1):
                every(place + 1, [*chosen, [line, options[place].letter]])

    every(0, [])
    assert guessed(key)[claims - 1] == pytest.approx(total / comb(len(options), claims))
    assert len(guessed(key)) == len(options)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["checks", "first", "second", "saw", "raised", "spent", "whole", "remarks", "value", "float"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
RUNS = st.builds(
    Run,
    key=st.just(""),
    status=st.sampled_from(["ok", "ok", "ok", "failed", "crashed", "timeout", "unavailable", "error"]),
    data=ANYTHING | st.fixed_dictionaries({"checks": st.dictionaries(st.sampled_from(["first", "second"]), ANYTHING)}),
    reports=st.lists(ANYTHING, max_size=3).map(tuple),
    blob=st.text(max_size=20) | st.binary(max_size=60).map(lambda data: base64.b64encode(data).decode()),
    labels=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2),
    output=st.text(max_size=20),
    failure=st.none() | st.dictionaries(st.sampled_from(["type", "message", "file", "line", "source"]), ANYTHING),
    why=st.text(max_size=20),
)
GOOD = run({"first": 1, "second": {"a": [1.5, None]}}, {"first/x": [1.0, 2.0]}, [("first", "one", {"y": 2})])


@given(
    st.sampled_from(CODE),
    st.none() | st.lists(RUNS | st.just(GOOD), max_size=3),
    ANYTHING | st.builds(lambda c, r: {"claims": c, "repair": r}, ANYTHING, ANYTHING),
)
@settings(max_examples=400)
def test_whatever_a_run_holds_gets_the_same_whole_mark_twice(grader: str, runs: Any, value: Any) -> None:
    checks = [{"id": "first", "points": 1, "say": "x"}, {"id": "second", "points": 1, "say": "y"}]
    key = code_key(grader, checks, HUNT, {"cap": 2, "repair": 0} if grader == "bughunt" else {}, listing="# BLANK 1")
    response = Response.model_construct(ref="made-a", state="given", value=value, source="", hint="")
    observed = None if runs is None else Observation(ref="made-a", runs=tuple(runs), reference=(GOOD,) * len(runs))
    mark = mark_part(key, response, observed)
    assert "The grader" not in mark.feedback, mark.feedback
    assert mark == mark_part(key, response, observed)
    assert mark.score is None or 0 <= mark.score <= mark.points
    assert {"checks", "output"} <= mark.detail.keys()
    json.dumps(mark.detail, allow_nan=False)
    json.dumps(mark.feedback).encode()
    mark.feedback.encode()
    if mark.reason == "passed" and grader != "bughunt":
        assert runs
        assert all(each == GOOD or each.data is not None for each in runs)


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from("ABCDEFG")), max_size=12))
def test_one_more_wrong_claim_never_helps(claims: list[tuple[int, str]]) -> None:
    key = code_key("bughunt", options=HUNT, settings={"cap": 4}, points=4)

    def score(said: list[Any]) -> float:
        return mark_part(key, given_answer({"claims": said}), None).score or 0.0

    assert score([*claims, (1, "E")]) <= score(claims)
    assert 0 <= score(list(claims)) <= 4


def test_a_bug_hunt_key_can_be_scaled_by_the_exam() -> None:
    key: Key = code_key("bughunt", options=HUNT, settings={"cap": 4}, points=8)
    assert mark_part(key, given_answer({"claims": [[1, "A"]]}), None).score == 4
