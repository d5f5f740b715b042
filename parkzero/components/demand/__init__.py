"""Demands: what must be served in every step."""
