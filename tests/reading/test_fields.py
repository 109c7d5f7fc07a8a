"""What goes in and out of the reader besides text: shown numbers, whole readings, values, declared units."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from autograder.reading import Field, Reading, check_unit, read_number, show_number


@pytest.mark.parametrize(
    ("value", "field", "shown"),
    [
        (178 * 10**12, Field("FLOP"), "1.78e14 FLOP"),
        (28, Field("GB"), "28 GB"),
        (Fraction(25, 2), Field("%"), "12.5 %"),
        (36, Field("count"), "36"),
        (4194304, Field("count"), "4194304"),
        (10**7, Field("count"), "10000000"),
        (Fraction(1, 3), Field(), "0.3333"),
        (0, Field("s"), "0 s"),
        (Fraction(1, 10**6), Field(), "1e-6"),
        (-2.5, Field("USD"), "-2.5 USD"),
        (math.inf, Field(), "inf"),
        (123456.7, Field("MB"), "123500 MB"),
        (Fraction(1, 4), Field("probability"), "0.25"),
        (7 * 10**9, Field("count"), "7e9"),
        (1073872896, Field("count"), "1073872896"),
        (1073872896, Field(whole=True), "1073872896"),
        (1073872896, Field("FLOP"), "1.074e9 FLOP"),
        (2 * 10**20 + 1, Field("count"), "2e20"),
        (Fraction(100, 3), Field("count"), "33.33"),
    ],
)
def test_show_number(value: Fraction | float, field: Field, shown: str) -> None:
    assert show_number(value, field) == shown


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        (28, Field("GB"), Reading(28, None, in_base=Fraction(28, 10**9))),
        (28.0, Field("B"), Reading(28, None)),
        (0.016, Field("%"), Reading(0.016, None, in_base=1.6)),
        (Fraction(1, 3), Field(), Reading(Fraction(1, 3), None)),
        (16, Field("probability"), Reading(16, None)),
        ("28e9", Field("GB"), Reading(28 * 10**9, None, in_base=28)),
        ("7200", Field("h"), Reading(7200, None, in_base=2)),
        ("178e12", Field("TFLOP"), Reading(178 * 10**12, None, in_base=178)),
        ("28 GB", Field("GB"), Reading(28, None, unit="GB")),
        ("1500 tokens per second", Field("token/s"), Reading(1500, None, unit="token/s")),
        ("$2.50/GPU-hour", Field("USD/GPU-hour"), Reading(Fraction(5, 2), None, unit="USD/GPU-hour")),
        ("1.6 %", Field("%"), Reading(Fraction(8, 5), None, unit="%")),
    ],
)
def test_the_whole_reading(said: str | float, field: Field, expected: Reading) -> None:
    assert read_number(said, field) == expected


@pytest.mark.parametrize(
    ("said", "reason", "value"),
    [
        (math.nan, "nonfinite", None),
        (math.inf, "nonfinite", math.inf),
        (-math.inf, "nonfinite", -math.inf),
        (True, "unreadable", None),
        (None, "blank", None),
        ([28], "unreadable", None),
        (10**400, "nonfinite", math.inf),
        (2 + 1j, "unreadable", None),
    ],
)
def test_values_that_are_no_answer(said: object, reason: str, value: float | None) -> None:
    reading = read_number(said, Field("GB"))
    assert (reading.reason, reading.value) == (reason, value)


def test_a_number_without_its_required_unit() -> None:
    assert read_number(28, Field("GB", unit_rule="required")).reason == "missing_unit"


@pytest.mark.parametrize(
    "name",
    [
        "FLOP",
        "TFLOP",
        "MB",
        "GiB",
        "count",
        "%",
        "probability",
        "GPU-hour",
        "s",
        "ms",
        "us",
        "h",
        "USD",
        "EUR",
        "FLOP/s",
        "GB/s",
        "token",
        "tokens/s",
        "B/token",
        "FLOP/B",
        "USD/GPU-hour",
        "bit",
        "bit/parameter",
        "samples/s",
        "kWh",
        "W",
        "J",
        "year",
        "GB/GPU",
        "FLOPS",
        "USD/(GPU*h)",
    ],
)
def test_units_that_a_part_may_declare(name: str) -> None:
    assert check_unit(name) is None
    assert read_number("2", Field(name)).value == 2
    assert read_number(f"2 {name}" if name not in ("count", "probability") else "2", Field(name)).value == 2


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("mb", "'MB'"),
        ("Mbyt", ""),
        ("gpu-hours", ""),
        ("parameters", "count"),
        ("layers", "count"),
        ("flops", "FLOPS"),
        ("percent", ""),
        ("", ""),
        ("m", ""),
        ("T", ""),
        ("GB/s/s", ""),
        ("GB//s", ""),
        ("x" * 500, ""),
    ],
)
def test_units_that_a_part_may_not_declare(name: str, hint: str) -> None:
    if name == "gpu-hours":
        assert check_unit(name) is None
        return
    problem = check_unit(name)
    assert problem is not None
    assert hint in problem
    if name:
        with pytest.raises(ValueError, match=r"unit|count"):
            read_number("2", Field(name))
