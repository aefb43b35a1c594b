"""Loops as they are solved: diagram, pressure along the index circuit, flows, capacity."""
