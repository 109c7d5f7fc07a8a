"""A practice repository: who gets which paper, what ships with it and what must not, and that it can be made again."""

from __future__ import annotations

import base64
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.classroom.practice import Practice, find_practice, practice_secret, repository_of, table_of
from autograder.classroom.wheel import write_wheel
from autograder.store import read_record
from tests.conftest import ROOT, Ran, TinyCourse, bytes_below, write_bank

TINY = ("classroom", "tiny", "--papers", 3, "--course")


@pytest.fixture
def made(tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> Path:
    """A practice repository of the tiny exam."""
    ran = tenfold(*TINY, tiny.course.root, "--out", tmp_path / "template")
    assert ran.code == 0, ran.err
    return tmp_path / "template"


def record(repository: Path) -> Practice:
    return read_record(repository / "practice" / "practice.json", Practice)


def everything(folder: Path) -> bytes:
    """Every byte of every file below a folder, packed ones unpacked."""
    content = b""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content += path.name.encode() + path.read_bytes()
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as archive:
                content += b"".join(archive.read(name) for name in archive.namelist())
    return content


def test_the_table_deals_papers_evenly_by_the_repositorys_name(made: Path) -> None:
    practice = record(made)
    papers = {path.name for path in (made / "papers").iterdir()}
    assert len(papers) == 3
    assert set(practice.table.values()) == papers
    assert max(Counter(practice.table.values()).values()) <= 86
    dealt = Counter(practice.paper_of(f"org/practice-{number}") for number in range(300))
    assert set(dealt) == papers
    assert min(dealt.values()) > 50
    assert practice.paper_of("Org/Practice-Alice ") == practice.paper_of("org/practice-alice")


def test_its_secret_is_not_the_courses_and_tells_nothing_of_it(tiny: TinyCourse, made: Path) -> None:
    secret = tiny.course.secret()
    assert secret is not None
    assert base64.b64decode(record(made).secret) == practice_secret(secret, "tiny") != secret
    content = everything(made)
    for form in (secret, base64.b64encode(secret), secret.hex().encode()):
        assert form not in content
    tiny.set("ada", "ben")
    codes = [paper.code.encode() for paper in tiny.papers().values()]
    assert not [code for code in codes if code in content]


def test_only_the_exams_questions_ship(tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path) -> None:
    part = "{id: a, text: t, input: number, points: 1, answer: '1'}"
    other = f"id: other\ntitle: T\ntopic: sums\ntext: SENTINELOTHER\nparts: [{part}]\n"
    write_bank(tiny.bank, other)
    (tiny.course.root / "roster.csv").write_text("candidate\nada-of-the-roster\n")
    assert tenfold(*TINY, tiny.course.root, "--out", tmp_path / "template").code == 0
    content = everything(tmp_path / "template")
    assert b"What is $a + b$?" in content
    assert b"SENTINELOTHER" not in content
    assert b"ada-of-the-roster" not in content
    assert not list((tmp_path / "template").rglob("keys/*.json")), "nobody stumbles upon a file full of answers"


def test_made_again_it_is_the_same_and_leaves_the_rest_alone(
    tiny: TinyCourse, made: Path, tenfold: Callable[..., Ran]
) -> None:
    before = bytes_below(made)
    (made / ".git").mkdir()
    (made / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert tenfold(*TINY, tiny.course.root, "--out", made).code == 0
    after = bytes_below(made)
    assert after.pop(".git/HEAD")
    assert after == before


def test_a_bank_elsewhere_is_found_from_where_one_stands(
    tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.bank.rename(tmp_path / "bank")
    monkeypatch.chdir(tiny.course.root)
    ran = tenfold("classroom", "tiny", "--bank", "../bank", "--out", "../template", "--papers", 1)
    assert ran.code == 0, ran.err
    assert (tmp_path / "template" / "practice" / "question_bank" / "sums" / "adder.yaml").is_file()


def test_a_mended_mark_scheme_moves_nobody(tiny: TinyCourse, made: Path, tenfold: Callable[..., Ran]) -> None:
    table = record(made).table
    path = tiny.bank / "sums" / "adder.yaml"
    path.write_text(path.read_text().replace("share: 0.5", "share: 0.25"))
    assert tenfold(*TINY, tiny.course.root, "--out", made).code == 0
    assert record(made).table == table
    assert b"share: 0.25" in everything(made / "practice")


def test_another_folder_is_refused_and_not_touched(
    tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    for out in (tmp_path / "mine", tmp_path / "mine" / "thesis.tex"):
        ran = tenfold(*TINY, tiny.course.root, "--out", out)
        assert ran.code == 2
        assert "something else" in ran.err
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "years of work"


def test_an_exam_that_counts_is_refused_once_it_is_set(
    tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path
) -> None:
    path = tiny.bank / "exams" / "tiny.yaml"
    path.write_text(path.read_text().replace("sample: true\n", ""))
    tiny.set("ada")
    ran = tenfold(*TINY, tiny.course.root, "--out", tmp_path / "template")
    assert ran.code == 2
    assert "answers of its questions" in ran.err
    assert not (tmp_path / "template").exists()


def test_forms_and_queries_are_settled_for_everybody(
    tiny: TinyCourse, tenfold: Callable[..., Ran], tmp_path: Path
) -> None:
    path = tiny.bank / "exams" / "tiny.yaml"
    text = path.read_text().replace("points: 5", "points: 1\npapers: {forms: 2}")
    path.write_text(
        text.replace("[{id: adder}, {id: small}]", "[{query: {topic: sums, stars: [1, 2]}, take: 1, points: 1}]")
    )
    assert tenfold(*TINY, tiny.course.root, "--out", tmp_path / "template").code == 0
    assert len(list((tmp_path / "template" / "papers").iterdir())) == 2
    assert len(list((tmp_path / "template" / "practice" / "question_bank" / "sums").iterdir())) == 1
    ran = tenfold("grade", "--course", tmp_path / "template")
    assert ran.code == 2, "it has no name yet"
    notebook = next((tmp_path / "template" / "papers").rglob("*.ipynb"))
    assert "0 of 1 points" in tenfold("grade", notebook, "--course", tmp_path / "template").out


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (
            '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:org/practice-alice.git\n',
            "org/practice-alice",
        ),
        ('[remote "origin"]\n\turl = https://github.com/org/practice-alice\n', "org/practice-alice"),
        ('[remote "origin"]\n\turl = https://github.com/org/practice.alice.git/\n', "org/practice.alice"),
        ('[remote "upstream"]\n\turl = https://github.com/org/other\n', None),
        ('[remote "origin"]\n\turl\n', None),
        ('[remote "origin"]\n\turl = x\n', None),
        ("not a config at all", None),
        ("\udcff", None),
        (None, None),
    ],
)
def test_the_repositorys_name_is_read_from_git(tmp_path: Path, config: str | None, name: str | None) -> None:
    if config is not None:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "config").write_bytes(config.encode(errors="surrogateescape"))
    assert repository_of(tmp_path, {}) == name
    assert repository_of(tmp_path, {"GITHUB_REPOSITORY": "org/actions"}) == "org/actions"


def test_a_practice_repository_is_found_from_within(made: Path, tmp_path: Path) -> None:
    notebook = next((made / "papers").rglob("*.ipynb"))
    for place in (made, notebook, made / "practice"):
        course = find_practice(place)
        assert course is not None
        assert course.root == made / "practice"
    assert find_practice(tmp_path) is None


def test_a_table_of_few_papers_has_every_row() -> None:
    assert set(table_of(["A"]).values()) == {"A"}
    assert sorted(table_of(["A", "B"])) == [f"{row:02x}" for row in range(256)]


# The wheel


def test_the_wheel_is_the_same_each_time_and_has_no_bank(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = write_wheel(tmp_path / "a"), write_wheel(tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = archive.namelist()
        record = archive.read(next(name for name in names if name.endswith("RECORD"))).decode().splitlines()
    assert sorted(line.partition(",")[0] for line in record) == sorted(names)
    assert "autograder/_data/templates/notebook/title.md.jinja" in names
    assert not [name for name in names if "question_bank" in name.partition("templates/")[0]]
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "autograder").rglob("*.py")}
    assert modules <= set(names)


def test_everything_that_the_wheel_needs_is_pinned(made: Path) -> None:
    pinned = {
        re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower()
        for line in (made / "practice" / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    [wheel] = (made / "practice").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        about = archive.read(f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info/METADATA").decode()
    needs = re.findall(r"^Requires-Dist: ([\w.-]+)(.*)$", about, re.MULTILINE)
    assert len(needs) > 10
    for name, rest in needs:
        if "extra ==" not in rest or re.search("extra == ['\"](torch|symbolic)['\"]", rest):
            assert re.sub(r"[-_.]+", "-", name).lower() in pinned
