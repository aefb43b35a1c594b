"""Rules of cables and their ways: one file each, found by being there."""
