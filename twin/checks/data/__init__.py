"""Rules of a layout's own waivers, assumptions and policy: one file each, found by being there."""
