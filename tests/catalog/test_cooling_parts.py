"""Pipes, hoses, couplings, valves and fittings: sizes that can be looked up elsewhere."""

from __future__ import annotations

import math

import pytest

from twin.catalog import shipped


@pytest.mark.parametrize(
    ("id_", "inner_mm"),
    [
        # ASME B36.10M and B36.19M: outside diameter less two walls.
        ("pipe_nps4_sch40", 114.3 - 2 * 6.02),
        ("pipe_nps12_sch40", 323.8 - 2 * 10.31),
        ("pipe_nps5_sch10", 141.3 - 2 * 3.4),
        ("pipe_nps8_sch10", 219.1 - 2 * 3.76),
        ("pipe_nps2_10s", 60.3 - 2 * 2.77),
        # ASTM B88 type L, in inches.
        ("tube_cu_1in_l", 25.4 * (1.125 - 2 * 0.05)),
        ("tube_cu_4in_l", 25.4 * (4.125 - 2 * 0.114)),
        ("pipe_hdpe_nps4_sdr11", 114.3 - 2 * 10.39),
    ],
)
def test_bores(id_, inner_mm):
    assert 1000 * shipped().get(id_).number("bore_m") == pytest.approx(inner_mm, abs=0.01)


def test_every_pipe_has_bore_and_roughness_and_sizes_grow():
    by_series = {}
    for pipe in shipped().of("pipe"):
        bore, rough = pipe.number("bore_m"), pipe.number("roughness_m")
        assert 0.01 < bore < 0.7, pipe.id
        assert 1e-6 < rough < 1e-4, pipe.id
        size = float(pipe.text["nominal"].replace("NPS", "").replace("in", ""))
        series = pipe.text["schedule"], pipe.text.get("material", "steel")
        by_series.setdefault(series, {})[size] = bore
    assert set(by_series) == {
        ("10", "steel"),
        ("40", "steel"),
        ("10S", "stainless steel"),
        ("L", "copper"),
        ("SDR 11", "HDPE"),
        ("SDR 17", "HDPE"),
    }
    for sizes in by_series.values():
        bores = [sizes[size] for size in sorted(sizes)]
        assert bores == sorted(set(bores))


def test_valves_say_kv_or_equivalent_length():
    for valve in shipped().of("valve"):
        known = [valve.number(name) > 0 for name in ("kv_m3h", "l_over_d")]
        assert known.count(True) == 1, valve.id
        assert valve.text["type"] in {"balancing", "butterfly", "gate", "ball", "globe", "check"}
    assert shipped().get("stad_dn50").number("kv_m3h") == 33
    assert shipped().get("globe_valve").number("l_over_d") == 340
    assert all(fitting.number("l_over_d") > 0 for fitting in shipped().of("fitting"))


def test_couplings_whose_kv_nobody_publishes_have_none():
    for coupling in shipped().of("quick_connect"):
        assert math.isnan(coupling.number("kv_m3h")), coupling.id
        assert coupling.figures["kv_m3h"].note, coupling.id


def test_a_cdu_rating_is_whole_or_lacks_what_nobody_publishes():
    cdu = shipped().get("vertiv_xdu1350")
    assert (cdu.number("pumps"), cdu.number("pumps_needed")) == (2, 2)
    assert cdu.number("facility_filter_um") == 500
    mcdu = shipped().get("motivair_mcdu_70")
    assert [mcdu.number(f"rated_{n}_c") for n in ("supply", "return", "facility")] == [45, 65, 32]
    assert mcdu.text["rated_fluid"] == "pg25"
    needed = ("heat_kw", "approach_k", "flow_lpm", "facility_flow_lpm")
    whole = [c.id for c in shipped().of("cdu") if all(c.number(name) > 0 for name in needed)]
    assert whole == ["vertiv_xdu1350", "google_deschutes"]
    assert not any("rated_fluid" in shipped().get(id_).text for id_ in whole)
