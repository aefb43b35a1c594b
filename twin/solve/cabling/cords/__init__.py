"""Cords one by one: the list of cables, its labels, lengths and pulls."""
