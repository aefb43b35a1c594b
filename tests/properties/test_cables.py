"""What holds for the papers of every fabric: labels, counts, pulls, tables of other programs."""

import csv
import io
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.solve.cabled import HALVES, MOULDED, QUARTERS, SPLIT, study
from twin.errors import InputError
from twin.exchange import cvt, netbox
from twin.report.cables.papers import papers
from twin.report.tables import written
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.fill.fullest import fullest
from twin.solve.cabling.fill.packing import packed
from twin.solve.cabling.fill.tray_fill import lying, tray_shares
from twin.solve.cabling.links.counting import once
from twin.solve.cabling.links.tails import counted, tails
from twin.solve.cabling.parts.parts import parts
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map


@st.composite
def fabrics(draw):
    """Fabrics on the four racks, of one to three tiers, with planes, splitters, plugs of two."""
    kind = draw(st.sampled_from([{}, SPLIT, MOULDED, HALVES, QUARTERS]))
    said = kind | {
        "nodes_per_position": draw(st.integers(1, 4)),
        "links_per_node": draw(st.sampled_from([1, 2, 4])),
        "planes": draw(st.integers(1, 2)),
        "manager_links": draw(st.integers(0, 2)),
        "reserved": draw(st.integers(0, 1)),
    }
    if not kind:
        said |= {
            "radix": draw(st.sampled_from([8, 16, 64])),
            "node_cage_ports": draw(st.integers(1, 2)),
            "media": draw(st.sampled_from(['"sr"', '"dac sr"', '"dac"', None])),
        }
    return said


def built(fabric):
    try:
        return study(**fabric)
    except InputError:
        assume(False)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@given(fabrics())
@settings(max_examples=25, deadline=None)
def test_every_link_is_listed_once_and_no_two_cords_bear_one_label(fabric):
    one = built(fabric)
    cable, told = one(cables), rows(papers(one)["cables.csv"])
    assert len(set(cable.link.tolist())) == len(cable.link)
    managers = int((one(port_map).tier == 3).sum())
    assert len(cable.link) == len(one(port_map)) - managers
    assert sum(int(row["links"]) for row in told) == len(cable.link)
    assert sum(int(row["cords"]) for row in told) == int(cable.cord.max())
    assert [int(row["cord"]) for row in told] == sorted(int(row["cord"]) for row in told)
    texts = Counter(text for row in told for text in (row["upper_label"], row["lower_label"]))
    assert set(texts.values()) == {1}


@given(fabrics())
@settings(max_examples=15, deadline=None)
def test_every_cord_is_in_one_pull_one_bundle_and_one_line_of_what_to_buy(fabric):
    one = built(fabric)
    texts = {name: rows(text) for name, text in papers(one).items()}
    told = texts["cables.csv"]
    pulls, cords = defaultdict(set), len({row["cord"] for row in told})
    for row in told:
        pulls[row["cord"]].add(row["pull"])
    assert all(len(found) == 1 for found in pulls.values())
    for name in ("pulls.csv", "bundles.csv"):
        assert sum(int(row["cords"]) for row in texts[name]) == cords
    bought = [row for row in texts["bom.csv"] if row["item"] == "cord"]
    assert sum(int(row["count"]) for row in bought) == cords
    by = defaultdict(dict)
    for row in told:
        by[row["bundle"]].setdefault(row["cord"], set()).add(int(row["sequence"]))
    for found in by.values():
        assert list(found.values()) == [{n + 1} for n in range(len(found))]


@given(fabrics())
@settings(max_examples=20, deadline=None)
def test_a_cord_has_one_head_and_is_as_long_as_its_farthest_tail_needs(fabric):
    one = built(fabric)
    media, told = one(parts).media, rows(papers(one)["cables.csv"])
    cords = defaultdict(list)
    for row in told:
        cords[row["cord"]].append(row)
    for found in cords.values():
        heads = {(r["upper_device"], r["upper_cage"], r["upper_lane"], r["stock_m"]) for r in found}
        tails = {(r["lower_position"], r["lower_device"], r["lower_cage"], r["lower_lane"])
                 for r in found}  # fmt: skip
        assert len(heads) == 1
        assert len(tails) == len(found)
        assert [r["tail"] for r in found] == [str(n + 1) for n in range(len(found))]
        if found[0]["cable"]:
            each = {int(media.tails[m]) for m, name in enumerate(media.cable)
                    if name == found[0]["cable"]}  # fmt: skip
            assert len(found) <= max(each)
        for row in found:
            if row["stock_m"]:
                assert float(row["stock_m"]) >= float(row["needed_m"]) - 1e-9
                slack = float(row["stock_m"]) - float(row["needed_m"])
                assert abs(float(row["slack_m"]) - slack) < 2e-3


