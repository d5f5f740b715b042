"""Cases of kinds on paper: one module a kind, named as the kind is, with its ``CASES``."""
