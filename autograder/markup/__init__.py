"""Markdown, templates and numbers as they are shown: shared by all formats."""