@given(fabrics())
@settings(max_examples=15, deadline=None)
def test_a_cord_counts_once_in_every_place_that_its_tails_pass(fabric):
    one = built(fabric)
    t, c, lies = one(tails), one(counted), one(lying)
    of_piece = defaultdict(set)
    for cord, piece in zip(t.cord.tolist(), t.piece.tolist(), strict=True):
        of_piece[piece].add(cord)
    known = {piece: len(found) for piece, found in of_piece.items()}
    assert all(c.count[piece] == n for piece, n in known.items())
    part = once(c, lies.cable, lies.row)
    for row in range(len(lies.tray)):
        here = [k for k in np.flatnonzero(lies.row == row).tolist() if lies.cable[k] in of_piece]
        there = set().union(*(of_piece[lies.cable[k]] for k in here))
        counts = sum(c.count[lies.cable[k]] * part[k] for k in here)
        assert abs(counts - len(there)) < 1e-9
    # What is drawn of a tray at its fullest is what fills it.
    drawn, fills = one(fullest), one(tray_shares)
    area = np.bincount(fills.row, fills.area_m2, minlength=len(fills.tray)) + fills.between_m2
    for tray, told in zip(drawn.tray.tolist(), drawn.area_m2.tolist(), strict=True):
        if not np.isnan(area[fills.tray == tray]).any():
            assert told == pytest.approx(area[fills.tray == tray].max(), rel=1e-9)


@given(fabrics())
@settings(max_examples=15, deadline=None)
def test_there_is_one_optic_for_each_cage_that_has_a_fibre(fabric):
    one = built(fabric)
    cable, at = one(cables), one(cages)
    fibre = [row["upper_transceiver"] != "" for row in rows(papers(one)["cables.csv"])]
    links = cable.link[np.array(fibre)[cable.low]]
    held = {*at.head[links].tolist(), *at.tail[links].tolist()}
    optics = [row for row in rows(papers(one)["bom.csv"]) if row["item"] == "optic"]
    assert sum(int(row["count"]) for row in optics) == len(held)


@given(fabrics())
@settings(max_examples=15, deadline=None)
def test_other_programs_find_each_port_once(fabric):
    one = built(fabric)
    links = len(one(cables).link)
    table = rows(written(netbox.COLUMNS, netbox.rows(one)))
    ends = [(row[f"side_{s}_device"], row[f"side_{s}_name"]) for row in table for s in "ab"]
    assert len(table) == links
    assert len(set(ends)) == len(ends) == 2 * links  # NetBox takes one cable for each interface
    assert all(device and port for device, port in ends)
    for row in table:
        assert row["length"] == "" or float(row["length"]) > 0
        assert (row["length_unit"] == "m") == (row["length"] != "")
    points = rows(written(cvt.COLUMNS, cvt.rows(one)))
    ends = [(row[f"{s}-Node Name"], row[f"{s}-Port"]) for row in points for s in "AZ"]
    assert len(set(ends)) == len(ends) == 2 * links
    assert {row["Z-Type"] for row in points} == {"Switch"}


@given(
    st.lists(st.sampled_from([1.0, 1.5, 2.25, 3.4, 6.1]), min_size=1, max_size=80),
    st.floats(14.0, 60.0),
)
@settings(max_examples=60, deadline=None)
def test_round_cables_lie_in_the_tray_and_on_nothing_but_each_other(radius, width):
    r = np.array(radius)
    at = packed(r, width)
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) - (r[:, None] + r[None])
    np.fill_diagonal(apart, 0.0)
    assert apart.min() >= -1e-8 * r.max()
    assert (at[:, 0] - r).min() >= -1e-12
    assert (at[:, 0] + r).max() <= width + 1e-9
    assert (at[:, 1] - r).min() >= 0.0
    np.fill_diagonal(apart, np.inf)
    under = np.where(at[:, None, 1] > at[None, :, 1], apart, np.inf).min(axis=1)
    assert ((at[:, 1] <= r) | (under < 1e-6)).all()
