"""Run a workflow's own steps in a checkout, as a runner of GitHub Actions would: shell, files, variables, outputs."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.yamlsrc import read_yaml
from tests.classroom.contracts import outputs_in

EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


@dataclass
class Ran:
    """What came of a workflow's steps.

    Attributes:
        codes: how each step that runs something ended, by name.
        outputs: of each step that has an id.
        asked: what each step that uses somebody's action was given: its `with` and its `env`.
        log: what all steps printed.
        summary: the page that the run shows.
    """

    codes: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: dict[str, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    log: str = ""
    summary: str = ""


def job_of(checkout: Path) -> Any:
    """The one job of the workflow in a checkout."""
    workflow = read_yaml(checkout / ".github" / "workflows" / "grade.yml", "grade.yml").data
    assert workflow["name"] == "Autograding Tests"
    assert list(workflow["jobs"]) == ["run-autograding-tests"]
    return workflow["jobs"]["run-autograding-tests"]


def run_workflow(checkout: Path, scratch: Path, environment: Mapping[str, str]) -> Ran:
    """Run every step, in order, and stop where a step fails that no later one asked to be run after.

    Args:
        checkout: the repository.
        scratch: where the runner keeps its own files.
        environment: of the runner.
    """
    ran, failed = Ran(), False
    for number, step in enumerate(job_of(checkout)["steps"]):
        if failed and "!cancelled()" not in step.get("if", ""):
            continue
        values = {name: _evaluated(text, ran) for name, text in step.get("env", {}).items()}
        if "uses" in step:
            given = {name: _evaluated(str(text), ran) for name, text in step.get("with", {}).items()}
            ran.asked[step["uses"].partition("@")[0]] = (given, values)
            continue
        files = {
            name: scratch / f"{number}-{name.lower()}"
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")
        }
        for file in files.values():
            file.touch()
        # what a step has no shell named for runs with `bash -e`
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]], cwd=checkout, check=False, timeout=300,
            env={**environment, **values, **{name: str(file) for name, file in files.items()}},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        ran.codes[step["name"]] = done.returncode
        ran.log += done.stdout
        ran.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        if "id" in step:
            ran.outputs[step["id"]] = outputs_in(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
        failed = failed or done.returncode != 0
    return ran


def _evaluated(text: str, ran: Ran) -> str:
    def value(found: re.Match[str]) -> str:
        context, *path = found[1].split(".")
        if context == "steps" and path[1] == "outputs":
            return ran.outputs[path[0]].get(path[2], "")  # Actions gives an empty text for what there is not
        assert context == "vars", found[0]
        return ""

    return EXPRESSION.sub(value, text)


def actions_environment(home: Path, python: Path, repository: str, actor: str) -> dict[str, str]:
    """The environment of a hosted runner, with an interpreter of its own and no network.

    Args:
        home: an empty folder.
        python: the folder of its programs.
        repository: `owner/name`.
        actor: who pushed.
    """
    return {
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": actor,
        "GITHUB_REPOSITORY": repository,
        "GITHUB_REPOSITORY_OWNER": repository.partition("/")[0],
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_WORKFLOW": "Autograding Tests",
        "RUNNER_TEMP": str(home),
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "PIP_NO_CACHE_DIR": "1",
        # what tenfold needs is there already; itself it must be put in, whatever the tests run with
        "PIP_NO_DEPS": "1",
        "PIP_FORCE_REINSTALL": "1",
    }
