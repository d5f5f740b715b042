"""Co-benefits of a plan: air, water, jobs, wages and land, each from dated rows with their confidence."""
