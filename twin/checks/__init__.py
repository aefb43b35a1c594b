"""The engine of checks; one file per rule in the folders below."""
