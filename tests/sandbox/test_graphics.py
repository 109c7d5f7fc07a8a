"""Which device a child is given, by what the driver tells; the files are written as drivers write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.sandbox.graphics import assigned, cuda_name, model

A, B = "GPU-8f6d1b2c-0000-1111-2222-333344445555", "GPU-8f77aaaa-0000-1111-2222-333344445555"
UNKNOWN = "GPU-????????-????-????-????-????????????"


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    for bus, identifier, minor in (("0000:17:00.0", B, 1), ("0000:65:00.0", A, 0), ("0000:b1:00.0", UNKNOWN, 4)):
        (tmp_path / bus).mkdir()
        (tmp_path / bus / "information").write_text(
            f"Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 23\nGPU UUID: \t {identifier}\n"
            f"Bus Type: \t PCIe\nBus Location: \t {bus}\nDevice Minor: \t {minor}\nGPU Excluded:\t No\n"
        )
    (tmp_path / "0000:ff:00.0").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("minor", "visible", "name"),
    [
        ("0", "", A),
        ("1", "0", B),
        ("1", "1,0", B),
        ("4", "", "0"),  # not started yet: the only one that can be opened is the first
        ("7", "", "0"),
        ("1", "MIG-1c2d/3/0", "MIG-1c2d/3/0"),
    ],
)
def test_a_child_is_given_the_identifier(driver: Path, minor: str, visible: str, name: str) -> None:
    assert cuda_name(minor, visible, driver) == name


@pytest.mark.parametrize(
    ("minors", "visible", "minor"),
    [
        ([], None, None),
        ([], "0", None),
        ([3], None, "3"),
        ([3], "0", "3"),
        ([0, 1], "1", "1"),
        ([0, 1], "2", None),
        ([0, 1], "", None),
        ([0, 1], "-1", None),
        ([0, 1], B, "1"),
        ([0, 1], "GPU-8f77", "1"),
        ([0, 1], "GPU-8f", None),  # either
        ([5], "GPU-8f", "5"),
        ([0, 1], "MIG-1c2d", None),
        ([5], "MIG-1c2d", "5"),
        ([0, 1], "NoDevFiles", None),
    ],
)
def test_the_assigned_device_is_found(driver: Path, minors: list[int], visible: str | None, minor: str | None) -> None:
    assert assigned(minors, visible, driver) == minor


def test_the_model_is_told(driver: Path) -> None:
    assert model("1", driver) == "NVIDIA H100 80GB HBM3"
    assert model("9", driver) == model("0", driver / "nowhere") == ""
