"""From bytes to a feed: the fast path, feedparser, JSON Feed, a rescue; dates, encodings and bounds."""
