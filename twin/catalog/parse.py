"""From one document to products: strict, friendly, and all problems at once.

A document is a table of kinds, each a table of products::

    [source.my_sheet]
    title = "Maker's data sheet"
    address = "https://..."

    [rack.my_rack]
    vendor = "Maker"
    name = "Rack 1"
    source = "my_sheet"          # for every plain number below
    confidence = "datasheet"
    mass_kg = 1500
    nameplate_kw = { value = 140, low = 132, high = 142, basis = "ac_in", note = "who says what" }

    [rack.my_rack.flow]          # a published table
    columns = ["supply_c", "flow_lpm"]
    points = [[25, 59], [45, 177]]
    at = { heat_kw = 121.5 }
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from twin.catalog.figure import BASES, CONFIDENCES, Curve, Figure
from twin.catalog.product import Product, Source
from twin.catalog.pump import rise_beyond
from twin.catalog.schema import CHOICES, HEADINGS, KINDS, POWER, Kind, unit_of
from twin.catalog.supplies import supplies_amiss
from twin.catalog.values import Desk, number, one_of, table, text
from twin.errors import CatalogError, shown
from twin.model.pairs import PAIRS, beyond

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(@[A-Za-z0-9_-]+)?")
_SOURCE_KEYS = ("title", "address", "read")
_FIGURE_KEYS = ("value", "low", "high", "unit", "source", "confidence", "note", "basis")
_CURVE_KEYS = ("columns", "points", "at", "source", "confidence", "note")


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds for all entries of one product: where it stands and its defaults."""

    desk: Desk
    key: str
    sources: Mapping[str, Source]
    source: str
    confidence: str


def parse(
    document: Mapping[str, object],
    file: str,
    sources: Mapping[str, Source],
) -> tuple[Product, ...]:
    """Return the products of one document.

    Parameters
    ----------
    document
        As `tomllib` returns it.
    file
        Name of the file, for messages and for `Product.file`.
    sources
        Sources that are known already; the document's own ``[source.*]`` come on top.

    Raises
    ------
    CatalogError
        With every problem of the document.
    """
    desk = Desk(file)
    known = {**sources, **_sources(desk, document)}
    products = []
    for kind, entries in document.items():
        if kind == "source" or (kind == "format" and entries == 1):
            continue
        if kind == "format":
            desk.tell("format", f"format {shown(entries)} is not known", "write format = 1")
            continue
        if kind not in KINDS:
            desk.unknown(kind, kind, KINDS, "the kind of product")
            continue
        for id_, entry in table(desk, kind, entries).items():
            if isinstance(entry, Mapping):
                products.append(_product(desk, kind, id_, entry, known))
            else:
                table(desk, f"{kind}.{id_}", entry)
    if desk.problems:
        raise CatalogError(desk.problems)
    return tuple(products)


def parse_sources(document: Mapping[str, object], file: str) -> dict[str, Source]:
    """Return the ``[source.*]`` tables of a document, by id.

    Raises
    ------
    CatalogError
        With every problem of these tables.
    """
    desk = Desk(file)
    found = _sources(desk, document)
    if desk.problems:
        raise CatalogError(desk.problems)
    return found


def _sources(desk: Desk, document: Mapping[str, object]) -> dict[str, Source]:
    found = {}
    for id_, entry in table(desk, "source", document.get("source", {})).items():
        key = f"source.{id_}"
        words = table(desk, key, entry)
        for name in words:
            if name not in _SOURCE_KEYS:
                desk.unknown(f"{key}.{name}", name, _SOURCE_KEYS, "the key")
        for name in ("title", "address"):
            if name not in words:
                desk.tell(key, f"the source has no {name}", "say what it is and where it stands")
        told = {
            name: text(desk, f"{key}.{name}", words[name]) for name in _SOURCE_KEYS if name in words
        }
        found[id_] = Source(
            id_,
            told.get("title", ""),
            told.get("address", ""),
            told.get("read", "not recorded"),
        )
    return found


