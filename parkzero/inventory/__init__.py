"""Greenhouse gas inventory of a facility, park or zone: activity data in, emissions with their factors out.

Every figure knows its factor, the factor its document and vintage. Nothing is filled in: an activity without
a factor is refused with what would serve.
"""

from parkzero.inventory.calculate import Inventory, calculate
from parkzero.inventory.reading import Given, read_given
from parkzero.inventory.template import template

__all__ = ["Given", "Inventory", "calculate", "read_given", "template"]
