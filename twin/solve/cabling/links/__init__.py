"""Links of a site in bundles and cords: which there are, when, and who rests on them."""
