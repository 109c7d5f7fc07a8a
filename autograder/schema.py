"""The JSON Schema of what authors write, for editors that complete and check YAML as it is typed."""

from __future__ import annotations

from typing import Any, Final

from autograder import kinds
from autograder.model import Exam, Question

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def question_schema() -> dict[str, Any]:
    """Return the schema of a question file, with the settings of every distribution and grader that is installed."""
    schema = Question.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    params = schema["properties"]["params"]
    drawn = _kinds("distributions", definitions)
    params |= {"patternProperties": dict.fromkeys(params["patternProperties"], drawn), "additionalProperties": False}
    graders = _kinds("graders", definitions)
    for name, inputs in (("Part", kinds.INPUTS), ("Cell", kinds.CELLS)):
        definitions[name]["properties"]["input"]["enum"] = sorted(inputs)
        definitions[name]["properties"]["grader"] = graders
    return {"$schema": _DIALECT, **schema, "title": "A question of tenfold"}


def exam_schema() -> dict[str, Any]:
    """Return the schema of an exam file."""
    return {"$schema": _DIALECT, **Exam.model_json_schema(by_alias=True), "title": "An exam of tenfold"}


def _kinds(family: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of `word` or `{word: settings}`, and add the settings to the definitions."""
    words = sorted(kinds.available(family))
    choices: list[dict[str, Any]] = [{"enum": words}]
    for word in words:
        record = kinds.settings_of(family, word)
        settings: dict[str, Any] = {"type": "object", "maxProperties": 0}
        if record is not None:
            found = record.model_json_schema(by_alias=True)
            definitions |= found.pop("$defs", {})
            name = f"{family.removesuffix('s')}_{word}"
            definitions[name] = found
            settings = {"$ref": f"#/$defs/{name}"}
        short = _short_form(record)
        choices.append({
            "type": "object", "properties": {word: {"anyOf": [settings, *short]} if short else settings},
            "required": [word], "additionalProperties": False,
        })  # fmt: skip
    return {"anyOf": choices}


def _short_form(record: Any) -> list[dict[str, Any]]:
    """A record whose `values` may be written as a bare list (or, for a permutation, a count) says so by a validator."""
    if record is None or not any(
        "bare_list" in name for name in vars(record).get("__pydantic_decorators__").model_validators
    ):
        return []
    return [{"type": "array", "minItems": 1}, {"type": "integer", "minimum": 1}]
