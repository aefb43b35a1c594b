"""Ways without a branch as one: what a search walks over instead of every piece of tray."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Contracted:
    """Junctions and the chains of ways between them."""
