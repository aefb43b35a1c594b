"""A small site with a report, made by hand: what every picture of the tests shows."""

from __future__ import annotations

from typing import Any, cast
from xml.etree import ElementTree as ET

import numpy as np

from twin.catalog.catalog import Catalog
from twin.checks.result import Coverage, Findings, Margins, Report, Verdicts
from twin.checks.rule import Rule
from twin.model.change import Conditions
from twin.model.policy import Policy
from twin.site.contract import KINDS
from twin.site.site import Shapes, Site, empty_table
from twin.site.table import Table

PITCH, DEPTH = 0.6, 1.2
HOSTILE = "</script><img src=x onerror=window.hacked=1>"


def parsed(svg: str) -> ET.Element:
    """Return the elements of a plan, which is our own text."""
    return ET.fromstring(svg)  # noqa: S314


def table(kind: str, ids: list[str], /, **columns: Any) -> Table:
    """Return a table of a kind, with some columns known."""
    made = empty_table(kind, np.array(ids, dtype=np.str_) if ids else None)
    return made.with_columns(**{k: np.asarray(v) for k, v in columns.items()})


def site(
    rows: int = 4,
    per_row: int = 8,
    halls: int = 1,
    *,
    hostile: bool = False,
    yaw_deg: float = 0.0,
) -> Site:
    """Return halls with `rows` rows each, fronts facing, one busway, tray and CDU per hall."""
    tables = {kind: empty_table(kind) for kind in KINDS}
    wide, tall = per_row * PITCH + 4.0, rows * 3.0 + 2.0
    names = [f"H{h + 1}" for h in range(halls)]
    tables["hall"] = table(
        "hall",
        names,
        at_x_m=[h * (wide + 4.0) for h in range(halls)],
        at_y_m=[0.0] * halls,
        yaw_deg=[yaw_deg] * halls,
        height_m=[4.5] * halls,
    )
    tables["row"] = table(
        "row",
        [f"{n}-R{r + 1}" for n in names for r in range(rows)],
        yaw_deg=[0.0] * rows * halls,
    )
    n = rows * per_row * halls
    row = np.arange(n) // per_row
    k, r, h = np.arange(n) % per_row, row % rows, row // rows
    tables["product"] = table("product", ["big_rack", "small_rack"], height_m=[2.3, np.nan])
    tables["position"] = table(
        "position",
        [f"{names[a]}-R{b + 1}-{c + 1:02d}" for a, b, c in zip(h, r, k, strict=True)],
        x_m=2.0 + (k + 0.5) * PITCH,
        y_m=2.0 + 3.0 * r,
        yaw_deg=np.where(r % 2 == 0, 180.0, 0.0),
        width_m=np.full(n, PITCH),
        depth_m=np.full(n, DEPTH),
    )
    serials = [f"SN-{i + 1:04d}" for i in range(n)]
    if hostile:
        serials[0] = HOSTILE
    tables["rack"] = table("rack", serials, width_m=np.full(n, 0.6), depth_m=np.full(n, 1.1))
    tables["obstacle"] = table(
        "obstacle",
        ["C1", "D1"],
        kind=["column", "door"],
        at_x_m=[1.0, wide / 2],
        at_y_m=[2.0, 0.0],
        size_x_m=[0.5, 1.4],
        size_y_m=[0.5, 0.2],
    )
    tables["cdu"] = table(
        "cdu", names_of("CDU", names), at_x_m=[wide - 1.0] * halls, at_y_m=[2.0] * halls
    )
    tables["busway"] = table("busway", names_of("BW", names), elevation_m=[2.7] * halls)
    tables["tray"] = table("tray", names_of("T", names), width_m=[0.3] * halls)
    tables["pipe"] = table("pipe", names_of("P", names), bore_m=[0.2] * halls)
    outline = np.array([[0.0, 0.0], [wide, 0.0], [wide, tall], [0.0, tall]])
    lines = {}
    for i in range(halls):
        lines["busway", tables["busway"].ids[i]] = np.array([[1.5, 1.7], [wide - 2.0, 1.7]])
        lines["tray", tables["tray"].ids[i]] = np.array(
            [[1.5, 2.3], [wide - 2, 2.3], [wide - 2, tall - 1]]
        )
        lines["pipe", tables["pipe"].ids[i]] = np.array(
            [[wide - 1.0, 2.0], [wide - 1.0, tall - 1.0]]
        )
    made = Site(
        name="sample",
        title="Sample hall",
        tables=tables,
        shapes=Shapes(dict.fromkeys(names, outline), lines, {}),
        policy=Policy(),
        catalog=Catalog({}),
        profile=cast("Any", None),
    )
    return _referred(made, h, row, n)


