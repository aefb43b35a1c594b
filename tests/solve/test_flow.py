"""Load flow of a site: against a computed network, against sums, and by phase."""

from __future__ import annotations

import math
import tempfile
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.checks.power.pwr304_voltage_drop import voltage_drop
from twin.model.change import Conditions, Scenario
from twin.solve.load import rack_load
from twin.solve.losses.cases import cases
from twin.solve.power.chain_losses import chain_losses
from twin.solve.power.described import described
from twin.solve.power.feeder_rows import feeder_rows
from twin.solve.power.flow import flow, flows
from twin.solve.power.flow_phases import phase_flows
from twin.solve.power.network import losses_kw, network
from twin.solve.study import Study

HEAD = (
    'format = 1\nname = "flow"\nscope = ["PWR"]\n[policy.losses]\nsource = "full"\nups = "full"\n'
)


def study_of(body: str, profile: str = "nec-us", **conditions: object) -> Study:
    """Return a study of a layout that holds what a test needs and no more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.toml"
        path.write_text(f'profile = "{profile}"\n{HEAD}{body}')
        site = pipeline.load(path)
    asked = {"scope": frozenset({"PWR"}), **conditions}
    return pipeline.study(site, Scenario(conditions=Conditions(**asked)))  # type: ignore[arg-type]


def element(kind: str, name: str, **said: object) -> str:
    """Return one table of the power section, or a rack."""
    section = "racks" if kind == "rack" else f"power.{kind}"
    lines = "".join(
        f"{key} = {value!r}\n".replace("'", '"').replace("True", "true").replace("False", "false")
        for key, value in said.items()
    )
    return f"[{section}.{name}]\n{lines}"


def rack(name: str, kw: float, taps: dict[str, dict[str, object]], pf: float = 1.0) -> str:
    """Return a rack with one whip on a tap of each of these feeders."""
    out = element("rack", name, type="air_cpu_avg", provisioned_kw=kw, power_factor=pf)
    for n, (feeder, said) in enumerate(taps.items(), 1):
        out += element("taps", f"{name}t{n}", fed_from=feeder, breaker_a=9999, **said)
        out += element("whips", f"{name}w{n}", rack=name, shelf=n, tap=f"{name}t{n}")
    return out


def node(study: Study, name: str) -> int:
    return study.site.names.tolist().index(name) - study.arrays.topology.power.first


RADIAL = (
    element("sources", "S", voltage_v=13800)
    + element(
        "transformers", "T", fed_from="S", rating_kva=3000, voltage_v=480, z_pct=5.75,
        load_loss_kw=18, no_load_kw=4, r_ohm=0.0, x_ohm=0.0,
    )
    + element("boards", "B0", fed_from="T", r_ohm=0, x_ohm=0)
    + "".join(
        element("boards", f"B{n}", fed_from=f"B{n - 1}", r_ohm=0.0008, x_ohm=0.0005)
        for n in (1, 2, 3)
    )
    + rack("r0", 1200, {"B0": {}}, 0.98)
    + "".join(rack(f"r{n}", 264, {f"B{n}": {}}, 0.98) for n in (1, 2, 3))
)  # fmt: skip


def test_radial_low_voltage_network_as_computed_elsewhere() -> None:
    """WE-P-004: a transformer, a board and three pieces of busway."""
    study = study_of(RADIAL)
    solved = study(flow)
    assert solved.converged.all()
    expected = {"B0": 0.987312, "B1": 0.984156, "B2": 0.98205, "B3": 0.980997}
    for name, v in expected.items():
        assert solved.v_pu[node(study, f"board:{name}")] == pytest.approx(v, abs=1e-4)
    assert solved.current_a[node(study, "board:B1")] == pytest.approx(989.485, rel=1e-4)
    loading = math.hypot(*(f[node(study, "source:S")] for f in (solved.out_kw, solved.out_kvar)))
    assert loading / 3000 == pytest.approx(0.6895, rel=2e-3)


def test_chain_losses() -> None:
    """WE-P-070: 1,000 kW behind a busway, a UPS and a transformer take 1,057.48 kW."""
    body = (
        "[halls.H]\noutline_m = [[0, 0], [9, 0], [9, 9], [0, 9]]\nheight_m = 4\n"
        + element("sources", "S", voltage_v=13800)
        + element(
            "transformers", "T", fed_from="S", rating_kva=3000, voltage_v=480, efficiency=0.99
        )
        + element("ups", "U", fed_from="T", rating_kw=3000, efficiency=0.96)
        + element("busways", "B", fed_from="U", efficiency=0.995, hall="H")
        + rack("r", 1000, {"B": {}})
    )
    study = study_of(body)
    lost = study(chain_losses)
    assert lost.out_kw[node(study, "source:S")] == pytest.approx(1057.48, rel=1e-5)
    assert np.nansum(lost.lost_kw) == pytest.approx(57.48, rel=1e-4)
    assert lost.heat_of_power_gear.tolist() == [pytest.approx(1000 / 0.995 - 1000)]
    assert lost.elsewhere_kw == pytest.approx(57.476 - 5.025, abs=1e-3)
    assert (lost.silent < 0).all()
    assert lost.useful_kw[node(study, "source:S")] == pytest.approx(1000)


def test_transformers_in_parallel_share_by_impedance_and_drop_as_one() -> None:
    both = {"fed_from": "S", "rating_kva": 2000, "voltage_v": 415, "x_over_r": 6.0}
    body = (
        element("sources", "S", voltage_v=13800)
        + element("transformers", "T1", z_pct=4.0, **both)
        + element("transformers", "T2", z_pct=6.0, parallel_with="T1", **both)
        + element("busways", "B", fed_from="T2")
        + rack("r", 1500, {"B": {}}, 0.95)
    )
    study = study_of(body)
    solved = study(flow)
    kw = [solved.out_kw[node(study, f"transformer:T{n}")] for n in (1, 2)]
    assert sum(kw) == pytest.approx(1500)
    assert kw[0] / kw[1] == pytest.approx(6 / 4)
    # One branch of 2.4 % on 2,000 kVA: V^4 + 2 V^2 (R P + X Q - 1/2) + (P^2 + Q^2) Z^2 = 0.
    r, p = 0.024 / math.sqrt(37), 0.75
    x, q = 6 * r, p * math.tan(math.acos(0.95))
    b = r * p + x * q - 0.5
    v = math.sqrt(-b + math.sqrt(b * b - (p * p + q * q) * (r * r + x * x)))
    assert solved.v_pu[node(study, "busway:B")] == pytest.approx(v, abs=1e-6)


def test_a_ups_holds_its_voltage_and_loses_by_its_load() -> None:
    body = (
        element("sources", "S", voltage_v=415)
        + element(
            "ups", "U", fed_from="S", rating_kw=1000, voltage_v=415, r_ohm=0.001, x_ohm=0.0,
            efficiency_25=0.92, efficiency_50=0.95, efficiency_75=0.96, efficiency=0.955,
            power_factor=0.99,
        )
        + element("busways", "B", fed_from="U")
        + rack("r", 500, {"B": {}}, 0.9)
    )  # fmt: skip
    study = study_of(body)
    solved = study(flow)
    u = node(study, "ups:U")
    assert solved.v_pu[u] == 1.0
    assert solved.far_pu[u] < 1.0
    assert solved.loss_kw[u] == pytest.approx(500 / 0.95 - 500 + 0.001 * _amps(solved, u), rel=1e-2)
    taken = solved.in_kw[u]
    assert solved.out_kw[node(study, "source:S")] == pytest.approx(taken)
    net = study(network)
    for load, eta in ((250, 0.92), (750, 0.96), (1000, 0.955), (1200, 0.955)):
        lost = losses_kw(net, np.array([u]), np.array([float(load)]))[0]
        assert lost == pytest.approx(load / eta - load)
    assert losses_kw(net, np.array([u]), np.array([10.0]))[0] == pytest.approx(250 / 0.92 - 250)


def _amps(solved: object, u: int) -> float:
    """kW of one ohm at the input current of a UPS: 3 I^2 / 1000."""
    kva = 500 / 0.95 / 0.99
    return 3 * (kva * 1000 / (math.sqrt(3) * 415)) ** 2 / 1000


def test_direct_current_below_a_rectifier() -> None:
    """WE-P-050: 1 MW at 800 V is 1,250 A."""
    body = (
        element("sources", "S", voltage_v=480)
        + element(
            "rectifiers", "R", fed_from="S", voltage_v=800, efficiency=0.98, power_factor=0.99
        )
        + element("busways", "B", fed_from="R", rating_a=2000, r_ohm=0.0006)
        + rack("r", 1000, {"B": {}})
    )
    study = study_of(body)
    solved = study(flow)
    b = node(study, "busway:B")
    v = 400 * (1 + math.sqrt(1 - 4 * 0.0012 * 1e6 / 800**2))
    assert solved.v_pu[b] * 800 == pytest.approx(v)
    assert solved.current_a[b] == pytest.approx(1e6 / v)
    assert solved.out_kw[node(study, "source:S")] == pytest.approx(
        v and (1e3 + 0.0012 * (1e6 / v) ** 2 / 1e3) / 0.98
    )


SIDES = "".join(
    element("sources", f"S{s}", voltage_v=415)
    + element("boards", f"M{s}", fed_from=f"S{s}", r_ohm=0.0005, x_ohm=0.0005)
    + element("busways", f"B{s}", fed_from=f"M{s}", rating_a=1000, r_ohm=0.001, x_ohm=0.001)
    for s in "ab"
)


def test_after_the_loss_of_a_side_the_other_one_drops_about_twice() -> None:
    body = SIDES + "".join(rack(f"r{n}", 100, {"Ba": {}, "Bb": {}}, 0.95) for n in range(3))
    study = study_of(body)
    states = study(flows)
    assert [s.state.case > 0 for s in states] == [False, True, True]
    b = node(study, "busway:Bb")
    before, after = 1 - states[0].v_pu[b], 1 - states[1].v_pu[b]
    assert after == pytest.approx(2 * before, rel=0.05)
    assert np.isnan(states[1].v_pu[node(study, "busway:Ba")])
    assert described(study, states[0]).lacks[node(study, "whip:r0w1")] == node(study, "whip:r0w1")
    assert described(study, states[0]).told[b]


def test_what_nobody_knows_is_not_solved() -> None:
    body = SIDES + element("rack", "r", type="air_cpu_avg", provisioned_kw=10)
    body += element("taps", "t", fed_from="Ba") + element("whips", "w", rack="r", shelf=1, tap="t")
    body += rack("q", 50, {"Bb": {}})
    study = study_of(body)
    solved = study(flow)
    assert not solved.converged[node(study, "busway:Ba")]
    assert np.isnan(solved.v_pu[node(study, "whip:w")])
    assert solved.converged[node(study, "busway:Bb")]


def test_a_collapse_is_not_solved() -> None:
    study = study_of(SIDES + rack("r", 90000, {"Ba": {}}))
    solved = study(flow)
    assert not solved.converged[node(study, "busway:Ba")]
    assert solved.residual[node(study, "busway:Ba")] > 0


PHASE_AMPS = {"A": 45.0, "B": 38.0, "C": 52.0}


def three(amps: dict[str, float], pf: float = 1.0) -> str:
    return element("sources", "S", voltage_v=415) + element(
        "busways", "B", fed_from="S", rating_a=63
    ) + "".join(
        rack(f"r{p}", a * 415 / math.sqrt(3) * pf / 1000, {"B": {"phase": p, "phases": 1}}, pf)
        for p, a in amps.items()
    )  # fmt: skip


def test_phases_and_neutral() -> None:
    """WE-P-030: 45, 38 and 52 A leave 12.12 A in the neutral."""
    study = study_of(three(PHASE_AMPS, 0.95))
    (found,) = study(phase_flows)[:1]
    b = node(study, "busway:B")
    assert found.amps[b] == pytest.approx([45, 38, 52])
    assert found.neutral_a[b] == pytest.approx(12.12, abs=5e-3)
    assert found.flow.current_a[b] == pytest.approx(45.0)


def test_between_lines() -> None:
    body = element("sources", "S", voltage_v=400) + element("busways", "B", fed_from="S")
    body += rack("r", 20, {"B": {"phase": "BC", "phases": 2}})
    study = study_of(body)
    found = study(phase_flows)[0]
    assert found.amps[node(study, "busway:B")] == pytest.approx([0, 50, 50])
    assert found.neutral_a[node(study, "busway:B")] == pytest.approx(0, abs=1e-9)


def test_balanced_and_by_phase_agree_where_phases_carry_alike() -> None:
    body = (
        SIDES
        + rack("x", 30, {"Ba": {}}, 0.95)
        + "".join(rack(f"r{p}", 40, {"Ba": {"phase": p, "phases": 1}}, 0.95) for p in "ABC")
    )
    study = study_of(body)
    found = study(phase_flows)[0]
    for name in ("busway:Ba", "board:Ma", "source:Sa"):
        at = node(study, name)
        assert found.amps[at] == pytest.approx([found.flow.current_a[at]] * 3, rel=1e-9)
        assert found.lowest_pu[at] == pytest.approx(found.flow.v_pu[at], rel=1e-9)


ETA = st.floats(0.85, 0.99)


@settings(max_examples=25, deadline=None)
@given(
    kw=st.lists(st.floats(0, 90), min_size=3, max_size=5), pf=st.floats(0.8, 1.0),
    eta=st.tuples(ETA, ETA, ETA, ETA), told=st.sets(st.integers(0, 3)),
    copper=st.floats(0, 12), core=st.floats(0, 3), z=st.floats(2, 8),
)  # fmt: skip
def test_kw_and_kva_of_the_sums_are_no_lower_than_the_flow(
    kw: list[float], pf: float, eta: tuple[float, ...], told: set[int],
    copper: float, core: float, z: float,
) -> None:  # fmt: skip
    """Losses of UPS by load and of transformers, up to their ratings."""
    names = ("efficiency_25", "efficiency_50", "efficiency_75", "efficiency")
    said = {names[n]: eta[n] for n in sorted(told)}
    body = element("sources", "S", voltage_v=13800, rating_kva=2000)
    body += element(
        "transformers", "T", fed_from="S", rating_kva=900, voltage_v=415, z_pct=z,
        load_loss_kw=copper, no_load_kw=core,
    ) + element("ups", "U", fed_from="T", rating_kw=500, **said)  # fmt: skip
    body += element("busways", "B", fed_from="U")
    body += "".join(rack(f"r{n}", each, {"B": {}}, pf) for n, each in enumerate(kw))
    study = study_of(body)
    solved = study(flow)
    for unit in ("kW", "kVA"):
        for batch in feeder_rows(study, unit, lambda kind: np.ones(len(study.table(kind)), bool)):
            load = batch.coefficient * study(rack_load)[batch.rack]
            total = np.bincount(batch.row, load, minlength=len(batch.case)) + batch.base
            for row in np.flatnonzero(batch.case == 0).tolist():
                kw_of, kvar = solved.out_kw, solved.out_kvar
                found = kw_of[batch.node[row]] + 1j * kvar[batch.node[row]] * (unit == "kVA")
                assert total[row] >= abs(found) * (1 - 1e-6) - 1e-9, (unit, batch.kind)


def test_the_line_above_the_losses_touches_them_at_full_load() -> None:
    said = {"efficiency_25": 0.92, "efficiency_50": 0.95, "efficiency_75": 0.96}
    body = (
        element("sources", "S", voltage_v=415)
        + element("ups", "U", fed_from="S", rating_kw=1000, efficiency=0.955, **said)
        + element("busways", "B", fed_from="U")
    )
    for kw, lost in ((1000, 47.12), (500, 34.43), (0, 21.74)):
        study = study_of(body + rack("r", kw, {"B": {}}))
        batch = next(feeder_rows(study, "kW", lambda kind: np.full(1, kind == "source")))
        total = batch.coefficient @ study(rack_load)[batch.rack] + batch.base[0]
        assert total - kw == pytest.approx(lost, abs=0.01)
        assert total >= study(flow).out_kw[node(study, "source:S")] - 1e-6


def test_the_line_reaches_what_the_owner_allows_after_a_loss() -> None:
    """Both units above their ratings: losses of the sums are still no less than the flow's."""
    rated = {"rating_kva": 500, "emergency_kva": 700, "load_loss_kw": 9, "no_load_kw": 1}
    body = element("sources", "S", voltage_v=13800, rating_kw=900)
    body += element("transformers", "T", fed_from="S", voltage_v=415, z_pct=6, **rated)
    said = {"efficiency_25": 0.92, "efficiency_50": 0.95, "efficiency_75": 0.96}
    body += element(
        "ups", "U", fed_from="T", rating_kw=500, emergency_kw=600, efficiency=0.955, **said
    ) + element("busways", "B", fed_from="U") + rack("r", 600, {"B": {}})  # fmt: skip
    study = study_of(body)
    solved, found = study(flow), {}
    for batch in feeder_rows(study, "kW", lambda kind: np.ones(len(study.table(kind)), bool)):
        load = batch.coefficient * study(rack_load)[batch.rack]
        total = np.bincount(batch.row, load, minlength=len(batch.case)) + batch.base
        for row in np.flatnonzero(batch.case == 0).tolist():
            found[batch.kind] = total[row]
            assert total[row] >= solved.out_kw[batch.node[row]] - 1e-9
    assert found["transformer"] == pytest.approx(600 / 0.955)
    # At 628 kVA of 500: 9 kW x 1.4 x 628 / 500 behind the voltage that 6 % x 1.4 leaves.
    least = (1 + math.sqrt(1 - 4 * 0.084)) / 2
    copper = 9 * 1.4 * found["transformer"] / 500 / least**2
    assert found["source"] == pytest.approx(found["transformer"] + 1 + copper)


