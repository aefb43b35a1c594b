"""Bare media: which cables and plugs serve a link, in which lengths, and what it loses."""
