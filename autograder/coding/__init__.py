"""Parts that ask for code: what is printed, what comes back of it, and what its runs come to."""
