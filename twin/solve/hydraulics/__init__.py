"""Flows and pressures in any looped network of pipes, pumps, valves and other resistances.

Todini's global gradient in pascal, without a site: nodes and links are rows of the caller's own
arrays, many scenarios are solved at once. `compile_topology` orders the network once, `Links` says
what each link does, `solve` finds flows and pressures.
"""
