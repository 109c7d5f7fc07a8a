"""What is wrong with a part that asks for code: files, blanks, names, checks, patches. Nothing is run here.

Whether the reference passes its checks, and each fault fails its own, only running shows: `tenfold check` does that.
"""

from __future__ import annotations

import ast
import difflib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from autograder import kinds
from autograder.coding.listing import ListingError, blanks, clash, names_used, renamed, syntax_error
from autograder.coding.patching import patched
from autograder.coding.printed import mutated
from autograder.errors import BankError, KindError
from autograder.model import Fault, Part, Question, word_and_settings
from autograder.proofread.question import formula_problems, repeated, template_problems
from autograder.yamlsrc import Source

MAX_TRIED: Final = 200
"""Combinations of drawn words, and of faults, that are gone through."""

MAX_OPTIONS: Final = 26

_FILES: Final = ("listing", "reference", "starter", "probe")
_ONLY_CODE: Final = (*_FILES, "names", "constants", "checks", "faults", "faults_on", "invented")


def code_problems(question: Question, source: Source) -> Iterator[BankError]:
    """Yield everything wrong with a question's files and with its parts that ask for code.

    Args:
        question: as validated, with its files.
        source: the file it was read from; the others lie beside it.
    """
    broken = list(_syntax(question, source))
    yield from broken
    for place, part in enumerate(question.parts):
        yield from _Proofreader(question, part, source, place, sound=not broken).problems()


def _syntax(question: Question, source: Source) -> Iterator[BankError]:
    shared = {f"../{name}": text for name, text in question.shared.items()}
    for name, text in (question.files | shared).items():
        error = syntax_error(text)
        if error is not None:
            yield BankError(error.problem, where=beside(source, name, error.line))


def beside(source: Source, name: str, line: int) -> str:
    """Return the place of a line of a file beside the question, or of `../name` in its topic's folder."""
    folder = source.file.rpartition("/")[0]
    if name.startswith("../"):
        folder, name = folder.rpartition("/")[0], name.removeprefix("../")
    return f"{folder}/{name}:{max(line, 1)}" if folder else f"{name}:{max(line, 1)}"


