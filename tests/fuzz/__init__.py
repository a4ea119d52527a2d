"""Fuzzing: hostile bytes against the doors. ``python -m tests.fuzz parse --minutes 30`` by hand, seconds in CI."""
