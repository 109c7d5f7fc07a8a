"""How a part is marked: one file a grader, named as the word an author writes."""
