"""What nbgrader's database holds of an exam, and how marks get there."""
