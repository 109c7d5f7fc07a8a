"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import kinds
from tests.conftest import ROOT

PACKAGE = ROOT / "autograder"
FILES = sorted(PACKAGE.rglob("*.py"))
KINDS = [
    (family, word)
    for family in kinds.FAMILIES
    if (PACKAGE / family).is_dir()
    for word in sorted(kinds.available(family))
]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_import_inside_a_function(path: Path) -> None:
    for function in ast.walk(tree(path)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not inside


def public(module: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    inner
                    for inner in node.body
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_")
                )


@pytest.mark.parametrize("path", FILES, ids=named)
def test_what_is_public_has_a_docstring_and_functions_are_short(path: Path) -> None:
    module = tree(path)
    private = {node.name for node in module.body if isinstance(node, ast.ClassDef) and node.name.startswith("_")}
    assert not [node.name for node in public(module) if node.name not in private and not ast.get_docstring(node)]
    long = [
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 65
    ]
    assert not long


FORBIDDEN_WORDS = ("Utils", "Manager", "Handler", "Base", "Mixin", "Helper")


@pytest.mark.parametrize("path", FILES, ids=named)
def test_names_say_something(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            assert not [word for word in FORBIDDEN_WORDS if word in node.name]
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_chance_no_clock_no_evaluation(path: Path) -> None:
    module = tree(path)
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {(node.module or "").partition(".")[0] for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    # in the jail the warm process imports torch, and a channel or a notebook's cells execute what was handed in
    own = {"sandbox/channel.py", "sandbox/computing.py", "sandbox/preload.py"}
    jailed = path.relative_to(PACKAGE).as_posix() in own
    assert not imported & {"pickle", "shelve", "marshal", *(() if jailed else ("random", "torch"))}
    called = {
        node.func.id for node in ast.walk(module) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"eval", "hash", "__import__", *(() if jailed else ("exec", "compile"))}
    if {"graders", "distributions"} & set(path.parts):
        assert not imported & {"time", "datetime", "os", "subprocess", "pathlib"}
        assert "open" not in called


@pytest.mark.parametrize(("family", "word"), KINDS)
def test_every_kind_is_tested_and_described(family: str, word: str) -> None:
    tests = ROOT / "tests"
    of_its_own = [tests / family / f"{word}.yaml", tests / family / f"test_{word}.py"]
    texts = [path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py") if path.name != Path(__file__).name]
    tabled = family == "distributions" and any(f'("{word}", ' in text for text in texts)
    # nbgrader's own kinds are tested beside nbgrader
    beside = (tests / word).is_dir() or any(f"gradebooks.{word}" in text or f'"{word}")' in text for text in texts)
    assert any(path.is_file() for path in of_its_own) or tabled or (family == "gradebooks" and beside)
    described = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8").partition(f"## {family.capitalize()}")[2]
    section = described.partition("\n## ")[0]
    _, found, paragraph = section.partition(f"\n### {word}\n")
    assert found, f"docs/kinds.md has no paragraph on {word}"
    assert len(paragraph.partition("\n### ")[0].split()) >= 15


def loaded_by(*modules: str) -> set[str]:
    code = (
        f"import sys\nimport {', '.join(modules)}\nprint(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True, timeout=120
    )
    return set(ran.stdout.split())


def test_the_trusted_process_loads_no_torch_and_no_algebra() -> None:
    core = loaded_by(
        "autograder.pipeline", "autograder.selftest.check", "autograder.commands.check", "autograder.graders.numeric"
    )
    assert not core & {"torch", "sympy", "nbgrader", "nbformat", "ray", "IPython"}


def test_the_bottom_layers_need_nothing_but_python() -> None:
    low = loaded_by("autograder.errors", "autograder.seeds", "autograder.formula", "autograder.reading.assignments")
    assert not low & {"pydantic", "jinja2", "yaml", "rich", "typer"}


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "constraints.txt", "Makefile"]
)
def test_the_repository_has_its_papers(name: str) -> None:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"{name} is not written yet")
    assert path.read_text(encoding="utf-8").strip()


def test_constraints_are_exact_and_name_no_address() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) > 20
    assert not [line for line in lines if "==" not in line or "://" in line or " @ " in line]


def test_a_new_course_gets_the_configuration_that_this_one_has() -> None:
    ours = ROOT / "nbgrader_config.py"
    assert (ROOT / "templates" / "course" / "nbgrader_config.py").read_bytes() == ours.read_bytes()


def test_nothing_of_ours_is_hidden_from_version_control() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no checkout")
    ours = ["autograder", "templates", "question_bank", "tests", "docs", "benchmarks", "examples"]
    ran = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", *ours],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    made = ("__pycache__/", "_cache/", ".hypothesis/", "benchmarks/latest.json")
    assert not [line for line in ran.stdout.splitlines() if not any(each in line for each in made)]