def names_of(stem: str, halls: list[str]) -> list[str]:
    """Return one id per hall."""
    return [f"{stem}-{name}" for name in halls]


def _referred(made: Site, hall: Any, row: Any, n: int) -> Site:
    """Fill in the columns that point to other tables, as subject numbers."""
    tables = dict(made.tables)
    halls = len(tables["hall"])
    per = len(tables["row"]) // halls
    tables["row"] = tables["row"].with_columns(
        hall=made.subject("hall", np.arange(len(tables["row"])) // per)
    )
    tables["position"] = tables["position"].with_columns(
        hall=made.subject("hall", hall),
        row=made.subject("row", row),
    )
    racks = np.arange(n)
    kinds = made.subject("product", (racks % 2).astype(np.int64))
    tables["rack"] = tables["rack"].with_columns(
        position=made.subject("position", racks), type=kinds
    )
    tables["obstacle"] = tables["obstacle"].with_columns(
        hall=made.subject("hall", np.zeros(2, dtype=int))
    )
    for kind in ("cdu", "busway", "tray", "pipe"):
        tables[kind] = tables[kind].with_columns(hall=made.subject("hall", np.arange(halls)))
    return made.replace(tables=tables)


RULE = Rule(
    code="PWR101",
    name="feed-overloaded",
    role="gate",
    severity="error",
    unit="A",
    message="{kind} {subject} carries {demand} {unit} of {limit} {unit}{lost}",
    fix="take {shortfall} {unit} off",
    source="test",
    doc="",
    run=cast("Any", None),
)


def report(made: Site, load: Any = None) -> Report:
    """Return a report in which loads grow from rack to rack, one is blocked and one unknown."""
    n = len(made.tables["rack"])
    racks = np.arange(n)
    load = np.linspace(0.3, 1.3, n) if load is None else np.array(load, dtype=float)
    state = np.where(load > 1, 2, 0)
    state[1], load[1] = 1, np.nan
    risk = np.zeros(n, dtype=bool)
    risk[2 % n] = True
    bad = np.flatnonzero(state == 2)
    code = np.where(state == 2, "PWR101", "")
    subject = made.subject("rack", racks)
    binding = np.full(n, -1)
    binding[bad] = np.arange(len(bad))
    m = len(bad)
    findings = Findings(
        site=made,
        rules=(RULE,),
        rule=np.zeros(m, dtype=int),
        subject=subject[bad],
        other=np.full(m, -1),
        case=np.full(m, ""),
        demand=800 * load[bad],
        limit=np.full(m, 800.0),
        margin=1 - load[bad],
        shortfall=800 * (load[bad] - 1),
        gate=np.ones(m, dtype=bool),
        owner=np.full(m, "test"),
        waived=np.zeros(m, dtype=bool),
        racks_on_it=np.ones(m, dtype=int),
        racks_that_fit=np.zeros(m, dtype=int),
        held_back=tuple(np.empty(0, dtype=int) for _ in bad),
    )
    busway = made.subject("busway", np.array([0]))
    cdu = made.subject("cdu", np.array([0]))
    margins = Margins(
        rule=np.array([0, 0]),
        subject=np.concatenate([busway, cdu]),
        in_case=np.array([0, 0]),
        case_names=np.array([""]),
        demand=np.array([700.0, np.nan]),
        limit=np.array([800.0, 800.0]),
        margin=np.array([0.125, np.nan]),
        state=np.array([0, 1]),
        gate=np.array([True, True]),
    )
    verdicts = Verdicts(
        rack=racks,
        state=state,
        at_risk=risk,
        margin=1 - load,
        code=code.astype(np.str_),
        subject=subject,
        binding=binding,
        shared_by=np.zeros(n, dtype=int),
        missing=tuple(("racks.X.mass_kg",) if s == 1 else () for s in state),
        assumptions=tuple(() for _ in racks),
        waived=np.zeros(n, dtype=bool),
    )
    return Report(
        site=made,
        conditions=Conditions(),
        rules=(RULE,),
        verdicts=verdicts,
        findings=findings,
        margins=margins,
        gaps=(),
        coverage=(Coverage("PWR101", n, 1),),
        assumptions=(),
        waivers=(),
        uncovered={},
        digest="0" * 16,
    )
