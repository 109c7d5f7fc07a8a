"""Formulas that candidates write: the reader of LaTeX and Python, assumptions, shapes, comparison."""
