"""Rules of the floor: one file each, found by being there."""
