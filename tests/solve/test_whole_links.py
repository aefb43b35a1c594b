"""Links through panels are judged whole: cords at both ends, and the trunk between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.checks.cabling.planes import shared_ways
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import pieces_of, pieces_of_bundles
from twin.solve.cabling.parts.parts import parts

LAYOUT = Path(__file__).parents[1] / "rules" / "paneled.toml"


def built(folder, *changes):
    text = LAYOUT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "paneled.toml"
    path.write_text(text, encoding="utf-8")
    return pipeline.study(pipeline.load(path))


def test_planes_that_share_a_trunk_share_its_way(tmp_path):
    study = built(tmp_path, ("rails = 2", "rails = 2\nplanes = 2"))
    found = shared_ways(study, np.array([True]), "test")
    racks = study.table("rack").ids[found.subject].tolist()
    # From A-01 2.4 m to the panel in A-05, and 27.6 m of trunk to N-01.
    assert found.demand[racks.index("D-001")] == pytest.approx(30.0)
    assert found.demand[racks.index("D-004")] == pytest.approx(28.2)


def test_each_piece_of_a_link_is_told_once(tmp_path):
    study = built(tmp_path)
    n = len(study(pieces).low_panel)
    place, piece = pieces_of_bundles(study, np.arange(n))
    for row in range(n):
        assert sorted(piece[place == row].tolist()) == sorted(pieces_of(study, row))
    assert len(np.unique(piece)) == len(study(pieces).bundle)


def test_links_through_panels_get_a_medium_that_reaches_as_far_as_their_pieces_are_bought():
    site = pipeline.load("layouts/cabled_trunks.toml")
    ids = site.tables["product"].ids.tolist()
    found = {}
    for sizes in ([60.0], [200.0], [700.0]):
        study = pipeline.study(pipeline.change(site, {"data.stock_m.trunk_sm_144": sizes}))
        part, through = study(parts), study(pieces).low_panel >= 0
        found[sizes[0]] = {ids[k] for k in part.head[through].tolist()}
    assert found[60.0] == {"2xdr4_800g_100m"}
    assert found[200.0] == {"2xdr4_800g_500m"}
    # Where none reaches so far it is the one that would but for what is in stock.
    assert found[700.0] == {"2xdr4_800g_100m"}
    told = pipeline.check(pipeline.change(site, {"data.stock_m.trunk_sm_144": [700.0]}))
    assert {f.code for f in told.findings if f.severity == "error"} == {"CAB301"}
