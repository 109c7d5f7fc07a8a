"""Every spelling of the table is read as a fair examiner would."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder.reading import Field, read_number

TABLE = yaml.safe_load(Path(__file__).with_name("numbers.yaml").read_text(encoding="utf-8"))


def spellings() -> list[Any]:
    """Return one case a spelling: what is said, the field, what is expected."""
    cases = []
    for entry in TABLE:
        field = Field(entry.get("unit"), entry.get("whole", False), entry.get("rule", "optional"))
        said = entry["say"] if isinstance(entry["say"], list) else [entry["say"]]
        cases += [pytest.param(say, field, entry, id=f"{field.unit}: {say!r}"[:60]) for say in said]
    return cases


@pytest.mark.parametrize(("say", "field", "entry"), spellings())
def test_spelling(say: object, field: Field, entry: dict[str, Any]) -> None:
    reading = read_number(str(say), field)
    if "reason" in entry:
        assert reading.reason == entry["reason"], reading
        assert reading.value is None or entry["reason"] in ("nonfinite", "missing_unit")
    elif "ends" in entry:
        assert reading.reason is None, reading
        assert reading.ends == tuple(entry["ends"]), reading
    else:
        assert reading.reason is None, reading
        assert reading.value is not None, reading
        assert math.isclose(reading.value, Fraction(entry["value"]), rel_tol=1e-12), reading
        assert isinstance(reading.value, float) or Fraction(reading.value) == Fraction(entry["value"])


def test_table_is_long() -> None:
    assert len(spellings()) >= 400
