"""A small report built by hand: every section of every kind of report has something to say."""

from __future__ import annotations

from datetime import date

import numpy as np

from twin.catalog.catalog import Catalog
from twin.catalog.figure import Figure
from twin.catalog.product import Product, Source
from twin.catalog.profile import Limit, Profile
from twin.checks.result import (
    AssumptionUse,
    Coverage,
    Findings,
    Gap,
    Margins,
    Report,
    Verdicts,
)
from twin.checks.rule import rule
from twin.model.change import Conditions
from twin.model.policy import Policy, Waiver
from twin.site.contract import KINDS
from twin.site.site import Shapes, Site, empty_table

NAN = float("nan")
HOSTILE = "=<script>alert(1)</script>\x1b[31m"


@rule(
    "PWR101",
    role="gate",
    severity="error",
    unit="A",
    message="{kind} {subject} carries {demand} A of {limit} A{lost}",
    fix="move {shortfall} A to another busway",
    source="NEC 215.3",
)
def busway_overloaded(study):
    """A busway carries more than it may for hours.

    Why it matters
    --------------
    Its breaker opens, and every rack on it goes dark.

    Method
    ------
    Sum of rack currents against the setting times the continuous factor.

    Does not cover
    --------------
    Harmonics; short peaks.

    See also
    --------
    PWR201
    """


@rule(
    "COL103",
    role="gate",
    severity="error",
    unit="L/min",
    message="{subject} gives {limit} L/min, its racks need {demand} L/min{lost}",
    fix="add a CDU or lower the supply by enough to save {shortfall} L/min",
    source="maker's curve",
)
def flow_short(study):
    """A loop needs more flow than its CDUs give.

    Does not cover
    --------------
    Balance among racks of one loop.
    """


@rule(
    "SPC304",
    role="advice",
    severity="warning",
    unit="m",
    message="aisle in front of {subject} is {demand} m wide, {limit} m are asked for",
    fix="move the row by {shortfall} m",
    source="judgement",
)
def aisle_narrow(study):
    """An aisle is narrower than people like."""


@rule(
    "SPC305",
    role="gate",
    severity="error",
    unit="1",
    message="{subject} overlaps {other}",
    fix="move one of them",
    source="geometry",
)
def footprints_overlap(study):
    """Two footprints overlap."""


RULES = (flow_short, busway_overloaded, aisle_narrow, footprints_overlap)


def site(name: str = "sample", serial: str = "SN-1") -> Site:
    """Four positions in one hall, four racks, two busways, one loop."""
    tables = {kind: empty_table(kind) for kind in KINDS}
    for kind, ids in (
        ("hall", ["H1"]),
        ("position", ["A-01", "A-02", "A-03", "A-04"]),
        ("busway", ["BW-A", "BW-B"]),
        ("source", ["S1"]),
        ("loop", ["TCS1"]),
        ("product", ["gb300_nvl72"]),
        ("rack", [serial, "SN-2", "SN-3", "SN-4"]),
    ):
        tables[kind] = empty_table(kind, np.array(ids))
    made = Site(
        name=name,
        title="A sample",
        tables=tables,
        shapes=Shapes({}, {}, {}),
        policy=Policy(),
        catalog=catalog(),
        profile=profile(),
        file="sample.toml",
    )
    tables["position"] = tables["position"].with_columns(
        hall=made.subject("hall", np.zeros(4, np.int64))
    )
    tables["rack"] = tables["rack"].with_columns(
        type=made.subject("product", np.zeros(4, np.int64)),
        position=made.subject("position", np.array([0, 1, 2, -1])),
        state=np.array(["live", "planned", "planned", "planned"]),
    )
    return made.replace(tables=tables)


def catalog() -> Catalog:
    """One rack with a known, a conflicting and an unpublished figure."""
    source = Source("nv1", "GB300 NVL72 datasheet", "https://example.com/gb300")
    product = Product(
        id="gb300_nvl72",
        kind="rack",
        vendor="NVIDIA",
        name="GB300 NVL72",
        generation="Blackwell Ultra",
        revision="",
        status="shipping",
        figures={
            "mass_kg": Figure(1580.0, None, None, "kg", "nv1", "datasheet"),
            "nameplate_kw": Figure(142.0, 132.0, 142.0, "kW", "nv1", "docs", "makers differ"),
            "power_factor": Figure(None, None, None, "1", "", "unknown"),
        },
        curves={},
        text={},
        sources={"nv1": source},
        file="racks/nvidia.toml",
    )
    return Catalog({product.id: product})


def profile() -> Profile:
    """One limit with its source."""
    source = Source("nec80", "The 80 % rule", "https://example.com/nec")
    limit = Limit(0.8, "1", "nec80", "standard breakers", "docs")
    return Profile("nec-us", "NEC, United States", {"continuous_factor": limit}, {"nec80": source})


