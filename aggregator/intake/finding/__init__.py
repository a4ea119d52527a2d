"""From a site or a list of subscriptions to sources."""
