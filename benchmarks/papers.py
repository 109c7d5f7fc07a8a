"""Papers of five questions, drawn for so many candidates, for the benchmarks of what is printed and shown."""

from __future__ import annotations

from autograder.course import Course
from autograder.key import keys_of
from autograder.model import Key, Paper
from autograder.paper import assemble
from autograder.pipeline import open_exam
from autograder.resources import shipped
from autograder.seeds import seed_of
from autograder.variant import draw_values, show, with_given

EXAM = "practice_exam"
QUESTIONS = ("mixer_scaling", "gradient_accumulation", "checkpointing", "lora_flops", "bf16_update")
"""Those whose part `companion` asks for a number, as the peer's five questions do."""


def papers(count: int) -> list[tuple[Paper, tuple[Key, ...]]]:
    """Return so many papers, each with its keys and worked solutions."""
    opened = open_exam(Course(shipped("question_bank").parent), EXAM)
    asked = [question for question in opened.picked.questions() if question.id in QUESTIONS]
    made = []
    for number in range(count):
        values = [
            draw_values(question, seed_of(opened.secret, EXAM, f"P{number}", question.id, 0)) for question in asked
        ]
        shown = [show(question, with_given(question, each)) for question, each in zip(asked, values, strict=True)]
        variants = tuple(
            each.model_copy(update={"parts": tuple(part for part in each.parts if part.id == "companion")})
            for each in shown
        )
        keys = tuple(
            key
            for question, each in zip(asked, values, strict=True)
            for key in keys_of(question, with_given(question, each), solutions=True)
        )
        made.append((assemble(opened.picked.exam, f"P{number:09}", [("All of it", "", variants)]), keys))
    return made
