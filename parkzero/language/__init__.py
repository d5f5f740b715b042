"""What a kind may say: components, their fields, blocks, the ledger and its accounts."""
