"""Rules of coolant and air: one file each, found by being there."""
