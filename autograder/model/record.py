"""The base of every record, and how exact numbers, formulas and names stand in YAML and JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema


class Record(BaseModel):
    """The base of every record: it cannot be changed, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:  # type: ignore[override]
        """Return a record of values that are known to be right, unchecked.

        pydantic's own goes through all fields each time, which for a class of hundreds takes a tenth of all marking.
        """
        prepared = _PREPARED.get(cls)
        if prepared is None:
            prepared = _PREPARED[cls] = _prepare(cls)
        blank, fresh = prepared
        made = cls.__new__(cls)
        fields = blank.copy()  # in the order of the fields, in which they are saved
        for name in fresh:
            if name not in values:
                fields[name] = blank[name].copy()
        fields.update(values)
        object.__setattr__(made, "__dict__", fields)
        object.__setattr__(made, "__pydantic_fields_set__", set(values) if _fields_set is None else _fields_set)
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made


_PREPARED: dict[type[BaseModel], tuple[dict[str, Any], tuple[str, ...]]] = {}


def _prepare(record: type[BaseModel]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return all fields with what stands there if nothing is given, and those whose default must not be shared."""
    blank = {
        name: None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
        for name, field in record.model_fields.items()
    }
    return blank, tuple(name for name, value in blank.items() if isinstance(value, dict | list | set))


_FRACTION = re.compile(r"-?\d+/0*[1-9]\d*\Z")


def _read_fraction(value: Any) -> Any:
    if isinstance(value, str) and _FRACTION.match(value):
        return Fraction(value)
    return value


def _read_infinity(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf") else value


def _read_written(value: Any) -> Any:
    # a decimal in YAML means that decimal, not the nearest float
    return Fraction(repr(value)) if isinstance(value, float) and math.isfinite(value) else value


def _write_fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _write_infinity(value: float) -> float | str:
    return str(value) if math.isinf(value) else value


def _formula_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(value) if isinstance(value, int | float) else value


_Fraction = Annotated[Fraction, BeforeValidator(_read_fraction), PlainSerializer(_write_fraction, return_type=str)]
_Float = Annotated[float, BeforeValidator(_read_infinity), PlainSerializer(_write_infinity, return_type=float | str)]

# The branches are tried in order, so that the many integers never leave pydantic's compiled code.
Exact = Annotated[int | _Fraction | _Float, Field(union_mode="left_to_right")]
"""An exact number; a fraction is saved as `"p/q"`."""

Item = Annotated[int | _Fraction | _Float | str, Field(union_mode="left_to_right")]
"""One drawn value: an exact number, or a word."""

Written = Annotated[
    int | Fraction | str,
    BeforeValidator(_read_written),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]
"""A value in a list that an author wrote: decimals are taken exactly."""

WrittenNumber = Annotated[int | Fraction, BeforeValidator(_read_written), WithJsonSchema({"type": "number"})]
"""A number that an author wrote, taken exactly."""

Values = dict[str, Item | tuple[Item, ...]]
"""Drawn values by name: numbers and words, or lists of them as `permutation` and `sample` draw them."""

Formula = Annotated[
    str,
    BeforeValidator(_formula_text),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}],
            "description": "a formula over params and givens",
        }
    ),
]
"""A formula as written; a bare number in YAML is one too."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Symbol = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.py$")]
Points = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


def word_and_settings(written: str | Mapping[str, Any]) -> tuple[str, Any]:
    """Return the kind an author named and the settings below it: `name` or `{name: settings}`.

    Raises:
        ValueError: the mapping has not exactly one key.
    """
    if isinstance(written, str):
        return written, {}
    if len(written) != 1:
        raise ValueError("write one word, or one word with its settings below it")
    [(word, settings)] = written.items()
    return word, {} if settings is None else settings


def written_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that somebody wrote in YAML or JSON as drawn values: decimals exact, lists as tuples."""
    return {
        name: tuple(_read_written(item) for item in value)
        if isinstance(value, list)
        else _read_written(_read_fraction(value))
        for name, value in values.items()
    }
