"""Racks on their coolant loops and in the air of their hall."""
