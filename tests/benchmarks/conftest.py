"""Benchmarks are scripts, not tests; only what they share is looked through for examples."""

collect_ignore_glob = ["bench_*.py"]
