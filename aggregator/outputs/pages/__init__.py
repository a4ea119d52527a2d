"""The web pages, as static HTML."""
