"""What cables take of trays, drop-outs and racks: section, mass, bends, distance from power."""
