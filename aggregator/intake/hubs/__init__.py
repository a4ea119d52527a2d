"""WebSub: what is asked of hubs, and what they may push."""
