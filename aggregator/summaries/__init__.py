"""From a story to cited prose."""
