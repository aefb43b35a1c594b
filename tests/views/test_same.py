"""Plan, meshes and page show the same subjects in the same bands."""

import base64
import re
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.views import sample
from twin.views import colours, keys
from twin.views.meshes import meshes
from twin.views.payload import payload
from twin.views.plan import plan
from twin.views.scene import scene

SVG = "{http://www.w3.org/2000/svg}"
BOXED = ("rack", "cdu", "busway")


def of_plan(text, asset):
    """Name and band of everything of an asset, from tooltips and classes."""
    found = {}
    group = sample.parsed(text).find(f"{SVG}g[@class='{asset}']")
    for element in group:
        told = element.find(f"{SVG}title")
        band = re.search(r"\b[bc](\d+)\b", element.get("class"))
        if told is None:
            continue
        name = re.match(r"\S+ (\S+?)(?: in |:|,|$)", told.text)[1]
        found[name] = max(found.get(name, -1), int(band[1]) if band else -1)
    return found


def of_mesh(shown, mesh):
    pairs = np.unique(np.stack([mesh.cell_data["subject"], mesh.cell_data["band"]], 1), axis=0)
    return {shown.name(s): b for s, b in pairs.tolist()}


def of_page(told, asset):
    batch = next(b for b in told["batches"] if b["asset"] == asset)
    bands = np.frombuffer(base64.b64decode(batch["band"]), dtype="i1").tolist()
    return dict(zip(batch["names"], bands, strict=True))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_all_three_show_the_same(data):
    rows, per_row = data.draw(st.integers(1, 4)), data.draw(st.integers(2, 6))
    site = sample.site(rows, per_row, yaw_deg=data.draw(st.sampled_from([0.0, 90.0, 33.0])))
    n = rows * per_row
    loads = data.draw(st.lists(st.floats(0, 2), min_size=n, max_size=n))
    by = data.draw(st.sampled_from(["margin", "verdict", "type"]))
    report = sample.report(site, loads)
    shown = scene(site, report, by)
    text, solid, told = plan(shown), meshes(shown), payload(shown, report)
    for asset in BOXED:
        batch = shown.batch(asset)
        names = [shown.name(s) for s in batch.subject.tolist()]
        want = dict(zip(names, batch.band.tolist(), strict=True))
        assert of_plan(text, asset) == want
        assert of_mesh(shown, solid[asset]) == want
        assert of_page(told, asset) == want


def test_meshes_hold_boxes_where_they_stand():
    site = sample.site()
    shown = scene(site, sample.report(site))
    mesh, racks = meshes(shown)["rack"], shown.batch("rack")
    assert mesh.n_cells == 6 * len(racks)
    first = mesh.points[:8]
    assert np.allclose(first.min(axis=0), [2.0, 1.45, 0.0], atol=1e-5)
    assert np.allclose(first.max(axis=0), [2.6, 2.55, 2.3], atol=1e-5)
    want = shown.legend.rgb(racks.band.astype(int))
    assert (mesh.cell_data["colour"][::6] == want).all()


def test_a_line_in_the_colour_of_its_band_has_no_key_of_its_own():
    site = sample.site()
    shown = scene(site, sample.report(site))
    assert "busway" not in {k.name for k in keys.things(shown)}
    assert "busway" in {k.name for k in keys.things(shown, cased=True)}
    assert "tray" in {k.name for k in keys.things(shown)}


def test_a_judged_floor_keeps_its_own_colour():
    site = sample.site()
    report = sample.report(site)
    margins = replace(report.margins, subject=site.subject("hall", np.array([0, 0])))
    shown = scene(site, replace(report, margins=margins))
    assert shown.batch("hall").band.tolist() != [-1]
    plain = colours.hex_rgb(colours.SOLIDS["hall"])
    assert (meshes(shown)["hall"].cell_data["colour"] == plain).all()


def test_a_floor_with_a_notch_is_cut_into_its_own_area():
    site = sample.site()
    ring = np.array([[0, 0], [8, 0], [8, 6], [5, 6], [5, 3], [3, 3], [3, 6], [0, 6.0]])
    site = site.replace(shapes=type(site.shapes)({"H1": ring}, dict(site.shapes.lines), {}))
    hall = meshes(scene(site))["hall"]
    assert hall.area == 8 * 6 - 2 * 3
