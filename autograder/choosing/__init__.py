"""Parts that offer options: which a candidate gets, how staff name them, what guessing earns."""
