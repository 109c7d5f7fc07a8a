"""Prove two formulas equal: each becomes a fraction of polynomials in what cannot be taken apart further."""