class _Proofreader:
    """One part, what is known of it, and where it stands."""

    def __init__(self, question: Question, part: Part, source: Source, place: int, *, sound: bool) -> None:
        self.question = question
        self.part = part
        self.source = source
        self.here = ("parts", place)
        self.sound = sound
        self.kind = part.marking()[0] if part.input in kinds.INPUTS else ""
        self.declared = question.params.keys() | question.given.keys()

    def problems(self) -> Iterator[BankError]:
        missing = list(self.missing())
        yield from missing
        yield from self.functions()
        if self.part.input != "code":
            for field in _ONLY_CODE:
                if getattr(self.part, field):
                    yield self.error(f"{field!r} belongs to a part with `input: code`", field)
            return
        yield from self.asked()
        yield from self.texts()
        yield from self.points()
        yield from self.fault_list()
        words = list(self.words())
        yield from words
        if self.sound and not missing:
            yield from self.printed()
            yield from self.patches()
            if not words:
                yield from self.replaced()

    def error(self, problem: str, *path: str | int, hint: str = "") -> BankError:
        return BankError(f"part {self.part.id}: {problem}", where=self.source.place(*self.here, *path), hint=hint)

    def text(self, field: str) -> str:
        name = getattr(self.part, field)
        return self.question.files.get(name, "") if name else ""

    def missing(self) -> Iterator[BankError]:
        for field in (*_FILES, "proof"):
            name = getattr(self.part, field)
            if name is None or name in self.question.files:
                continue
            if not self.source.file.endswith("question.yaml"):
                hint = f"put the question into a folder, as {self.question.id}/question.yaml, and its files beside it"
            else:
                near = difflib.get_close_matches(name, self.question.files, n=1)
                hint = f"did you mean {near[0]!r}?" if near else ""
            yield self.error(f"there is no file {name!r} beside the question", field, hint=hint)

    def functions(self) -> Iterator[BankError]:
        for field in ("probe", "proof"):
            text = self.text(field)
            if text and syntax_error(text) is None and field not in _defined(text):
                name = getattr(self.part, field)
                yield self.error(f"{name} defines no function `{field}`", field, hint=f"write `def {field}(…):` in it")

    def asked(self) -> Iterator[BankError]:
        needed = {
            "fill": ("listing", "reference", "probe", "checks"),
            "implement": ("reference", "probe", "checks"),
            "fix": ("reference", "probe", "checks"),
            "bughunt": ("faults",),
        }.get(self.kind, ())
        for field in needed:
            if not getattr(self.part, field):
                yield self.error(f"{self.kind} needs {field!r}")
        if self.kind == "implement" and self.part.listing is not None:
            yield self.error(
                "implement prints no listing", "listing", hint="what stands in the answer cell is `starter`"
            )
        if self.kind != "implement" and self.part.starter is not None:
            yield self.error(f"{self.kind} has no starter: its listing stands in the answer cell", "starter")
        if self.kind in ("fix", "bughunt") and self.part.listing is None:
            if self.part.reference is None:
                yield self.error(f"{self.kind} needs a listing, or a reference and faults to make one from")
            elif not any(fault.patch for fault in self.part.faults):
                yield self.error(f"{self.kind} needs a listing, or faults with patches to make one from")
        if self.kind == "bughunt" and self.part.checks and self.part.probe is None:
            yield self.error("checks need a probe", "checks")

    def texts(self) -> Iterator[BankError]:
        for field in ("checks", "faults", "invented"):
            for number, entry in enumerate(getattr(self.part, field)):
                for name in ("say", "why"):
                    text = getattr(entry, name, "")
                    yield from template_problems(text, self.declared, self.source, *self.here, field, number, name)
        for name, formula in self.part.constants.items():
            yield from formula_problems(formula, self.declared, self.source, *self.here, "constants", name)

    def points(self) -> Iterator[BankError]:
        yield from repeated((check.id for check in self.part.checks), "check", self.source, *self.here, "checks")
        total = sum(check.points for check in self.part.checks)
        if self.kind in ("fill", "implement", "fix") and self.part.checks and abs(total - self.part.points) > 1e-9:
            yield self.error(f"the checks' points add up to {total:g}, the part has {self.part.points:g}", "checks")

    def fault_list(self) -> Iterator[BankError]:
        faults, checks = self.part.faults, {check.id for check in self.part.checks}
        yield from repeated((fault.id for fault in faults), "fault", self.source, *self.here, "faults")
        for number, fault in enumerate(faults):
            if fault.check is not None and fault.check not in checks:
                near = difflib.get_close_matches(fault.check, checks, n=1)
                hint = (
                    f"did you mean {near[0]!r}?" if near else f"the checks are: {', '.join(sorted(checks)) or 'none'}"
                )
                yield self.error(f"there is no check {fault.check!r}", "faults", number, "check", hint=hint)
            if self.kind == "bughunt" and self.part.listing is not None and fault.lines is None:
                yield self.error(
                    f"say on which lines of the listing the fault {fault.id!r} is", "faults", number,
                    hint="`lines: [7]`, or `lines: any`",
                )  # fmt: skip
        if self.kind == "bughunt" and len(faults) + len(self.part.invented) > MAX_OPTIONS:
            yield self.error(f"faults and invented claims are more than {MAX_OPTIONS}, and have letters", "invented")
        if self.part.faults_on is not None:
            yield from self.drawn_faults()

    def drawn_faults(self) -> Iterator[BankError]:
        param, ids = self.part.faults_on, [fault.id for fault in self.part.faults]
        assert param is not None
        if self.kind not in ("fix", "bughunt") or self.part.listing is not None:
            yield self.error("faults are drawn only for a listing that is made from the reference", "faults_on")
        if param not in self.question.params:
            yield self.error(f"there is no param {param!r}", "faults_on")
            return
        for word in sorted({str(word) for subset in self.subsets() for word in subset} - set(ids)):
            near = difflib.get_close_matches(word, ids, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the faults are: {', '.join(ids)}"
            yield BankError(
                f"part {self.part.id}: {param!r} draws {word!r}, which is no fault",
                where=self.source.place("params", param), hint=hint,
            )  # fmt: skip

    def subsets(self) -> list[tuple[Any, ...]]:
        """Return what can be drawn of the faults, each choice once whatever its order."""
        values = _support(self.question, self.part.faults_on or "")
        return sorted({tuple(sorted(map(str, value if isinstance(value, tuple) else (value,)))) for value in values})

    def words(self) -> Iterator[BankError]:
        for name, param in self.part.names.items():
            if param not in self.question.params:
                near = difflib.get_close_matches(param, self.question.params, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "write the name of a param that draws words"
                yield self.error(f"there is no param {param!r}", "names", name, hint=hint)
                continue
            odd = [word for word in _support(self.question, param) if not str(word).isidentifier()]
            if odd:
                yield self.error(f"{param!r} may draw {odd[0]!r}, which is no name", "names", name)

    def printed(self) -> Iterator[BankError]:
        listing, part = self.text("listing"), self.part
        numbers = [blank.number for blank in blanks(listing)]
        if self.kind == "fill" and listing and not numbers:
            yield self.error("the listing has no blanks", "listing", hint="write a line `# BLANK 1` for each")
        if self.kind == "fill":
            for blank in blanks(self.text("reference")):
                where = beside(self.source, part.reference or "", blank.line)
                yield BankError(f"part {part.id}: the blank {blank.number} is not filled in the reference", where=where)
            for blank in blanks(listing):
                if numbers.count(blank.number) > 1 and numbers.index(blank.number) != blanks(listing).index(blank):
                    where = beside(self.source, part.listing or "", blank.line)
                    yield BankError(f"part {part.id}: the blank {blank.number} stands here twice", where=where)
        elif numbers:
            yield self.error(f"{self.kind} has no blanks", "listing", hint="use the grader fill")
        length = (listing if part.listing is not None else self.text("reference")).count("\n") + 1
        for number, fault in enumerate(part.faults):
            beyond = [line for line in fault.lines or () if isinstance(line, int) and line > length]
            if beyond:
                yield self.error(f"line {beyond[0]} is beyond the end of the listing", "faults", number, "lines")

    def patches(self) -> Iterator[BankError]:
        reference, alone = self.text("reference"), True
        for number, fault in enumerate(self.part.faults):
            if not fault.patch:
                continue
            if not reference:
                yield self.error("a patch needs a reference", "faults", number, "patch")
                return
            for error in self.patch(reference, fault, number):
                alone = False
                yield error
        if not alone or self.part.listing is not None or self.part.faults_on not in self.question.params:
            return
        for subset in self.subsets()[:MAX_TRIED]:
            problem = _together(reference, self.part.faults, subset)
            if problem is not None:
                yield self.error(f"{' and '.join(subset)} do not go together: {problem}", "faults")
                return

    def patch(self, reference: str, fault: Fault, number: int) -> Iterator[BankError]:
        try:
            made, lines = patched(reference, fault.patch)
        except ListingError as error:
            yield self.error(error.problem, "faults", number, "patch", hint="take more of the text around it")
            return
        broken = syntax_error(made)
        if broken is not None:
            yield self.error(f"after this patch {broken.problem}", "faults", number, "patch")
        elif not lines:
            yield self.error("this patch changes nothing", "faults", number, "patch")

    def replaced(self) -> Iterator[BankError]:
        """Try the drawn words and the constants in every file in which they are put."""
        files = {getattr(self.part, field): self.text(field) for field in _FILES if field != "probe"}
        texts = {name: text for name, text in files.items() if text}
        used = {name: names_used(text) for name, text in texts.items()}
        for field in ("names", "constants"):
            for name in getattr(self.part, field):
                if not any(name in found for found in used.values()):
                    yield self.error(f"{name!r} stands in none of {', '.join(texts) or 'no files'}", field, name)
        constants = dict.fromkeys(self.part.constants, "1")
        unlike = {name: f"{name}_" for name in self.part.names}
        supports = [list(map(str, _support(self.question, param))) for param in self.part.names.values()]
        combinations = [
            dict(zip(self.part.names, words, strict=True))
            for words in itertools.islice(itertools.product(*supports), MAX_TRIED)
        ]
        for file, text in texts.items():
            problems = (clash(text, words) for words in combinations)
            clashing = next((problem for problem in problems if problem is not None), None)
            if clashing is not None:
                yield self.error(f"{clashing} in {file}", "names")
                continue
            try:
                made = renamed(text, unlike, constants)
                broken = syntax_error(made)
                if broken is not None:
                    raise broken
            except ListingError as error:
                where = beside(self.source, file, error.line)
                yield BankError(f"part {self.part.id}: {error.problem}", where=where)


def _defined(text: str) -> set[str]:
    return {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def _together(reference: str, faults: Sequence[Fault], subset: Sequence[str]) -> str | None:
    try:
        made, _ = mutated(reference, faults, subset)
    except ListingError as error:
        return error.problem
    broken = syntax_error(made)
    return broken.problem if broken is not None else None


def _support(question: Question, param: str) -> Sequence[Any]:
    """Return what a param may draw, as far as it can be listed; what is wrong with it is told elsewhere."""
    try:
        word, written = word_and_settings(question.params[param])
        settings = kinds.settings_of("distributions", word).model_validate_json(json.dumps(written))
        support: Callable[[Any], Sequence[Any] | None] | None = getattr(
            kinds.module_of("distributions", word), "support", None
        )
    except (KeyError, KindError, ValueError, AttributeError):
        return ()
    values = support(settings) if support is not None else None
    listed: Mapping[str, Any] | Sequence[Any] = values if values is not None else getattr(settings, "values", ())
    return tuple(listed)
