"""Numbers and units as people write them: the lexer that bank, submission, numeric grader and check cell share."""

from autograder.reading.answer import MAX_LENGTH, read_number
from autograder.reading.fields import REASONS, Field, Reading
from autograder.reading.show import show_number
from autograder.reading.units import check_unit

__all__ = ["MAX_LENGTH", "REASONS", "Field", "Reading", "check_unit", "read_number", "show_number"]
