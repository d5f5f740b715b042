"""Abatement: what carbon costs to avoid, from plans: a frontier under caps, and bars that sum exactly."""
