"""Finance: who pays whom year by year, with debt, tax, VAT, inflation and incentives."""
