"""What the shipped catalog promises about every figure in it."""

from __future__ import annotations

import math

import pytest

from twin.catalog import Product, shipped, shipped_sources
from twin.catalog.figure import BASES, CONFIDENCES
from twin.catalog.schema import KINDS, POWER, unit_of

PRODUCTS = tuple(shipped().products.values())


def each_figure():
    for product in PRODUCTS:
        for name, figure in product.figures.items():
            yield product, name, figure


def each_curve():
    for product in PRODUCTS:
        for name, curve in product.curves.items():
            yield product, name, curve


def has_source(product: Product, id_: str) -> bool:
    source = product.sources.get(id_)
    return bool(source and source.title.strip() and source.address.strip() and source.read)


def test_no_figure_lacks_a_source():
    bare = [
        f"{product.id}.{name}"
        for product, name, figure in each_figure()
        if figure.known and not has_source(product, figure.source)
    ]
    bare += [
        f"{product.id}.{name}"
        for product, name, curve in each_curve()
        if not has_source(product, curve.source)
    ]
    assert bare == []


def test_unknown_confidence_and_a_missing_value_are_the_same():
    assert [
        f"{product.id}.{name}"
        for product, name, figure in each_figure()
        if figure.known == (figure.confidence == "unknown")
    ] == []


def test_no_judged_figure_is_in_a_product():
    origins = [each for *_, each in (*each_figure(), *each_curve())]
    assert {origin.confidence for origin in origins} <= set(CONFIDENCES)
    assert "judgement" not in CONFIDENCES
    assert "ej" not in {origin.source for origin in origins}


def test_power_figures_tell_ac_from_dc():
    seen = set()
    for product, name, figure in each_figure():
        if name in POWER and figure.known:
            assert figure.basis in BASES, f"{product.id}.{name}"
            seen.add(figure.basis)
        else:
            assert figure.basis == "", f"{product.id}.{name}"
    assert seen == set(BASES)


def test_figures_are_finite_in_order_and_in_the_unit_of_their_name():
    for product, name, figure in each_figure():
        place = f"{product.id}.{name}"
        assert figure.unit == unit_of(name), place
        if figure.known:
            assert math.isfinite(figure.value), place
            assert figure.least() <= figure.value <= figure.greatest(), place


def test_rack_types_span_generations_and_makers():
    racks = shipped().of("rack")
    types = {rack.id.partition("@")[0] for rack in racks}
    assert len(types) >= 22
    assert len({rack.generation for rack in racks}) >= 5
    assert len({rack.vendor for rack in racks}) >= 5
    assert {rack.text["form"] for rack in racks if "form" in rack.text} >= {
        "eia-19",
        "mgx",
        "orv3",
        "orw",
        "kyber",
    }


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_product(kind):
    assert shipped().of(kind)


def test_conflicting_sources_are_a_range_and_products_of_makers_stand_beside():
    default = shipped().get("gb300_nvl72")
    lenovo = shipped().get("gb300_nvl72@lenovo-lp2357")
    assert default.number("nameplate_kw") == 142
    assert (default.low("nameplate_kw"), default.high("nameplate_kw")) == (120, 142)
    assert lenovo.number("nameplate_kw") == 135
    assert lenovo.revision == "lenovo-lp2357"
    assert shipped().revisions("gb300_nvl72") == (
        "gb300_nvl72",
        "gb300_nvl72@hpe",
        "gb300_nvl72@lenovo-lp2357",
        "gb300_nvl72@supermicro",
    )


def test_flow_is_a_curve_with_the_heat_at_which_it_holds():
    rack = shipped().get("gb300_nvl72")
    assert rack.curves["flow"].at == {"heat_kw": 121.5}
    assert rack.curves["flow"].column("flow_lpm")[-1] == 177
    assert rack.curves["resistance"].column("dp_kpa") == (15.9, 22.1, 33.8, 58.6, 126.9)


def test_a_cdu_capacity_carries_approach_flows_and_fluid():
    cdu = shipped().get("vertiv_xdu1350")
    assert cdu.number("heat_kw") == 1368
    assert cdu.number("approach_k") == 4
    assert cdu.number("flow_lpm") == cdu.number("facility_flow_lpm") == 1200
    assert cdu.text["fluid"] == "pg or water"


def test_curves_grow_and_have_the_columns_of_their_kind():
    for product, name, curve in each_curve():
        assert curve.columns == KINDS[product.kind].curves[name]
        first = curve.column(curve.columns[0])
        assert list(first) == sorted(set(first))


def test_rated_impedance_and_breaker_frames_are_left_to_the_layout():
    assert math.isnan(shipped().get("transformer_3000kva").number("z_pct"))
    generic = [b for b in shipped().of("breaker") if b.vendor == "generic"]
    assert generic
    assert all(math.isnan(breaker.number("rating_a")) for breaker in generic)


def test_conductors_have_resistance_and_reactance_at_a_temperature():
    wires = shipped().of("conductor")
    assert len(wires) >= 120
    for wire in wires:
        assert wire.text["metal"] in {"copper", "aluminium"}, wire.id
        for name in ("r_ohm_per_km", "x_ohm_per_km", "temperature_c"):
            assert wire.number(name) > 0, (wire.id, name)
    assert shipped().get("cu_500kcmil_steel").number("r_ohm_per_km") == 0.095144


def test_tables_that_lower_a_rating_begin_at_one_where_it_holds():
    lowered = [p for p in PRODUCTS if "derating" in p.curves]
    assert lowered
    for product in lowered:
        first, *_, last = product.curves["derating"].points
        assert first == (product.number("rated_at_c"), 1.0), product.id
        assert 0 < last[1] < 1, product.id


def test_direct_current_for_racks_is_measured_at_its_output():
    makers = [p for kind in ("power_shelf", "power_rack") for p in shipped().of(kind)]
    for maker in makers:
        figure = maker.figures.get("shelf_kw") or maker.figures["output_kw"]
        assert figure.basis == "dc_out", maker.id
    shelf = shipped().get("ocp_orv3_18kw")
    assert (shelf.number("hold_up_s"), shelf.number("psus_per_shelf")) == (0.02, 6)
    assert math.isnan(shipped().get("ocp_orv3_hpr_33kw").number("hold_up_s"))


def test_no_source_is_idle_and_no_address_is_of_a_machine():
    from twin.catalog import profile, profiles

    used = {id_ for product in PRODUCTS for id_ in product.sources}
    used |= {id_ for name in profiles() for id_ in profile(name).sources}
    assert used == set(shipped_sources())
    assert not any(source.address.startswith("/") for source in shipped_sources().values())


def test_shipped_is_read_once():
    assert shipped() is shipped()
