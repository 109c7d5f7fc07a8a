"""Work that a grader needs done beforehand, in a warm process, because it may be long: one kind a file."""
