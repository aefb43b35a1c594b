"""Rules of ports and speeds: one file each, found by being there."""
