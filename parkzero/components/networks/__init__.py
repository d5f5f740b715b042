"""Networks: what carries energy from one bus to another."""
