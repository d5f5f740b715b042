"""The network of a plan under alternating current: hours checked, room left, what a utility is handed."""
