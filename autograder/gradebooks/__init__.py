"""Where marks can be kept: one file a gradebook."""
