"""What an earlier search gives the next one: sizes, a bound, how years were operated; behind one object."""
