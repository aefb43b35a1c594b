"""Links of pieces: cords, panels and trunks, their ports, and what meets in them."""
