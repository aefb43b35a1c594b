"""Papers for the floor of cables: the list, its labels, what to buy, what to pull when."""
