"""Products as rows: nothing that a reader needs is lost."""

from __future__ import annotations

from twin.catalog import shipped
from twin.catalog.show import listing, sheet, words


def test_listing_holds_every_product_once():
    rows = listing(shipped())
    assert sorted(row.id for row in rows) == sorted(shipped().products)
    assert rows == sorted(rows, key=lambda row: (row.kind, row.id))
    assert {row.kind for row in listing(shipped(), "cdu")} == {"cdu"}


def test_a_sheet_prints_each_figure_with_its_source():
    rack = shipped().get("gb300_nvl72")
    lines = {line.name: line for line in sheet(rack)}
    assert set(lines) == {*rack.figures, *rack.curves}
    power = lines["nameplate_kw"]
    assert (power.value, power.unit, power.basis) == ("142 (120 to 142)", "kW", "unknown")
    assert "Enterprise RA" in power.source
    assert power.address.startswith("https://")
    assert power.confidence == "docs"
    assert "Lenovo 135" in power.note
    assert lines["whip_a"].value == "unknown"
    assert lines["flow"].value.endswith("45: 177 (at heat_kw 121.5)")


def test_words_tell_what_is_no_figure():
    said = dict(words(shipped().get("gb300_nvl72@lenovo-lp2357")))
    assert said["revision"] == "lenovo-lp2357"
    assert said["form"] == "mgx"
    assert "generation" in said
    assert "revision" not in dict(words(shipped().get("gb300_nvl72")))
