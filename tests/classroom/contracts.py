"""What the readers of our reports ask for, written down from their own documentation and code, to test against.

The reporter is decoded as `autograding-grading-reporter` decodes: its table by counting tests that pass, its notice by
adding scores. A later version of it adds scores in the table too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema

_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string", "minLength": 1}
_INSTANT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"}

RUNNER_RESULT: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "status", "max_score", "tests"],
    "properties": {
        "version": {"enum": [1, 3]},
        "status": {"enum": ["pass", "fail", "error"]},
        "max_score": {"type": "number", "minimum": 0},
        "tests": {
            "type": "array",
            "minItems": 1,  # the table would be NaN
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": [
                    "name", "status", "score", "message", "test_code", "filename", "line_no", "duration"
                ],
                "properties": {
                    "name": {"type": "string", "minLength": 1, "pattern": r"^[^\r\n]+$"},
                    "status": {"enum": ["pass", "fail", "error"]},
                    "score": {"type": "number", "minimum": 0},
                    "message": {"type": "string", "pattern": r"^[^\r\n]*$"},
                    "test_code": {"type": "string"},
                    "filename": {"type": "string"},
                    "line_no": _COUNT,
                    "duration": {"type": "number", "minimum": 0},
                },
            },
        },
    },
}  # fmt: skip

CLASSROOM50: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release", "review",
        "datetime", "score", "max-score", "tests",
    ],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        "classroom": _TEXT,
        "assignment": _TEXT,
        "assignment_type": {"enum": ["individual", "group", "team"]},
        "owner": _TEXT,
        "submission": {"type": "string", "pattern": "^submit/"},
        "commit": _TEXT,
        "release": _TEXT,
        "review": _TEXT,
        "datetime": _INSTANT,
        "graded_at": _INSTANT,
        "score": _COUNT,
        "max-score": _COUNT,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": _TEXT, "passed": {"type": "boolean"}, "score": _COUNT, "max-score": _COUNT
                },
            },
        },
    },
}  # fmt: skip

_SEEN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
GRADESCOPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": _FORMAT,
        "test_output_format": _FORMAT,
        "test_name_format": _FORMAT,
        "visibility": _SEEN,
        "stdout_visibility": _SEEN,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "dependentRequired": {"score": ["max_score"], "max_score": ["score"]},
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": _FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": _FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": {"const": "visible"},  # any other may hide the student's total
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}


def check(document: Any, schema: Mapping[str, Any]) -> None:
    """Raise unless a document is as its reader asks."""
    jsonschema.Draft202012Validator(schema).validate(document)


@dataclass(frozen=True)
class Told:
    """What a reader makes of a report."""

    score: float
    points: float


@dataclass(frozen=True)
class Reported:
    """What the reporter shows: its table, its later table, its notice, and how it ends."""

    table: Told
    later_table: Told
    notice: Told
    failed: bool


def decoded(outputs: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the results of a step's outputs, by runner, each checked."""
    results = {name: json.loads(base64.b64decode(text, validate=True)) for name, text in outputs.items()}
    for result in results.values():
        check(result, RUNNER_RESULT)
    return results


def reporter(runners: str, environment: Mapping[str, str]) -> Reported:
    """Report as `autograding-grading-reporter` does, from its input and the environment of its step."""
    encoded = {name: environment[f"{name.strip().upper()}_RESULTS"] for name in runners.split(",")}
    results = list(decoded(encoded).values())
    passing = [sum(test["status"] == "pass" for test in result["tests"]) for result in results]
    counted = [
        passed / len(result["tests"]) * (result["max_score"] or 0)
        for passed, result in zip(passing, results, strict=True)
    ]
    added = [sum(test["score"] for test in result["tests"]) for result in results]
    points = sum(result["max_score"] for result in results)
    noticed = sum(score for score, result in zip(added, results, strict=True) if result["max_score"])
    return Reported(
        Told(sum(counted), points),
        Told(sum(added), points),
        Told(noticed, points),
        any(result["status"] in ("fail", "error") for result in results),
    )


def outputs_in(text: str) -> dict[str, str]:
    """Read the file of a step's outputs as Actions does: `name=value`, a line each."""
    return dict(line.split("=", 1) for line in text.splitlines())
