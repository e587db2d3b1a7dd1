"""Benchmarks: each module has ``run() -> dict`` of figures, measured as ratios in one run."""
