"""What the owner assumes, waives and leaves open."""
