"""What things are worth in a plan, when somebody asks: prices of every step, and what the unbuilt lacks."""

from parkzero.pricing.duals import priced

__all__ = ["priced"]
