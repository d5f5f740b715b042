"""Studies in the words of others: solver models as MPS, networks for PyPSA, so that anyone can check us."""

from parkzero.interchange.mps import write_mps
from parkzero.interchange.pypsa import to_pypsa

__all__ = ["to_pypsa", "write_mps"]
