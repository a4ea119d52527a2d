"""From stories to what people subscribe to and look at."""
