"""HTML at the door and at the exit: sanitise, to text, safe addresses, control characters."""
