"""The compiled form of a site: topology once, columns beside it."""
