"""The HTTP face of the output folder."""
