"""HTTP: translates between requests and the rest, and decides nothing."""
