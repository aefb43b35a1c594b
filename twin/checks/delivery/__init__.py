"""Rules of readiness: one file each, found by being there."""
