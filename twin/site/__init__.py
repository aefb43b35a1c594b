"""A site: tables, shapes on the floor, and the graph of both."""
