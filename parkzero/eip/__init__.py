"""The eco-industrial park: streams, targets, symbiosis, scorecards, commitments. Reads results and books."""
