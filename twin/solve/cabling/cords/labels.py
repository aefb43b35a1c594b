"""Labels of cords: a template for one end, and on each end of a cord its own and the far one.

The default follows the example of ANSI/TIA-606 as makers of labels quote it: floor, space and
cabinet, rack unit from the bottom, port, then the far end. A switch without a rack unit and a
node have their names instead of it: that of a node is n1 and so on, or what the fabric says of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from twin.errors import InputError, Problem, shown
from twin.model.label import DEFAULT, FIELDS, checked, fields_of
from twin.site.table import IntArray
from twin.solve.cabling.cords.cables import Cables, Ends, cables
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import TIERS, manager_drops, node_names
from twin.solve.study import Study

SEPARATOR = " / "
NOT_KNOWN = "?"


@dataclass(frozen=True)
class Named:
    """Words of one end of each row, (n,) lists; "" not known, or nothing to say.

    Attributes
    ----------
    hall, position, rack
        Ids.
    unit
        Lowest rack unit of a switch or panel, two digits; where it has none its name, of a node
        `n1`.
    device
        Name of the switch or panel; of a node its position's with `n1`.
    cage, lane, port
        Cage; lanes in it, "" where the plug takes all of it; both, as in 3/1. The cages of a node
        count anew in each fabric: where several reach it, they begin with theirs, storage-3 and
        storage-3/1.
    """

    hall: list[str]
    position: list[str]
    rack: list[str]
    unit: list[str]
    device: list[str]
    cage: list[str]
    lane: list[str]
    port: list[str]


def named(study: Study, end: Ends) -> Named:
    """Return the words of an end."""
    site = study.site
    hall = _ids(study, "hall", site.rows_of("hall", study.table("position")["hall"]), end.place)
    position = _ids(study, "position", None, end.place)
    panel = _ids(study, "panel", None, end.panel)
    switch = [p or s for p, s in zip(panel, _ids(study, "switch", None, end.switch), strict=True)]
    own = node_names(study, study(cables).fabric, end.place, end.node)
    device = [s or (f"{p}-{n}" if n else "") for s, p, n in zip(switch, position, own, strict=True)]
    unit = [
        n or (s if np.isnan(u) else f"{int(u):02d}")
        for n, s, u in zip(own, switch, end.unit.tolist(), strict=True)
    ]
    before = networks(study, end)
    cage = [f"{b}{c}" if c else "" for b, c in zip(before, end.cage.tolist(), strict=True)]
    lane = [
        "" if whole or not first else (str(first) if first == last else f"{first}-{last}")
        for whole, first, last in zip(
            end.whole.tolist(), end.lane.tolist(), end.last.tolist(), strict=True
        )
    ]
    port = [f"{c}/{x}" if x else c for c, x in zip(cage, lane, strict=True)]
    rack = _ids(study, "rack", None, end.rack)
    return Named(hall, position, rack, unit, device, cage, lane, port)


def networks(study: Study, end: Ends) -> list[str]:
    """Return what comes before the port of each row: the fabric at nodes that several reach."""
    drops, switches = study.table("drop"), study.table("switch")
    site = study.site
    of = site.rows_of("fabric", switches["fabric"])[site.rows_of("switch", drops["head"])]
    place = site.rows_of("position", drops["tail"])
    # A manager has ports of its own, whatever else stands in its rack.
    nodes = np.delete(np.arange(len(place)), study(manager_drops))
    pairs = np.unique(np.stack([place, of])[:, nodes], axis=1)
    count = np.bincount(pairs[0][pairs[0] >= 0], minlength=len(study.table("position")) + 1)
    shared = (end.node >= 0) & (count[end.place] > 1)
    fabric = np.where(shared, study(cables).fabric, -1)
    names = [*(f"{name}-" for name in study.table("fabric").ids.tolist()), ""]
    return [names[row] for row in fabric.tolist()]


def _ids(study: Study, kind: str, through: IntArray | None, rows: IntArray) -> list[str]:
    """Ids of a kind by rows, or by the rows to which others lead; "" for -1."""
    ids = np.append(study.table(kind).ids, "")
    at = rows if through is None else np.append(through, -1)[rows]
    return [str(name) for name in ids[at].tolist()]


@dataclass(frozen=True)
class Ports:
    """Device and port of one end of each link that is listed, as in 3/1, (m,) lists."""

    device: list[str]
    port: list[str]


def ports_of_links(study: Study) -> tuple[Ports, Ports]:
    """Lower and upper ends of all links that are listed: of those in one plug each its own."""
    cable, at = study(cables), study(cages)
    ends = (
        (cable.lower, cable.low, at.tail_port, at.tail_ports),
        (cable.upper, cable.high, at.head_port, at.head_ports),
    )
    out = []
    for end, rows, port, behind in ends:
        device, before = named(study, end).device, networks(study, end)
        cage, lane = np.divmod(port[cable.link], behind[cable.link])
        text = [
            f"{before[row]}{c}/{x}" if n > 1 else f"{before[row]}{c}"
            for row, c, x, n in zip(
                rows.tolist(), (cage + 1).tolist(), (lane + 1).tolist(),
                behind[cable.link].tolist(), strict=True,
            )
        ]  # fmt: skip
        out.append(Ports([device[row] for row in rows.tolist()], text))
    return out[0], out[1]


def template_of(study: Study, said: str | None) -> str:
    """Return the text of one end of a label: as it is said, else the layout's, else `DEFAULT`."""
    return checked(said if said is not None else study.site.label or DEFAULT)


