"""Figures, not assertions: each module prints a table, and RESULTS.md keeps what they said."""
