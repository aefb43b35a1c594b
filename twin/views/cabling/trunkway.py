"""Trunks on the plan: the way of one of them, from panel to panel."""

from __future__ import annotations

import numpy as np

from twin.errors import InputError, Problem, near, shown
from twin.solve.cabling.cords.pulled import pulls
from twin.solve.cabling.links.days import trunk_days
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import piece_needed_m, piece_stock_m
from twin.solve.cabling.ways.laid_ways import way_words, ways_of_cables
from twin.solve.study import Study
from twin.views.cabling.onplan import (
    LOWER,
    UPPER,
    drawn,
    has_way,
    judged,
    legend_of_ends,
    points_of,
)
from twin.views.parts import Scene
from twin.views.scene import composed

_TRUNK = "trunk:"


def trunk_asked(study: Study, cable: str) -> int:
    """Row of the trunk that is asked for by its id, as TA or trunk:TA; -1 where none is.

    Raises
    ------
    InputError
        There is no trunk of the id behind "trunk:".
    """
    rows, name = study.table("trunk").index, cable.removeprefix(_TRUNK)
    # A number alone is that of a bundle.
    if name in rows and not (name == cable and name.isdigit()):
        return int(rows[name])
    if name != cable:
        expected = "write the id of a trunk" if rows else "there is no trunk"
        raise InputError(
            Problem("", key="cable", value=cable, message=f"there is no trunk {shown(name)}",
                    expected=expected, near=near(name, rows))
        )  # fmt: skip
    return -1


def trunk_scene(study: Study, trunk: int) -> Scene:
    """Return the site with the way of one row of the trunks.

    Raises
    ------
    InputError
        Its way is not known.
    """
    of, site, table = study(pieces), study.site, study.table("trunk")
    piece = int(np.flatnonzero(of.trunk == trunk)[0])
    name = str(table.ids[trunk])
    has_way(study, piece, name)
    places, panels = study.table("position"), study.table("panel").ids
    words = [("upper", of.host[piece], "panel_b"), ("lower", of.place[piece], "panel_a")]
    halls = study.table("hall").ids[site.rows_of("hall", places["hall"])]
    names = [str(panels[site.rows_of("panel", table[key])[trunk]]) for *_, key in words]
    texts = [
        f"{end} end: {halls[at]}.{places.ids[at]} {name}"
        for (end, at, _), name in zip(words, names, strict=True)
    ]
    judgement = judged(study, legend_of_ends(texts))
    standing = site.rows_of("position", study.table("rack")["position"])
    for band, (_, at, _) in zip((UPPER, LOWER), words, strict=True):
        racks = np.flatnonzero(study.here & (standing == at))
        judgement.band[site.first["rack"] + racks] = band
    lines = [points_of(study, piece, way) for way in study(ways_of_cables)[piece]]
    over = (drawn(judgement, lines),) if lines else ()
    return composed(site, judgement, _told(study, trunk, piece), study.conditions.date, over)


def _told(study: Study, trunk: int, piece: int) -> tuple[str, str]:
    """Return what is said of a trunk: what it is, how long and when."""
    site, table = study.site, study.table("trunk")
    many = int(table["count"][trunk])
    what = f"Trunk {table.ids[trunk]}" + (f", {many} side by side" if many > 1 else "")
    lengths = (("needed", study(piece_needed_m)[piece]), ("bought", study(piece_stock_m)[piece]))
    said = [f"{word} {length:.2f} m" for word, length in lengths if np.isfinite(length)]
    made = int(site.rows_of("product", table["type"])[trunk])
    said += [str(site.tables["product"].ids[made])] if made >= 0 else []
    day = str(study(trunk_days)[trunk])
    turn = f"pull {study(pulls).trunk[trunk]}" + ("" if day == "NaT" else f" on {day}")
    return f"{what}: {study(way_words)[piece]}", ", ".join([*said, turn])
