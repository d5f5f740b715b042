"""Kinds that supply a park: generation, storage, what is bought."""
