"""YAML by the rules of version 1.2, with the line of every node."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.errors import BankError
from autograder.yamlsrc import MAX_NODES, parse_yaml, read_yaml


def data(text: str, *, text_only: bool = False) -> Any:
    return parse_yaml(text, "t.yaml", text_only=text_only).data


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("2026-12-01", "2026-12-01"),
        ("true", True),
        ("True", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("none", "none"),
        ("=", "="),
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1.5e-3", 0.0015),
        ("-2E+2", -200.0),
        ("1.2.3", "1.2.3"),
        ("e3", "e3"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("'no'", "no"),
        ("d_s != s", "d_s != s"),
        ("3*forward", "3*forward"),
        ("1/0", "1/0"),
        ("7 # a comment", 7),
        ("a#b", "a#b"),
        ("<<", "<<"),
        ("nan", "nan"),
        ("9" * 30, int("9" * 30)),
    ],
)
def test_scalars(written: str, wanted: Any) -> None:
    found = data(f"k: {written}")["k"]
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize("written", ["7", "1.50", "true", "no", "0x1F", "1e3", "2026-12-01", "'7'"])
def test_candidates_scalars_stay_as_written(written: str) -> None:
    assert data(f"k: {written}", text_only=True) == {"k": written.strip("'")}


def test_keys_are_strings() -> None:
    assert data("1: a\nno: b\n2.5: c\n") == {"1": "a", "no": "b", "2.5": "c"}


def test_lines() -> None:
    source = parse_yaml(
        "id: q\n\nparts:\n  - id: a\n    slips: [{name: x},\n            {name: y}]\n  - id: b\n", "bank/q.yaml"
    )
    assert source.place("id") == "bank/q.yaml:1"
    assert source.place("parts") == "bank/q.yaml:3"
    assert source.place("parts", 0, "slips", 1, "name") == "bank/q.yaml:6"
    assert source.place("parts", 1, "id") == "bank/q.yaml:7"
    assert source.place("parts", 1, "missing", "deeper") == "bank/q.yaml:7", "the nearest node above"
    assert source.place("nowhere") == "bank/q.yaml:1"
    assert source.place() == "bank/q.yaml:1"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands here twice"),
        ("p:\n  x: 1\n  x: 2\n", 3, "'x' stands here twice"),
        ("1: a\n'1': b\n", 2, "twice"),
        ("a: [1, 2\nb: 3\n", 2, "not YAML"),
        ("a:\n\t- 1\n", 2, "not YAML"),
        ("a: b: c\n", 1, "not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("a: !!python/object/apply:os.system ['true']\n", 1, "tag"),
        ("a: !secret x\n", 1, "tag"),
        ("a: 1\n? [1, 2]\n: b\n", 2, "single word"),
        ("a: *nobody\n", 1, "not YAML"),
        ("a: \x01\n", 1, "not YAML"),
    ],
)
def test_faults_have_a_line(text: str, line: int, words: str) -> None:
    with pytest.raises(BankError) as raised:
        data(text)
    assert raised.value.where == f"t.yaml:{line}"
    assert words in raised.value.problem


def test_an_alias_is_followed() -> None:
    assert data("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize("width", [2, 9])
def test_a_bomb_of_aliases_is_refused_at_once(width: int) -> None:
    depth = 40
    lines = ["l0: &l0 [x, x]"] + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * width)}]" for n in range(1, depth)]
    began = time.perf_counter()
    with pytest.raises(BankError, match=f"{MAX_NODES:,} nodes"):
        data("\n".join(lines))
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("text", ["a: &x\n  b: *x\n", "&x [*x]", "[" * 50_000, "- " * 50_000, "{a: " * 3_000])
def test_what_never_ends_is_refused(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(BankError):
        data(text)
    assert time.perf_counter() - began < 5


@given(st.text(max_size=200))
@example("\ud800")
@example("a: \udfff")
@example("a: \x85b")
def test_any_text_is_data_or_a_bank_error(text: str) -> None:
    for text_only in (False, True):
        try:
            data(text, text_only=text_only)
        except BankError as error:
            assert error.where is not None
            assert error.where.startswith("t.yaml:")


def test_files(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(BankError, match="not UTF-8") as raised:
        read_yaml(path, "latin.yaml")
    assert raised.value.where == "latin.yaml"
    assert "byte 10" in raised.value.hint
    path.write_text("\ufefftitle: x\n", encoding="utf-8")
    assert read_yaml(path).data == {"title": "x"}
