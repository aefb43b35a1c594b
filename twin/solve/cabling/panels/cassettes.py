"""Cassettes of panels; those that shuffle spread the lanes of a cord over the planes of a fabric.

A port of a node that all planes share sends a lane of its own to each. A cassette of P ports in
front and P behind, for P planes, brings those lanes together plane by plane: lane p of front port f
goes to lane f of rear port p. The P links behind one port of a leaf then come from the P nodes on
one cassette.
"""

from __future__ import annotations

import numpy as np

from twin.catalog import Product
from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.study import Study


def made_of_panels(study: Study) -> list[Product | None]:
    """Cassettes of panels, else their products, and none at the end."""
    panel = study.table("panel")
    inside, made = (study.site.rows_of("product", panel[c]) for c in ("cassette", "type"))
    return _products(study, np.where(inside >= 0, inside, made))


def inside_panels(study: Study) -> list[Product | None]:
    """Cassettes of panels, and none at the end."""
    return _products(study, study.site.rows_of("product", study.table("panel")["cassette"]))


def _products(study: Study, rows: IntArray) -> list[Product | None]:
    ids, catalog = study.site.tables["product"].ids, study.site.catalog.products
    return [*(catalog[str(ids[k])] if k >= 0 else None for k in rows.tolist()), None]


def shuffles(study: Study) -> BoolArray:
    """(panels + 1,) panels whose cassettes shuffle."""
    return np.array([p is not None and p.text.get("wiring") == "shuffle"
                     for p in made_of_panels(study)], dtype=bool)  # fmt: skip


def lanes(study: Study, low: IntArray, high: IntArray) -> IntArray:
    """(B,) links that share a port at either end of each bundle: as many as planes, else 1.

    Parameters
    ----------
    low, high
        (B,) panels at both ends, -1 none. One of them shuffles: two would undo each other.
    """
    fabric = study.site.rows_of("fabric", study.table("switch")["fabric"])
    planes = np.append(np.asarray(study.table("fabric")["planes"], dtype=float), 1.0)
    bundle, does = study(bundles), study(shuffles)
    of = planes[np.append(fabric, -1)[bundle.switch]].astype(np.int64)
    through = (bundle.rack >= 0) & (does[low] != does[high])
    return np.where(through, np.maximum(of, 1), 1)
