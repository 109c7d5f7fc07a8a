"""What candidates hand in, whatever shape it is in: files, cells, and how they differ from what was handed out."""