def _product(
    desk: Desk,
    kind: str,
    id_: str,
    words: Mapping[str, object],
    sources: Mapping[str, Source],
) -> Product:
    key = f"{kind}.{id_}"
    if not _ID.fullmatch(id_):
        asked = "use letters, digits, _ and -, and at most one @ before the name of a revision"
        desk.tell(key, f"{shown(id_)} cannot be an id", asked, value=id_)
    context = _context(desk, key, words, sources)
    figures: dict[str, Figure] = {}
    curves: dict[str, Curve] = {}
    told: dict[str, str] = {}
    allowed = KINDS[kind]
    for name, value in words.items():
        place = f"{key}.{name}"
        if name in HEADINGS or name in allowed.texts:
            told[name] = text(desk, place, value)
        elif name in allowed.curves:
            curves[name] = _curve(context, place, value, allowed.curves[name])
        elif name in allowed.figures:
            figures[name] = _figure(context, name, value)
        elif name not in {"source", "confidence"}:
            _unknown_name(desk, place, name, allowed)
    for name in ("vendor", "name"):
        if name not in words:
            desk.tell(key, f"the product has no {name}", f'write {name} = "..."')
    if "pump" in curves:
        _pump_falls(desk, f"{key}.pump", curves["pump"], figures.get("min_flow_lpm"))
    _supplies(desk, key, figures)
    _pairs(desk, key, figures)
    for name, word in told.items():
        if (kind, name) in CHOICES:
            one_of(desk, f"{key}.{name}", word, CHOICES[kind, name], f"the {name}")
    used = {each.source for each in figures.values()} | {each.source for each in curves.values()}
    headings = {name: told.pop(name, "") for name in HEADINGS}
    return Product(
        id=id_,
        kind=kind,
        revision=id_.partition("@")[2],
        figures=figures,
        curves=curves,
        text=told,
        sources={name: sources[name] for name in sorted(used) if name in sources},
        file=desk.file,
        **headings,
    )


def _context(
    desk: Desk,
    key: str,
    words: Mapping[str, object],
    sources: Mapping[str, Source],
) -> _Context:
    source = confidence = ""
    if "source" in words:
        source = one_of(desk, f"{key}.source", words["source"], sources, "the source")
    if "confidence" in words:
        confidence = _confidence(desk, f"{key}.confidence", words["confidence"])
    return _Context(desk, key, sources, source, confidence)


def _unknown_name(desk: Desk, place: str, name: str, allowed: Kind) -> None:
    names = (*HEADINGS, "source", "confidence", *allowed.texts, *allowed.figures, *allowed.curves)
    desk.unknown(place, name, names, "the key")


def _confidence(desk: Desk, key: str, value: object) -> str:
    if value == "judgement":
        desk.tell(
            key,
            "a judged figure is no catalog figure",
            "state it in the layout with [[assume]], where it has an owner and an end date",
            value=value,
        )
        return ""
    return one_of(desk, key, value, CONFIDENCES, "the confidence")


def _origin(context: _Context, key: str, words: Mapping[str, object]) -> tuple[str, str]:
    """Return source id and confidence of one entry: its own, or else the product's."""
    desk = context.desk
    source, confidence = context.source, context.confidence
    if "source" in words:
        source = one_of(desk, f"{key}.source", words["source"], context.sources, "the source")
    elif not source:
        desk.tell(key, "the figure has no source", "name one here or for the whole product")
    if "confidence" in words:
        confidence = _confidence(desk, f"{key}.confidence", words["confidence"])
    elif not confidence:
        desk.tell(
            key,
            "the figure has no confidence",
            f"say one of {', '.join(CONFIDENCES)} here or for the whole product",
        )
    return source, confidence


def _figure(context: _Context, name: str, value: object) -> Figure:
    desk, key = context.desk, f"{context.key}.{name}"
    unit = unit_of(name) or "1"
    words = value if isinstance(value, Mapping) else {"value": value}
    for word in words:
        if word not in _FIGURE_KEYS:
            desk.unknown(f"{key}.{word}", word, _FIGURE_KEYS, "the key")
    if words.get("unit", unit) != unit:
        said = shown(words["unit"])
        desk.tell(
            f"{key}.unit", f"the name says {unit}, the unit says {said}", f"write it in {unit}"
        )
    note = text(desk, f"{key}.note", words["note"]) if "note" in words else ""
    if "value" not in words:
        return _unpublished(context, key, words, unit, note)
    ends = {
        end: number(desk, key if end == "value" else f"{key}.{end}", words[end], unit)
        for end in ("value", "low", "high")
        if end in words
    }
    _in_order(desk, key, ends)
    basis = _basis(desk, key, name, words)
    source, confidence = _origin(context, key, words)
    if confidence == "unknown":
        desk.tell(key, "a figure with a value is not unknown", "say how it came to be known")
    return Figure(
        ends["value"],
        ends.get("low"),
        ends.get("high"),
        unit,
        source,
        confidence,
        note,
        basis,
    )


def _unpublished(
    context: _Context,
    key: str,
    words: Mapping[str, object],
    unit: str,
    note: str,
) -> Figure:
    """Return a figure without value: it may tell why, and is unknown whatever else it says."""
    desk = context.desk
    if "low" in words or "high" in words:
        desk.tell(key, "a range without a value", "say which value is to be used, or leave it out")
    if words.get("confidence", "unknown") != "unknown":
        desk.tell(key, "a figure without value is unknown", 'write confidence = "unknown"')
    source = ""
    if "source" in words:
        source = one_of(desk, f"{key}.source", words["source"], context.sources, "the source")
    return Figure(None, None, None, unit, source, "unknown", note)


