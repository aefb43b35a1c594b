"""What each rack's network is made of: cords, plugs, trunks, cassettes; its own and others."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.links.resting import resting
from twin.solve.cabling.panels.pieces import laid, pieces, rack_of_cables
from twin.solve.cabling.parts.parts import parts, products
from twin.solve.study import Study


def made_of(study: Study) -> tuple[IntArray, IntArray]:
    """(D,) racks, and subjects of the products and trunks that their links are made of."""
    site, piece, part = study.site, study(pieces), study(parts)
    cable = np.flatnonzero(study(laid))
    own = study(rack_of_cables)[cable] >= 0
    rests, on = resting(study, cable[~own], np.arange(int((~own).sum())))
    rack = np.append(study(rack_of_cables)[cable[own]], rests)
    used = np.append(cable[own], cable[~own][on])
    bundle = piece.bundle[used]
    inside = np.append(site.rows_of("product", study.table("panel")["cassette"]), -1)
    columns = [
        site.subject("product", products(study, part)[used]),
        *(site.subject("product", np.append(end, -1)[bundle]) for end in (part.head, part.tail)),
        site.subject("trunk", piece.trunk[used]),
        *(site.subject("product", inside[np.append(end, -1)[bundle]])
          for end in (piece.low_panel, piece.high_panel)),
    ]  # fmt: skip
    pairs = np.stack([np.tile(rack, len(columns)), np.concatenate(columns)])
    found = np.unique(pairs[:, pairs[1] >= 0], axis=1)
    return found[0], found[1]
