"""Small studies whose optimum is known, and random ones; shared by the tests."""
