"""From a study to a plan: assembly, one problem as oracle, and certified planning."""
