"""The power chain: loads on its elements, and the load flow."""
