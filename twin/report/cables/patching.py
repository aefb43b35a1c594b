"""Schedules of trunks, which lie before any cord, and of the ports of their panels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.report.cables import cells
from twin.report.tables import Value
from twin.site.table import FloatArray
from twin.solve.cabling.cables import cables
from twin.solve.cabling.labels import labels, named
from twin.solve.cabling.laid_ways import way_words
from twin.solve.cabling.laying import laying
from twin.solve.cabling.panel_ports import panel_ports
from twin.solve.cabling.parts import piece_needed_m, piece_stock_m
from twin.solve.cabling.pieces import pieces
from twin.solve.cabling.pulled import trunk_pulls
from twin.solve.study import Study

_PANEL = ("hall", "position", "rack", "unit")
TRUNKS = (
    "trunk", "panel_a", *(f"a_{name}" for name in _PANEL),
    "panel_b", *(f"b_{name}" for name in _PANEL), "cable", "cable_part", "count", "connectors",
    "used", "free", "needed_m", "stock_m", "total_m", "mass_kg", "way", "pull", "day", "week",
    "missing",
)  # fmt: skip
"""`connectors` are those of all equal trunks; `day` is that of the first cord that needs them."""
PANELS = (
    "panel", *_PANEL, "type", "port", "links", "label", "cord", "bundle", "far_position",
    "far_device", "far_port", "trunk", "strand", "connector", "missing",
)  # fmt: skip
"""A row for each port: its cord in front, the connector of its trunk behind."""
NO_PORT = "a port of the panel"
NO_CONNECTOR = "a connector of a trunk"


def trunk_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each trunk, in the order of pulls."""
    site, table, pulls = study.site, study.table("trunk"), study(trunk_pulls)
    ends = [site.rows_of("panel", table[end]).tolist() for end in ("panel_a", "panel_b")]
    panels, (ids, parts) = list(_panels(study)), cells.product_words(study)
    made = site.rows_of("product", table["type"]).tolist()
    first = int((study(pieces).bundle >= 0).sum())
    needed, stock = (x[first:] for x in (study(piece_needed_m), study(piece_stock_m)))
    ways, lacking = way_words(study)[first:], trunk_lacks(study)
    days, weeks = cells.day_words(pulls.day)
    count = np.asarray(table["count"], dtype=float)
    total = count * np.asarray(table["connectors"], dtype=float)
    used, mass = _used(study), cells.kg_m(study)
    for k in pulls.order.tolist():
        length = float(count[k] * stock[k])
        yield (
            str(table.ids[k]), *panels[ends[0][k]], *panels[ends[1][k]],
            ids[made[k]] or None, parts[made[k]] or None, cells.whole(float(count[k])),
            cells.whole(float(total[k])), cells.whole(float(used[k])),
            cells.whole(float(total[k] - used[k])), cells.metres(float(needed[k])),
            cells.metres(float(stock[k])), cells.metres(length),
            cells.rounded(length * float(mass[made[k]])), ways[k] or None, int(pulls.pull[k]),
            days[k], weeks[k], lacking[k],
        )  # fmt: skip


