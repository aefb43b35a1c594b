"""Heat of power gear by sums: against the load flow, and where halls are two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solve.test_flow import element, rack, study_of
from twin.solve.load import rack_load
from twin.solve.power.chain_losses import chain_losses
from twin.solve.power.gear_heat import gear_heat
from twin.solve.study import Study

HALLS = "".join(
    f"[halls.{h}]\noutline_m = [[0, 0], [9, 0], [9, 9], [0, 9]]\nheight_m = 4\n" for h in "HK"
)


def halls_kw(study: Study, *, lost: bool) -> np.ndarray:
    """Heat in each hall with all racks, with nothing lost or the most."""
    gear = study(gear_heat)
    each = (gear.most.max(axis=0) if lost else gear.healthy) * study(rack_load)[gear.rack]
    fixed = gear.fixed_most_kw.max(axis=0) if lost else gear.fixed_kw
    return fixed + np.bincount(gear.hall, each, minlength=len(fixed))


def chain_of(**said: object) -> str:
    return (
        HALLS
        + element("sources", "S", voltage_v=13800)
        + element("sources", "Z", voltage_v=415)
        + element(
            "transformers", "T", fed_from="S", rating_kva=1500, voltage_v=415, z_pct=6.0,
            load_loss_kw=12, no_load_kw=2, hall="K",
        )
        + element("ups", "U", fed_from="T", rating_kw=1000, hall="H", **said)
        + element("busways", "B", fed_from="U", efficiency=0.995, hall="H")
        + element("busways", "C", fed_from="Z", hall="H")
    )  # fmt: skip


def test_worked_number_and_what_is_lost_on_the_other_side() -> None:
    """WE-P-070 by sums, with the UPS and the busway in one hall: 41.9 + 5.0 kW for 1,000 kW."""
    study = study_of(chain_of(efficiency=0.96) + rack("r", 500, {"B": {}, "C": {}}))
    out = 250 / 0.995
    assert halls_kw(study, lost=False)[0] == pytest.approx(out / 0.96 - 250)
    assert halls_kw(study, lost=True)[0] == pytest.approx(2 * (out / 0.96 - 250))
    copper = 12 / 1500 / ((1 + np.sqrt(1 - 0.24)) / 2) ** 2
    assert halls_kw(study, lost=False)[1] == pytest.approx(2 + copper * out / 0.96)


def test_gear_that_is_dead_in_a_case_gives_no_heat_in_it() -> None:
    """Two UPS of 0.96 in one hall, each with half of 500 kW: the other one gives as much alone."""
    body = HALLS + "".join(
        element("sources", s, voltage_v=415)
        + element("ups", f"U{s}", fed_from=s, efficiency=0.96, hall="H")
        + element("busways", f"B{s}", fed_from=f"U{s}")
        for s in "AB"
    )
    study = study_of(body + rack("r", 500, {"BA": {}, "BB": {}}))
    assert halls_kw(study, lost=False)[0] == pytest.approx(500 / 0.96 - 500)
    assert halls_kw(study, lost=True)[0] == pytest.approx(500 / 0.96 - 500)
    assert (study(gear_heat).grows < 0).all()


def test_a_hall_without_gear_and_gear_without_losses_have_none() -> None:
    study = study_of(chain_of() + rack("r", 500, {"C": {}}))
    assert halls_kw(study, lost=True).tolist() == [0.0, 2.0]


ETA = st.floats(0.85, 0.99)


@settings(max_examples=15, deadline=None)
@given(kw=st.lists(st.floats(1, 300), min_size=1, max_size=3), pf=st.floats(0.85, 1), eta=ETA,
       low=ETA)  # fmt: skip
def test_heat_is_no_less_than_that_of_the_load_flow(
    kw: list[float], pf: float, eta: float, low: float
) -> None:
    body = chain_of(efficiency=eta, efficiency_25=low, power_factor=0.99)
    study = study_of(body + "".join(rack(f"r{n}", k, {"B": {}}, pf) for n, k in enumerate(kw)))
    least = study(chain_losses).heat_of_power_gear
    assert (halls_kw(study, lost=False) >= least * (1 - 1e-6) - 1e-9).all()
