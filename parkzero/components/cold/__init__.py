"""Kinds that make or keep cold."""
