"""Radial networks: load flow by backward and forward sweeps, and sums after each loss.

Every solver takes its columns in the caller's own order of nodes and returns them in it. A node
stands for the branch from its parent as well; a node without a parent is a source whose voltage
is held.
"""
