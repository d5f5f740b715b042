"""Named, unit-checked rows over all steps, flattened to arrays and handed to HiGHS."""
