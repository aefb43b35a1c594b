"""Ports of hosts, counted through all fabrics that reach them: one number for each."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import MANAGER, node_names, port_map
from twin.solve.study import Study


def host_ports(study: Study) -> IntArray:
    """Port of the host at the lower end of each link, from 0, (n,); -1 where that is a switch.

    The port map counts a host's ports anew in each fabric. Here those of the fabric that the layout
    writes first come first, cage after cage, then those of the next: other fabrics have other
    adapters, so that each begins with a cage of its own. All links that will ever be there count,
    whatever stands on the day.

    Worked number: after three ports of a first fabric, in cages of two, those of a second are 5, 6
    and so on.
    """
    m, at = study(port_map), study(cages)
    mine = np.flatnonzero(m.low < 0)
    out = np.full(len(m), -1, dtype=np.int64)
    ends = np.stack([m.place, m.node, m.fabric, m.tier == MANAGER])[:, mine]
    each, first, of = np.unique(ends, axis=1, return_index=True, return_inverse=True)
    # Of one name are the nodes that two fabrics mean by one place; a fabric may say other names.
    names = node_names(study, each[2], each[0], each[1])
    _, name = np.unique(np.array(names, dtype=str), return_inverse=True)
    # A manager of whom nobody says where it stands is one of its fabric.
    place = np.where(each[0] >= 0, each[0], -1 - each[2])
    _, host = np.unique(np.stack([place, name.ravel()]), axis=1, return_inverse=True)
    used = np.zeros(len(first), dtype=np.int64)
    np.maximum.at(used, of.ravel(), at.tail_port[mine] + 1)
    behind = np.maximum(at.tail_ports[mine][first], 1)
    whole = -(-used // behind) * behind
    order = np.lexsort((each[3], each[2], host.ravel()))
    total = np.cumsum(whole[order]) - whole[order]
    group = host.ravel()[order]
    start = np.flatnonzero(np.diff(group, prepend=-1))
    begin = np.empty(len(first), dtype=np.int64)
    begin[order] = total - np.repeat(total[start], np.diff(np.append(start, len(group))))
    out[mine] = begin[of.ravel()] + at.tail_port[mine]
    return out
