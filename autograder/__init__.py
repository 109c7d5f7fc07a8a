"""Examinations in deep learning that set themselves and mark themselves."""

__version__ = "0.1.0"
