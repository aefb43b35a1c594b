"""Pictures of cables: sections of trays, lengths, ways on the plan."""
