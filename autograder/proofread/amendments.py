"""What is wrong with the amendments of an exam: parts, papers, answers that there are not."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

from autograder import kinds
from autograder.errors import BankError, KindError
from autograder.model import Amendment, Part, Question
from autograder.proofread.formulas import answer_problems
from autograder.proofread.question import formula_problems
from autograder.yamlsrc import Source


def amendment_problems(
    amendments: Collection[Amendment], questions: Iterable[Question], source: Source
) -> Iterator[BankError]:
    """Yield everything wrong with an exam's amendments but for codes of papers.

    Args:
        amendments: as validated.
        questions: of the exam, with the parts that it takes.
        source: the exam's file.
    """
    parts = {f"{question.id}-{part.id}": (question, part) for question in questions for part in question.parts}
    for place, each in enumerate(amendments):
        if each.part not in parts:
            near = difflib.get_close_matches(each.part, parts, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"its parts are: {', '.join(parts)}"
            yield BankError(f"the exam has no part {each.part!r}", source.place("amendments", place, "part"), hint)
        elif each.do == "accept":
            yield from _acceptance(each, *parts[each.part], source, place)
        elif each.answer is not None or each.share is not None:
            field = "answer" if each.answer is not None else "share"
            where = source.place("amendments", place, field)
            yield BankError(f"{field!r} belongs to `do: accept`, not to {each.do!r}", where)
    settled = [(place, each) for place, each in enumerate(amendments) if each.do != "accept"]
    for (_, first), (place, second) in combinations(settled, 2):
        if first.part == second.part and _overlap(first, second):
            where = source.place("amendments", place, "part")
            yield BankError(f"{second.part!r} is amended twice for the same papers", where, "keep one of the two")


def paper_problems(amendments: Collection[Amendment], papers: Collection[str], source: Source) -> Iterator[BankError]:
    """Yield each paper that an amendment names and that was never dealt.

    Args:
        amendments: as validated.
        papers: codes of all papers, and the labels of forms.
        source: the exam's file.
    """
    for place, each in enumerate(amendments):
        for name in (each.papers,) if isinstance(each.papers, str) else each.papers:
            if name != "all" and name not in papers:
                near = difflib.get_close_matches(name, papers, n=1)
                hint = (
                    f"did you mean {near[0]!r}?" if near else "work/<exam>/allocation.json has the codes of all papers"
                )
                where = source.place("amendments", place, "papers")
                yield BankError(f"there is no paper {name!r}", where, hint)


def _acceptance(
    amendment: Amendment, question: Question, part: Part, source: Source, place: int
) -> Iterator[BankError]:
    word, _ = part.marking()
    try:
        # a kind that knows conventions can tell which of them clash
        takes = hasattr(kinds.module_of("graders", word), "clashes")
    except KindError:
        takes = True  # told with the question
    if not takes:
        hint = "award its points, leave it out, or mend the question's mark scheme"
        where = source.place("amendments", place, "do")
        yield BankError(f"the grader {word!r} of {amendment.part} takes no further answer", where, hint)
    elif amendment.answer is None:
        where = source.place("amendments", place)
        yield BankError("the answer to accept is missing", where, "write `answer:`, as in the question")
    elif part.input in kinds.FORMULAS:
        known = question.params.keys() | question.given.keys()
        yield from answer_problems(part, amendment.answer, known, source, "amendments", place, "answer")
    else:
        declared = question.params.keys() | question.given.keys() | {f"part_{name}" for name in part.uses}
        yield from formula_problems(amendment.answer, declared, source, "amendments", place, "answer")


def _overlap(first: Amendment, second: Amendment) -> bool:
    a, b = ({each.papers} if isinstance(each.papers, str) else set(each.papers) for each in (first, second))
    return "all" in a | b or bool(a & b)
