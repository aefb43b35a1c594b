"""Ways of cables, fill of trays, links."""
