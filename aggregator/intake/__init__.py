"""From a source to articles."""
