"""Route cords over ways that have limits."""

from __future__ import annotations

from twin.solve.cabling.demand import Demand, WayNet
from twin.solve.cabling.routes import Routes


def route(net: WayNet, demand: Demand, *, free: bool = False, compare: bool = False) -> Routes:
    """Route all groups: no way over its limit where that can be, and short.

    Parameters
    ----------
    net, demand
        Ways, and what is to be laid in them.
    free
        Cords need not stay in their bundles.
    compare
        Route with free cords as well, to tell what keeping bundles whole costs.
    """
    raise NotImplementedError
