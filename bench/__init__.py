"""Timings of the work that matters, each against its floor in the same run (docs/benchmarks.md). Nothing here is part of the product."""
