"""Fleets apart from any model: trips, days, blocks, duties of vehicles, and a replay that drives them."""