def test_what_a_ups_loses_at_no_load_moves_with_it_to_its_other_input() -> None:
    said = {"efficiency": 0.98, "efficiency_25": 0.92, "rating_kw": 1000}
    body = "".join(element("sources", s, voltage_v=415, rating_kw=2000) for s in "AZ")
    body += element("ups", "U", fed_from="A", alternate="Z", **said)
    body += element("busways", "B", fed_from="U") + rack("r", 0, {"B": {}})
    study = study_of(body)
    batch = next(feeder_rows(study, "kW", lambda kind: np.full(2, kind == "source")))
    lost = 1000 * 0.25 * (1 / 0.92 - 1)
    base = {(int(n), int(c)): b for n, c, b in zip(batch.node, batch.case, batch.base, strict=True)}
    a, z = node(study, "source:A"), node(study, "source:Z")
    case = study.site.names.tolist().index("source:A")
    case = int(np.flatnonzero(study(cases).origin == case)[0])
    assert base[a, 0] == pytest.approx(lost)
    assert base[z, 0] == 0
    assert base[z, case] == pytest.approx(lost)


LOADS = st.lists(st.floats(0, 120), min_size=3, max_size=5)


@settings(max_examples=15, deadline=None)
@given(kw=LOADS, pf=st.floats(0.8, 1.0), eta=st.floats(0.9, 1.0))
def test_currents_are_no_lower_than_the_sums(kw: list[float], pf: float, eta: float) -> None:
    body = SIDES + element("boards", "N", fed_from="Ma", efficiency=eta, r_ohm=0.001)
    body += "".join(
        rack(f"r{n}", each, {"N": {}, "Bb": {}} if n % 2 else {"Ba": {}}, pf)
        for n, each in enumerate(kw)
    )
    study = study_of(body)
    by_case = {s.state.case: s for s in study(flows)}
    checked = 0
    for batch in feeder_rows(study, "A", lambda kind: np.ones(len(study.table(kind)), bool)):
        load = batch.coefficient * study(rack_load)[batch.rack]
        moved = np.bincount(batch.row, load, minlength=len(batch.case)) + batch.base
        total = moved + np.where(batch.onto >= 0, moved[batch.onto], 0.0)
        for row, case in enumerate(batch.case.tolist()):
            found = by_case[case].current_a[batch.node[row]] if case in by_case else np.nan
            if not np.isnan(found):
                assert found >= total[row] * (1 - 1e-9)
                checked += 1
    assert checked


