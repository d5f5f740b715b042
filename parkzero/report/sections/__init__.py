"""The sections of the report, one module each; every one takes the facts and returns markup."""
