"""Carbon markets: registers of allowances, credits and energy attributes, and the EU's border adjustment."""
