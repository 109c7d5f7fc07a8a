"""How a param is drawn: one file a distribution, named as the word an author writes."""
