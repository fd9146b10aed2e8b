"""Benchmarks that anybody can repeat: ``python -m navp_structures.benchmark indexing``."""
