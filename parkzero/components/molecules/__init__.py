"""Kinds that make, keep and use molecules: hydrogen, water, products."""
