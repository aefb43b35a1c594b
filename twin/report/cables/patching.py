"""Schedules of trunks, which lie before any cord, and of the ports of their panels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from twin.report.cables import cells
from twin.report.tables import Value
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.labels import labels, named
from twin.solve.cabling.cords.pulled import pulls
from twin.solve.cabling.links.days import trunk_days
from twin.solve.cabling.panels.cassettes import shuffles
from twin.solve.cabling.panels.mating import (
    front_ferrules,
    panel_polarity,
    trunk_ferrules,
    trunk_polarity,
)
from twin.solve.cabling.panels.panel_ports import panel_ports
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import longest_m, piece_needed_m, piece_stock_m, stocked_m
from twin.solve.cabling.ways.laid_ways import way_words
from twin.solve.cabling.ways.laying import laying
from twin.solve.media.polarity import GENDERS, POLARITIES
from twin.solve.study import Study

_PANEL = ("hall", "position", "rack", "unit", "units")
TRUNKS = (
    "trunk", "panel_a", *(f"a_{name}" for name in _PANEL),
    "panel_b", *(f"b_{name}" for name in _PANEL), "cable", "cable_part", "gender", "polarity",
    "count", "connectors", "used", "free", "needed_m", "stock_m", "total_m", "mass_kg", "way",
    "pull", "day", "week", "missing",
)  # fmt: skip
"""`connectors` are those of all equal trunks; `day` is that of the first cord that needs them."""
PANELS = (
    "panel", *_PANEL, "type", "cassette", "gender", "polarity", "port", "lane", "links",
    "label", "cord", "bundle", "far_position", "far_device", "far_port", "rear", "trunk", "strand",
    "connector", "to_panel", "to_port", "missing",
)  # fmt: skip
"""A row for each port: its cord in front, the connector of its trunk behind and where that ends.

Of cassettes that shuffle each lane of a port has a row, `rear` is the cassette and its rear port as
in 3/2, and so is `to_port` where the connector ends on such a cassette.

`gender` is that of ferrules which meet cords, empty of plain adapters; `polarity` that of adapters.
"""
NO_PORT = "a port of the panel"
NO_CONNECTOR = "a connector of a trunk"


def trunk_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each trunk, in the order of pulls."""
    site, table, turn = study.site, study.table("trunk"), study(pulls)
    ends = [site.rows_of("panel", table[end]).tolist() for end in ("panel_a", "panel_b")]
    panels, (ids, parts) = list(_panels(study)), cells.product_words(study)
    made = site.rows_of("product", table["type"]).tolist()
    first = int((study(pieces).bundle >= 0).sum())
    needed, stock = (x[first:] for x in (study(piece_needed_m), study(piece_stock_m)))
    ways, lacking = way_words(study)[first:], trunk_lacks(study)
    days, weeks = cells.day_words(study(trunk_days))
    count = np.asarray(table["count"], dtype=float)
    total = count * np.asarray(table["connectors"], dtype=float)
    used, mass = _used(study), cells.kg_m(study)
    sexes = _said(GENDERS, study(trunk_ferrules).gender)
    types = _said(POLARITIES, study(trunk_polarity))
    for k in turn.order.tolist():
        length = float(count[k] * stock[k])
        yield (
            str(table.ids[k]), *panels[ends[0][k]], *panels[ends[1][k]],
            ids[made[k]] or None, parts[made[k]] or None, sexes[k], types[k],
            cells.whole(float(count[k])), cells.whole(float(total[k])), cells.whole(float(used[k])),
            cells.whole(float(total[k] - used[k])), cells.metres(float(needed[k])),
            cells.metres(float(stock[k])), cells.metres(length),
            cells.rounded(length * float(mass[made[k]])), ways[k] or None, int(turn.trunk[k]),
            days[k], weeks[k], lacking[k],
        )  # fmt: skip