def _in_order(desk: Desk, key: str, ends: Mapping[str, float | None]) -> None:
    ordered = [ends[end] for end in ("low", "value", "high") if ends.get(end) is not None]
    told = [end for end in ordered if end is not None]
    if told != sorted(told):
        desk.tell(key, "low, value and high are not in order", "write low <= value <= high")


def _basis(desk: Desk, key: str, name: str, words: Mapping[str, object]) -> str:
    if "basis" in words and name not in POWER:
        desk.tell(f"{key}.basis", "only electrical power has a basis", "leave it out")
        return ""
    if "basis" in words:
        return one_of(desk, f"{key}.basis", words["basis"], BASES, "the basis")
    if name in POWER:
        desk.tell(
            key,
            "the power figure has no basis",
            'write { value = ..., basis = "ac_in" } or "dc_out", or "unknown" where nobody says',
        )
    return ""


def _curve(context: _Context, key: str, value: object, columns: tuple[str, ...]) -> Curve:
    desk = context.desk
    words = table(desk, key, value)
    if not isinstance(value, Mapping):
        return Curve(columns, ())
    for word in words:
        if word not in _CURVE_KEYS:
            desk.unknown(f"{key}.{word}", word, _CURVE_KEYS, "the key")
    if words.get("columns", list(columns)) != list(columns):
        desk.tell(f"{key}.columns", "other columns than this table has", f"write {list(columns)}")
    points = _points(desk, f"{key}.points", words.get("points"), columns)
    at = {}
    for name, amount in table(desk, f"{key}.at", words.get("at", {})).items():
        unit = unit_of(name)
        if unit is None:
            desk.tell(f"{key}.at.{name}", "the name says no unit", "end it in _kw, _c, _kpa ...")
            continue
        held = number(desk, f"{key}.at.{name}", amount, unit)
        if held is not None:
            at[name] = held
    note = text(desk, f"{key}.note", words["note"]) if "note" in words else ""
    source, confidence = _origin(context, key, words)
    return Curve(columns, points, at, source, confidence, note)


def _pump_falls(desk: Desk, key: str, curve: Curve, least: Figure | None) -> None:
    """Tell of a pump curve that rises where the pump may run."""
    stated = math.nan if least is None or least.value is None else least.value
    flow = tuple(point[0] for point in curve.points)
    head = tuple(point[-1] for point in curve.points)
    wrong = rise_beyond(flow, head, stated) if len(flow) > 1 else ""
    if wrong:
        desk.tell(key, wrong, "state min_flow_lpm, or leave out the points that no pump holds")


def _pairs(desk: Desk, key: str, figures: Mapping[str, Figure]) -> None:
    """Tell of a unit whose duty needs more of something than it has."""
    for needed, there, word in PAIRS:
        few, many = (figures[n].value if n in figures else None for n in (needed, there))
        wrong = None if few is None or many is None else beyond(few, many, word)
        if wrong is not None:
            desk.tell(f"{key}.{needed}", wrong[0], wrong[1])


def _supplies(desk: Desk, key: str, figures: Mapping[str, Figure]) -> None:
    """Tell of servers that need more supplies than they have, and of shelves that are not there."""

    def said(name: str) -> float:
        value = figures[name].value if name in figures else None
        return math.nan if value is None else value

    wrong = supplies_amiss(
        each=said("psus_per_system"), needed=said("psus_needed"), least=said("psus_least"),
        shelves=said("shelves"), efficiency=said("shelf_efficiency"),
    )  # fmt: skip
    if wrong is not None:
        desk.tell(f"{key}.{wrong[0]}", wrong[1], wrong[2])


def _points(
    desk: Desk,
    key: str,
    value: object,
    columns: tuple[str, ...],
) -> tuple[tuple[float, ...], ...]:
    if not isinstance(value, list) or not value:
        desk.tell(key, "the table has no points", f"write rows of {', '.join(columns)}")
        return ()
    rows = []
    for place, row in enumerate(value):
        if not isinstance(row, list) or len(row) != len(columns):
            asked = f"write {len(columns)} numbers: {', '.join(columns)}"
            desk.tell(f"{key}[{place}]", f"{shown(row)} is no row of this table", asked)
            continue
        read = [
            number(desk, f"{key}[{place}].{name}", cell, unit_of(name) or "1")
            for name, cell in zip(columns, row, strict=True)
        ]
        rows.append(tuple(cell for cell in read if cell is not None))
    first = [row[0] for row in rows if row]
    if any(after <= before for before, after in pairwise(first)):
        desk.tell(key, f"{columns[0]} does not grow from row to row", "sort the rows")
    return tuple(rows)
