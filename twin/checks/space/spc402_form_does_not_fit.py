"""SPC402: the form of a rack against the forms that its position is made for."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.checks.space.sums import yes_or_no
from twin.site.table import IntArray, StrArray
from twin.solve.study import Study


def _forms(study: Study) -> StrArray:
    """(products + 1,) form of each product in the layout, "" not known."""
    products = study.site.catalog.products
    names = study.table("product").ids.tolist()
    forms = [products[n].text.get("form", "") if n in products else "" for n in names]
    return np.array([*forms, ""], dtype=np.str_)


def _asked(study: Study) -> tuple[IntArray, list[tuple[str, ...]]]:
    """(positions + 1,) number of the list of forms each takes, and the lists; 0 takes any."""
    accepts = study.site.shapes.accepts
    lists: list[tuple[str, ...]] = [(), *sorted(set(accepts.values()))]
    number = {forms: i for i, forms in enumerate(lists)}
    code = np.zeros(len(study.table("position")) + 1, dtype=np.int64)
    code[np.fromiter(accepts, np.int64, len(accepts))] = np.fromiter(
        (number[forms] for forms in accepts.values()), np.int64, len(accepts)
    )
    return code, lists


@rule(
    "SPC402",
    role="gate",
    severity="error",
    unit="forms",
    message="rack {subject} has a form that position {other} is not made for",
    fix="choose a position made for the rack's form, or add the form to accepts of {other} once "
    "its power, manifold drops and fixings are changed",
    source="forms of racks as makers publish them; accepts of the layout",
)
def form_does_not_fit(study: Study) -> Measure:
    """A rack is of another form than its position is made for.

    Why it matters
    --------------
    MGX, ORv3, ORW, Kyber and 19-inch racks differ in busbar, manifolds, fixings and whip length.
    One does not stand in for another without work on site.

    Method
    ------
    The form of the rack's type in the catalog against the list that the position, or its row,
    accepts. A position without a list takes any.

    Does not cover
    --------------
    Connectors and voltages (rules PWR4xx), and adapters that make one form fit another.

    See also
    --------
    SPC401, SPC403.
    """
    racks, site = study.table("rack"), study.site
    place = site.rows_of("position", racks["position"])
    product = site.rows_of("product", racks["type"])
    code, lists = _asked(study)
    rows = np.flatnonzero((place >= 0) & study.here)
    rows = rows[code[place[rows]] > 0]
    form = _forms(study)[product[rows]]
    wanted, fits = code[place[rows]], np.zeros(len(rows), dtype=bool)
    for number, forms in enumerate(lists[1:], start=1):
        fits |= (wanted == number) & np.isin(form, forms)
    named = form != ""
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(named, (~fits).astype(float), np.nan),
        limit=np.zeros(len(rows)),
        scale=yes_or_no(len(rows)),
        other=site.subject("position", place[rows]),
        inputs=(
            Input("rack", "type", rows, product[rows] >= 0),
            Input("product", "form", product[rows], named),
        ),
        owner="accepts of the layout",
    )
