"""Rules of the power chain: one file each, found by being there."""
