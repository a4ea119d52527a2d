"""Three recorded days of news, to see the whole journey without a network."""
