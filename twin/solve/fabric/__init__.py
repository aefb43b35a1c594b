"""Fabrics of a site: the port map, growth, and what a fabric comes to."""
