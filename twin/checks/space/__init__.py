"""Where racks stand: floors, aisles, heights, forms."""