def _panels(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield of each panel its id, hall, position, rack and unit; nothing of -1."""
    site, table, place = study.site, study.table("panel"), study.table("position")
    at = site.rows_of("position", table["position"])
    hall = np.append(site.rows_of("hall", place["hall"]), -1)[at]
    halls, places = ([*study.table(kind).ids.tolist(), None] for kind in ("hall", "position"))
    racks = [*study.table("rack").ids.tolist(), None]
    standing = np.full(len(place) + 1, -1, dtype=np.int64)
    here = np.flatnonzero(study.here)[::-1]
    standing[site.rows_of("position", study.table("rack")["position"])[here]] = here
    standing[-1] = -1
    for k, name in enumerate(table.ids.tolist()):
        row = int(at[k])
        yield (
            str(name), halls[hall[k]], places[row], racks[standing[row]],
            cells.whole(float(table["unit"][k])),
        )  # fmt: skip
    yield (None,) * 5


def _used(study: Study) -> FloatArray:
    """(T,) links that are listed in each trunk; those by hand in the first of equal ones."""
    cable, n = study(cables), len(study.table("trunk"))
    trunk = study(panel_ports).trunk[cable.link]
    out = np.bincount(trunk[trunk >= 0], minlength=n).astype(float)
    of = study(pieces)
    hand = (cable.cord == 0) & (of.second[cable.bundle] == cable.piece)
    np.add.at(out, of.trunks[cable.bundle[hand]], cable.links[hand])
    return out


def trunk_lacks(study: Study) -> list[str | None]:
    """Say what each trunk lacks; None where nothing is."""
    table, site = study.table("trunk"), study.site
    first = int((study(pieces).bundle >= 0).sum())
    way, stock = study(laying).way_m[first:], study(piece_stock_m)[first:]
    known = site.rows_of("product", table["type"]) >= 0
    connectors = np.asarray(table["connectors"], dtype=float)
    out: list[str | None] = []
    for k in range(len(table)):
        said = (
            (np.isinf(way[k]), "no way along the trays"),
            (np.isnan(way[k]), "way"),
            (not known[k], site.path_of("trunk", k, "type")),
            (known[k] and np.isfinite(way[k]) and np.isnan(stock[k]), "length in stock"),
            (np.isnan(connectors[k]), site.path_of("trunk", k, "connectors")),
        )
        out.append("; ".join(word for lacks, word in said if lacks) or None)
    return out


def panel_rows(study: Study, template: str | None = None) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each port of each panel; for links by hand one for each bundle.

    Raises
    ------
    InputError
        The template of the labels is wrong, or two cords would bear the same label.
    """
    table, site = study.table("panel"), study.site
    products, _ = cells.product_words(study)
    fronts, behind, hand = _fronts(study, template), _behind(study), _by_hand(study)
    words = list(_panels(study))
    ports = np.asarray(table["ports"], dtype=float)
    for k, made in enumerate(site.rows_of("product", table["type"]).tolist()):
        has = int(ports[k]) if np.isfinite(ports[k]) else 0
        taken = {port for panel, port in behind if panel == k}
        for port in range(1, max({has, *taken}) + 1):
            front, back = fronts.get((k, port)), behind.get((k, port))
            lacks = [
                word for word, lacking in (
                    (NO_PORT, port > has and not np.isnan(ports[k])),
                    (NO_CONNECTOR, back is not None and back[0] is None),
                ) if lacking
            ]  # fmt: skip
            yield (
                *words[k], products[made] or None, port, *(front or _FREE),
                *(back or (None, None, None)), "; ".join(lacks) or None,
            )  # fmt: skip
        for row in hand.get(k, ()):
            yield *words[k], products[made] or None, None, *row, None, None, None, None


_FREE: tuple[Value, ...] = (0, None, None, None, None, None, None)


def _fronts(study: Study, template: str | None) -> dict[tuple[int, int], tuple[Value, ...]]:
    """Say what is plugged in front of each port, by panel and port."""
    cable = study(cables)
    texts = labels(study, template)
    ends = [cable.upper, cable.lower]
    words = [named(study, end) for end in ends]
    out: dict[tuple[int, int], tuple[Value, ...]] = {}
    for end, text, far in zip(ends, texts, words[::-1], strict=True):
        mine = np.flatnonzero((end.panel >= 0) & (cable.cord > 0))
        for row in mine.tolist():
            place = ".".join((far.hall[row], far.position[row]))
            out[int(end.panel[row]), int(end.cage[row])] = (
                1, text[row], int(cable.cord[row]), int(cable.number[row]), place,
                far.device[row] or None, far.port[row] or None,
            )  # fmt: skip
    return out


def _behind(study: Study) -> dict[tuple[int, int], tuple[Value, ...]]:
    """Trunk, which one of those side by side, and connector behind each port that is given."""
    ports = study(panel_ports)
    names = [*(str(name) for name in study.table("trunk").ids.tolist()), None]
    out: dict[tuple[int, int], tuple[Value, ...]] = {}
    for side, port in ((ports.low_panel, ports.low), (ports.high_panel, ports.high)):
        for link in np.flatnonzero(port > 0).tolist():
            out[int(side[link]), int(port[link])] = (
                names[ports.trunk[link]], int(ports.strand[link]) or None,
                int(ports.connector[link]) or None,
            )  # fmt: skip
    return out


def _by_hand(study: Study) -> dict[int, list[tuple[Value, ...]]]:
    """Bundles by hand that end on each panel: how many links, and which bundle."""
    cable = study(cables)
    out: dict[int, list[tuple[Value, ...]]] = {}
    for end, far in ((cable.upper, cable.lower), (cable.lower, cable.upper)):
        words = named(study, far)
        for row in np.flatnonzero((end.panel >= 0) & (cable.cord == 0)).tolist():
            links = float(cable.links[row])
            out.setdefault(int(end.panel[row]), []).append((
                cells.whole(links) if links % 1 == 0 else cells.metres(links), None, None,
                int(cable.number[row]), ".".join((words.hall[row], words.position[row])),
                words.device[row] or None, None,
            ))  # fmt: skip
    return out
