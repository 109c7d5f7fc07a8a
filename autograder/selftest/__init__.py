"""`tenfold check`: questions held to their own tests, their proofs and their faults."""
