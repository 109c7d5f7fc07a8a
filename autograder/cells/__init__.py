"""A notebook's cells."""
