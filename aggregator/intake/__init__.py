"""From a source to articles: when it is asked, whether an article is new, and four rooms within.

``fetching`` asks, ``reading`` turns bytes into a feed, ``finding`` meets new sources, ``hubs`` lets sources push.
"""
