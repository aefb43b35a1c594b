"""Ways of cables along trays: the shortest, and those on which cables are led."""
