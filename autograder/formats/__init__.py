"""How a paper can look: one file a format."""
