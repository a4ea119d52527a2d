"""Who runs a step, and when."""