def _panels(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield of each panel its id, hall, position, rack, unit and units; nothing of -1."""
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
            cells.whole(float(table["unit"][k])), cells.whole(float(table["rack_units"][k])),
        )  # fmt: skip
    yield (None,) * 6


def _said(words: Sequence[str], codes: IntArray) -> list[str | None]:
    """Words of some codes; None of -1."""
    return [words[code] if code >= 0 else None for code in codes.tolist()]


def _used(study: Study) -> FloatArray:
    """(T,) connectors of each trunk that are in use; by hand those of the first of equal ones."""
    cable, ports, n = study(cables), study(panel_ports), len(study.table("trunk"))
    link = cable.link[ports.trunk[cable.link] >= 0]
    # Links that a cassette shuffles share one; where nobody counts them each link has its own.
    alone = np.where(ports.connector[link] > 0, -1, link)
    used = np.stack([ports.trunk[link], ports.strand[link], ports.connector[link], alone])
    out = np.bincount(np.unique(used, axis=1)[0], minlength=n).astype(float)
    of = study(pieces)
    hand = (cable.cord == 0) & (of.second[cable.bundle] == cable.piece)
    np.add.at(out, of.trunks[cable.bundle[hand]], cable.links[hand])
    return out


def trunk_lacks(study: Study) -> list[str | None]:
    """Say what each trunk lacks; None where nothing is."""
    table, site = study.table("trunk"), study.site
    first = int((study(pieces).bundle >= 0).sum())
    way, stock = study(laying).way_m[first:], study(stocked_m)[first:]
    longest, table_of = study(longest_m)[first:], site.tables["product"].ids
    made = site.rows_of("product", table["type"])
    known = made >= 0
    connectors = np.asarray(table["connectors"], dtype=float)
    out: list[str | None] = []
    for k in range(len(table)):
        said = (
            (np.isinf(way[k]), "no way along the trays"),
            (np.isnan(way[k]), "way"),
            (not known[k], site.path_of("trunk", k, "type")),
            (
                np.isfinite(way[k]) and np.isinf(stock[k]),
                f"a length in stock: at most {longest[k]:g} m",
            ),
            (
                known[k] and np.isfinite(way[k]) and np.isnan(stock[k]),
                f"data.stock_m.{table_of[made[k]]}",
            ),
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
    made, inside = (site.rows_of("product", table[c]).tolist() for c in ("type", "cassette"))
    sexes = _said(GENDERS, study(front_ferrules).gender)
    types = _said(POLARITIES, study(panel_polarity))
    for k in range(len(table)):
        about = (
            *words[k], products[made[k]] or None, products[inside[k]] or None, sexes[k], types[k],
        )  # fmt: skip
        has = int(ports[k]) if np.isfinite(ports[k]) else 0
        taken = {port for panel, port in behind if panel == k}
        for port in range(1, max({has, *taken}) + 1):
            front = fronts.get((k, port), _FREE)
            for lane, back in behind.get((k, port), {None: _BARE}).items():
                lacks = [
                    word for word, lacking in (
                        (NO_PORT, port > has and not np.isnan(ports[k])),
                        (NO_CONNECTOR, (k, port) in behind and back[1] is None),
                    ) if lacking
                ]  # fmt: skip
                yield *about, port, lane, *front, *back, "; ".join(lacks) or None
        for row in hand.get(k, ()):
            yield *about, None, None, *row, *_BARE, None


_FREE: tuple[Value, ...] = (0, None, None, None, None, None, None)
_BARE: tuple[Value, ...] = (None,) * 6


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
                int(cable.links[row]), text[row], int(cable.cord[row]), int(cable.number[row]),
                place, far.device[row] or None, far.port[row] or None,
            )  # fmt: skip
    return out


def _behind(study: Study) -> dict[tuple[int, int], dict[int | None, tuple[Value, ...]]]:
    """Rear port, trunk, which of equal ones, connector, and where it ends, by port and lane.

    The lane is that of a port whose cassette shuffles, else None.
    """
    ports, does = study(panel_ports), study(shuffles)
    shuffled = ports.cassette > 0
    rears = [f"{c}/{r}" for c, r in zip(ports.cassette.tolist(), ports.rear.tolist(), strict=True)]
    names = [*(str(name) for name in study.table("trunk").ids.tolist()), None]
    panels = [str(name) for name in study.table("panel").ids.tolist()]
    sides = [(ports.low_panel, ports.low), (ports.high_panel, ports.high)]
    out: dict[tuple[int, int], dict[int | None, tuple[Value, ...]]] = {}
    for (panel, port), (far, to) in zip(sides, sides[::-1], strict=True):
        here, there = (shuffled & does[side] for side in (panel, far))
        for link in np.flatnonzero(port > 0).tolist():
            held = ports.trunk[link] >= 0
            lane = int(ports.rear[link]) if here[link] else None
            end = rears[link] if there[link] else int(to[link])
            out.setdefault((int(panel[link]), int(port[link])), {})[lane] = (
                rears[link] if here[link] else None, names[ports.trunk[link]],
                int(ports.strand[link]) or None, int(ports.connector[link]) or None,
                panels[far[link]] if held else None, end if held else None,
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
