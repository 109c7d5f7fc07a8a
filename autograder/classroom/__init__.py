"""A repository in which students practise: they push, and the marks come from the same line as an exam's."""
