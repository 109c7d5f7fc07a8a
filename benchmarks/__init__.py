"""Benchmarks: every figure that is stated is measured here, ratios in one run."""