@settings(max_examples=15, deadline=None)
@given(
    amps=st.tuples(*[st.floats(5, 100)] * 3), more=st.floats(0.1, 50), phase=st.sampled_from("ABC")
)
def test_more_lagging_load_lowers_no_phase_current_above_it(
    amps: tuple[float, float, float], more: float, phase: str
) -> None:
    before = dict(zip("ABC", amps, strict=True))
    after = {p: a + (more if p == phase else 0) for p, a in before.items()}
    found = [study_of(three(each, 0.95))(phase_flows)[0].amps[1] for each in (before, after)]
    assert (found[1] >= found[0] - 1e-9).all()


def test_load_of_today_follows_the_state_of_each_rack() -> None:
    said = {"idle_kw": 3, "peak_kw": 12, "provisioned_kw": 9}
    states = ["planned", "delivered", "set", "energised", "burn-in", "live"]
    body = "".join(
        element("rack", f"r{n}", type="air_cpu_avg", state=s, **said) for n, s in enumerate(states)
    )
    body += element("rack", "r7", type="air_cpu_avg", state="energised")
    body += element("rack", "r8", type="air_cpu_avg", state="leaving", provisioned_kw=9)
    body += "leaves = 2027-05-01\n"
    study = study_of(body, mode="today", date=date(2027, 4, 1))
    assert study(rack_load)[:6].tolist() == [0, 0, 0, 3, 12, 9]
    assert np.isnan(study(rack_load)[6])
    assert study(rack_load)[7] == 9
    study = study_of(body, mode="today", date=date(2027, 5, 1))
    assert study(rack_load)[7] == 0


