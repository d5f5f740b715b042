"""Arithmetic of money: cash flows, debt, tax and fair splits. It knows no park, no plan and no law."""