def labels(study: Study, template: str | None = None) -> tuple[list[str], list[str]]:
    """Return the label at the upper and at the lower end of each row; "" of those by hand.

    Parameters
    ----------
    template
        Text of one end of a label, as `twin.model.label.checked` takes it; None: the layout's.

    Raises
    ------
    InputError
        The template is wrong, or two cords would bear the same label.
    """
    template = template_of(study, template)
    cable = study(cables)
    ends = [list(_ends(study, cable, end, template)) for end in (cable.upper, cable.lower)]
    upper, lower = (
        [_both(a, b) for a, b in zip(own, far, strict=True)] for own, far in (ends, ends[::-1])
    )
    _unique(study, template, upper, lower)
    return upper, lower


def _both(own: str, far: str) -> str:
    return own if own == far else f"{own}{SEPARATOR}{far}"


def _ends(study: Study, cable: Cables, end: Ends, template: str) -> Iterator[str]:
    """Yield the text of the template for one end of each row."""
    columns = _columns(study, cable, end)
    used = [name for name in FIELDS if name in fields_of(template)]
    for row, number in enumerate(cable.cord.tolist()):
        yield template.format(**{n: columns[n][row] for n in used}) if number else ""


def _columns(study: Study, cable: Cables, end: Ends) -> dict[str, Sequence[object]]:
    words = named(study, end)
    fabric = _ids(study, "fabric", None, cable.fabric)
    return {
        **{n: [v or NOT_KNOWN for v in getattr(words, n)] for n in ("hall", "position", "rack")},
        **{n: getattr(words, n) for n in ("unit", "device", "port", "cage", "lane")},
        "fabric": fabric,
        "tier": [TIERS[t] if t >= 0 else "" for t in cable.tier.tolist()],
        "plane": (cable.plane + 1).tolist(),
        "number": cable.cord.tolist(),
    }


def _unique(study: Study, template: str, upper: list[str], lower: list[str]) -> None:
    """Raise where a label stands on two cords, with the fields that would tell them apart."""
    seen: dict[str, int] = {}
    for row, pair in enumerate(zip(upper, lower, strict=True)):
        for text in dict.fromkeys(t for t in pair if t):
            other = seen.setdefault(text, row)
            if other != row:
                raise _twice(study, template, text, (other, row))


def _twice(study: Study, template: str, text: str, rows: tuple[int, int]) -> InputError:
    cable, used = study(cables), fields_of(template)
    cords = [int(cable.cord[row]) for row in rows]
    said = [_described(study, cable, row) for row in rows]
    on = f"two tails of cord {cords[0]}" if cords[0] == cords[1] else "two cords"
    columns = [_columns(study, cable, end) for end in (cable.upper, cable.lower)]
    apart = [
        name for name in FIELDS
        if name not in used and any(c[name][rows[0]] != c[name][rows[1]] for c in columns)
    ]  # fmt: skip
    hint = " or ".join(f"{{{name}}}" for name in apart)
    return InputError(
        Problem("", key="label", value=template,
                message=f"{shown(text)} would stand on {on}: {said[0]}, and {said[1]}",
                expected=f"add {hint} to the template")
    )  # fmt: skip


def _described(study: Study, cable: Cables, row: int) -> str:
    words = [named(study, end) for end in (cable.upper, cable.lower)]
    ends = " to ".join(f"{w.device[row]} port {w.port[row]}" for w in words)
    return f"cord {cable.cord[row]} from {ends}"
