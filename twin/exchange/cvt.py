"""Links from point to point, as NVIDIA's cable validation tool reads them.

UFM Cable Validation Tool, user manual, "P2P File": a workbook with the columns below, whose host
ports are numbers (1 is the first adapter's) and whose switch ports are a number, or cage and lane
of a split port, as in 1/2.
"""

from __future__ import annotations

from collections.abc import Iterator

from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.labels import ports_of_links
from twin.solve.fabric.host_ports import host_ports
from twin.solve.study import Study

COLUMNS = ("A-Node Name", "A-Type", "A-Port", "Z-Node Name", "Z-Type", "Z-Port")
HOST, SWITCH = "Host", "Switch"


def rows(study: Study) -> Iterator[tuple[str, ...]]:
    """Yield a row for each link of the port map, from its lower end (A) to its upper (Z).

    A host's ports are counted through all its fabrics. Bundles that are written by hand have no
    ports and are left out.
    """
    cable = study(cables)
    a, z = ports_of_links(study)
    node = cable.lower.node[cable.low]
    number = study(host_ports)[cable.link] + 1
    for k, host in enumerate((node >= 0).tolist()):
        port = str(number[k]) if host else a.port[k]
        yield a.device[k], HOST if host else SWITCH, port, z.device[k], SWITCH, z.port[k]
