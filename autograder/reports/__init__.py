"""How other tools want to hear of the marks of one returned file: a file for each tool."""