def report(name: str = "sample", serial: str = "SN-1", reason: str = "typical of PSUs") -> Report:
    """One rack blocked by a busway, one unknown, two feasible on an assumption."""
    place = site(name, serial)
    busways = place.subject("busway", np.array([0, 1]))
    loop = int(place.subject("loop", np.array([0]))[0])
    positions = place.subject("position", np.arange(4))
    return Report(
        site=place,
        conditions=Conditions(scope=frozenset({"PWR", "COL", "SPC", "DLV"})),
        rules=RULES,
        verdicts=_verdicts(busways, positions),
        findings=_findings(place, busways, positions),
        margins=_margins(busways, loop, positions),
        gaps=(
            Gap("coolant.loops.TCS1.supply_c", 3, 1, "coolant supply set-point", "degC"),
            Gap("catalog.gb300_nvl72.return_max_c", 3, 0, "warmest coolant return", "degC"),
            Gap("DLV: no rule of this family could measure it", 1, 0, "not described", ""),
            Gap("racks.SN-3.arrives", 1, 0, "own date; else the delivery's", ""),
        ),
        coverage=(
            Coverage("COL103", 0, 1, "coolant.loops.TCS1.supply_c", 1),
            Coverage("PWR101", 2, 0),
            Coverage("SPC304", 4, 0),
            Coverage("SPC305", 0, 0),
        ),
        assumptions=(
            AssumptionUse(
                "catalog.gb300_nvl72.power_factor", 0.98, reason, "A. Planner", "2027-06-30", 2
            ),
            AssumptionUse("halls.H1.slab_kpa", 12.0, "drawing S-101", "A. Planner", "", 0),
        ),
        waivers=((_waiver(), 1),),
        uncovered={"DLV": 1},
        digest="0123456789abcdef",
    )


def _waiver() -> Waiver:
    return Waiver(
        rule="SPC305",
        subject="position:A-0*",
        reason="racks are bolted together",
        by="A. Planner",
        until=date(2027, 1, 31),
    )


def _verdicts(busways, positions) -> Verdicts:
    return Verdicts(
        rack=np.arange(4),
        state=np.array([0, 2, 1, 0]),
        at_risk=np.array([True, False, False, False]),
        margin=np.array([-0.075, -0.075, NAN, 1 / 3]),
        code=np.array(["PWR101", "PWR101", "COL103", "SPC304"]),
        subject=np.array([busways[0], busways[0], -1, positions[3]]),
        binding=np.array([0, 0, -1, -1]),
        shared_by=np.array([4, 4, 0, 1]),
        missing=((), (), ("coolant.loops.TCS1.supply_c",), ()),
        assumptions=((0,), (), (), (0,)),
        waived=np.array([False, False, False, True]),
    )


def _findings(place: Site, busways, positions) -> Findings:
    return Findings(
        site=place,
        rules=RULES,
        rule=np.array([1, 3, 2]),
        subject=np.array([busways[0], positions[0], positions[1]]),
        other=np.array([-1, positions[1], -1]),
        case=np.array(["source:S1", "", ""]),
        demand=np.array([688.0, 1.0, 1.1]),
        limit=np.array([640.0, 0.0, 1.2]),
        margin=np.array([-0.075, -1.0, -0.1 / 1.2]),
        shortfall=np.array([48.0, 1.0, 0.1]),
        gate=np.array([True, True, False]),
        owner=np.array(["nec-us: continuous_factor", "geometry", "nec-us: aisle_m"]),
        waived=np.array([False, True, False]),
        racks_on_it=np.array([4, 2, 1]),
        racks_that_fit=np.array([3, 1, 0]),
        held_back=(np.array([1]), np.array([], dtype=np.int64), np.array([], dtype=np.int64)),
    )


def _margins(busways, loop: int, positions) -> Margins:
    return Margins(
        rule=np.array([0, 1, 1, 2, 2, 3]),
        subject=np.array([loop, busways[0], busways[1], positions[1], positions[3], positions[0]]),
        in_case=np.array([0, 1, 0, 0, 0, 0]),
        case_names=np.array(["", "source:S1"]),
        demand=np.array([NAN, 688.0, 512.0, 1.1, 0.8, 1.0]),
        limit=np.array([1200.0, 640.0, 640.0, 1.2, 1.2, 0.0]),
        margin=np.array([NAN, -0.075, 0.2, -0.1 / 1.2, 1 / 3, -1.0]),
        state=np.array([1, 2, 0, 2, 0, 2]),
        gate=np.array([True, True, True, False, False, True]),
    )
