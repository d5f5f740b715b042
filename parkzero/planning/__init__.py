"""From a study to a plan: assembly, one problem as oracle, certified planning, and explanations."""