@pytest.mark.parametrize(
    ("profile", "behind", "metres", "limit"),
    [
        ("nec-us", "S", 10, 5.0),
        ("iec-eu", "S", 10, 5.0),
        ("iec-eu", "T", 10, 8.0),
        ("iec-eu", "T", 160, 8.3),
        ("iec-eu", "T", 500, 8.5),
    ],
)
def test_how_much_voltage_may_drop_by_the_code(
    profile: str, behind: str, metres: int, limit: float
) -> None:
    body = (
        element("sources", "S", voltage_v=400)
        + element(
            "transformers", "T", fed_from="S", rating_kva=500, voltage_v=400, z_pct=4, x_over_r=5
        )
        + element("busways", "B", fed_from=behind, r_ohm=0.0001, x_ohm=0.0, length_m=metres)
        + rack("r", 10, {"B": {}})
    )
    study = study_of(body, profile=profile)
    rows = [m for m in voltage_drop.run(study) if m.kind == "rack" and len(m.limit)]
    assert {round(float(v), 9) for m in rows for v in m.limit} == {limit}


def test_a_voltage_that_nobody_says_warns_nobody() -> None:
    body = (
        element("sources", "S")
        + element("transformers", "T", fed_from="S", rating_kva=500, z_pct=4, x_over_r=5)
        + element("busways", "B", fed_from="T", r_ohm=0.001, x_ohm=0.001)
        + rack("r", 10, {"B": {}})
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net = study_of(body)(network)
    assert np.isfinite(net.z).all()
