"""The files that people write: layouts, long lists, outlines and users' own catalogs."""
