"""The list of cables in words: what there is, how long it is, what is not known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.errors import plural
from twin.report.aligned import table
from twin.report.cables import cells
from twin.report.cables.bom import (
    BOM,
    CABLE_SPARES,
    CORDS,
    OPTIC_SPARES,
    bom_rows,
    cords_to_buy,
    optics_to_buy,
    spares,
    trunk_rows,
)
from twin.report.cables.ends import cords_by_ends
from twin.report.cables.lacking import lacking, lacking_cords
from twin.report.cables.papers import some
from twin.report.cables.patching import trunk_lacks
from twin.report.cables.rows import moved_words
from twin.report.tables import Value
from twin.report.words import clean, wrapped
from twin.site.table import FloatArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.pulled import pulls
from twin.solve.cabling.parts.delays import delays_ns
from twin.solve.cabling.parts.spread import spread
from twin.solve.cabling.parts.unserved import Unserved, unserved
from twin.solve.cabling.ways.laid_ways import way_words
from twin.solve.fabric.portmap import MANAGER, port_map
from twin.solve.limits import limit
from twin.solve.study import Study

_BAR = 40
_SHOWN = 20
"""Bundles to be moved that are listed; the list of cables has all."""


def text(study: Study, width: int = 100) -> str:
    """Return what the papers say in words and tables of a width.

    Raises
    ------
    InputError
        There is no cable.
    """
    some(study)
    parts = [
        _head(study), _ends(study, width), _cords(study, width), _trunks(study, width),
        _optics(study, width),
        _totals(study), _lengths(study), _delays(study), _moved(study, width), _not_listed(study),
        _open(study, width),
    ]  # fmt: skip
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def whole(study: Study) -> bool:
    """Whether all that is listed, bundles and trunks, has a medium, a way and a known length."""
    return not lacking(study) and not any(_of_trunks(study))


def _of_trunks(study: Study) -> list[str]:
    """Return what trunks lack while no cord is listed that would tell it."""
    return [] if len(study(cables)) else [lack for lack in trunk_lacks(study) if lack]


def _head(study: Study) -> list[str]:
    cable = study(cables)
    made = cable.cord > 0
    trunks = study(pulls).trunk
    said = [
        plural(int(np.nansum(cable.cords)), "cord"),
        plural(len(np.unique(cable.number)), "bundle"),
        plural(len(np.union1d(cable.pull, trunks)), "pull"),
    ]
    out = [f"{clean(study.site.name)}: {', '.join(said)}"]
    if made.any():
        links, cords = len(cable.link), int(cable.cords[made].sum())
        out.append(f"  {plural(links, 'link')} of fabrics in {plural(cords, 'cord')}, port to port")
    if hand := by_hand(study):
        out.append(f"  {hand}: counted, without ports")
    return out


def by_hand(study: Study) -> str:
    """Say how many cords have no ports, for positions name their switches by hand; "" none."""
    cable = study(cables)
    hand = cable.cord == 0
    count = plural(int(np.nansum(cable.cords[hand])), "cord")
    rows = plural(int(hand.sum()), "bundle")
    return f"{count} in {rows} that positions name by hand" if hand.any() else ""


def _ends(study: Study, width: int) -> list[str]:
    """Return how many cords of each network lead from what to what."""
    rows = [
        [fabric, low, high, f"{cords:,}"]
        for (fabric, low, high), cords in cords_by_ends(study).items()
    ]
    header = ("network", "from", "to", "cords")
    return ["Ends", *_table(header, rows, width, frozenset({3}))] if rows else []


def _cords(study: Study, width: int) -> list[str]:
    found = cords_to_buy(study)
    ids, numbers = cells.product_words(study)
    rows = []
    pairs = list(zip(found.medium, found.cable.tolist(), strict=True))
    for medium, cable in dict.fromkeys(pairs):
        mine = np.array([pair == (medium, cable) for pair in pairs])
        count, stock = found.count[mine], found.stock_m[mine]
        spare = [spares(study, CABLE_SPARES, n) for n in count.tolist()]
        rows.append([
            medium or "not known", ids[cable], numbers[cable], _number(float(count.sum())),
            _number(float(sum(n for n in spare if n is not None))) if any(spare) else "",
            _span(stock), _number(float(np.sum(count * stock))),
        ])  # fmt: skip
    if not rows:
        return []
    header = ("medium", "cable", "part", "cords", "spares", "length m", "total m")
    said = "Cords" + _no_spares(study, CABLE_SPARES)
    return [said, *_table(header, rows, width, frozenset({3, 4, 6}))]


def _trunks(study: Study, width: int) -> list[str]:
    """Return what trunks are to be bought, by part and length."""
    rows = []
    for row in trunk_rows(study):
        line = dict(zip(CORDS, row, strict=True))
        count, length, total = (_known(line[name]) for name in ("order", "stock_m", "total_m"))
        cable, part = (str(line[name] or "") for name in ("cable", "part"))
        span = "not known" if np.isnan(length) else f"{length:g}"
        rows.append([cable, part, _number(count), span, _number(total)])
    header = ("cable", "part", "trunks", "length m", "total m")
    return ["Trunks", *_table(header, rows, width, frozenset({2, 4}))] if rows else []


def _known(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


def _optics(study: Study, width: int) -> list[str]:
    ids, numbers = cells.product_words(study)
    rows = []
    for row, count in zip(*(c.tolist() for c in optics_to_buy(study)), strict=True):
        spare = spares(study, OPTIC_SPARES, count)
        rows.append([ids[row], numbers[row], f"{count:,}", "" if spare is None else f"{spare:,}"])
    if not rows:
        return []
    said = "Optics, one for each cage" + _no_spares(study, OPTIC_SPARES)
    return [said, *_table(("optic", "part", "plugs", "spares"), rows, width, frozenset({2, 3}))]


def _totals(study: Study) -> list[str]:
    """Return metres, mass and price of all that is to be bought, spares included."""
    lines = [dict(zip(BOM, row, strict=True)) for row in bom_rows(study)]
    trunks = [line for line in lines if line["item"] == "trunk"]
    laid = [line for line in lines if line["item"] == "cord"] + trunks
    said = [_sum(laid, "total_m", "cables", "m")]
    if trunks:
        many = int(np.sum(np.asarray(study.table("trunk")["count"], dtype=float)))
        said.append(_sum(trunks, "total_m", f"of them {plural(many, 'trunk')}", "m"))
    said.append(_sum(laid, "mass_kg", "their mass", "kg"))
    if study.site.prices:
        said.append(_sum(lines, "price_total", "price", "in the unit of data.prices"))
    return ["To buy", *(f"  {line}" for line in said)]


def _sum(lines: list[dict[str, Value]], column: str, word: str, unit: str) -> str:
    """Return the sum of a column in words; of the known ones where some are not known."""
    known = [value for line in lines if isinstance(value := line[column], float)]
    if not known:
        return f"{word}: not known"
    least = "" if len(known) == len(lines) else "at least "
    return f"{word}: {least}{sum(known):,.0f} {unit}"


def _table(
    header: tuple[str, ...], rows: list[list[str]], width: int, right: frozenset[int]
) -> list[str]:
    """Return a table without the columns that are empty."""
    kept = [k for k in range(len(header)) if any(row[k] for row in rows)]
    return table(
        [header[k] for k in kept], [[row[k] for k in kept] for row in rows], width=width, indent=2,
        right=frozenset(x for x, k in enumerate(kept) if k in right),
    )  # fmt: skip


def _no_spares(study: Study, name: str) -> str:
    known = not np.isnan(limit(study, name).value)
    return "" if known else f" (no spares: policy.limits.{name} is not set)"


def _number(value: float) -> str:
    return "not known" if np.isnan(value) else f"{value:,.0f}"


def _span(lengths: FloatArray) -> str:
    known = lengths[~np.isnan(lengths)]
    if not len(known):
        return "not known"
    low, high = float(known.min()), float(known.max())
    said = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return said if len(known) == len(lengths) else f"{said}, some not known"


def _lengths(study: Study) -> list[str]:
    """Return the histogram of lengths that are needed and bought, as text."""
    found = study(spread)
    if not len(found.needed):
        return []
    a, b = found.needed.sum(axis=1), found.stock.sum(axis=1)
    most = max(float(a.max()), float(b.max()), 1.0)
    out = ["Lengths: # needed, = bought"]
    digits = len(f"{found.edge_m[-1]:g}")
    for k in np.flatnonzero((a > 0) | (b > 0)).tolist():
        low, high = found.edge_m[k], found.edge_m[k + 1]
        said = f"  {low:>{digits}g} to {high:>{digits}g} m"
        for sign, value in (("#", a[k]), ("=", b[k])):
            bar = sign * (max(round(_BAR * value / most), 1) if value else 0)
            out.append(f"{said}  {int(value):>9,} {bar}".rstrip())
            said = " " * len(said)
    return out


def _delays(study: Study) -> list[str]:
    """Return what light or signals take along the links that are listed."""
    delay = study(delays_ns)[np.unique(study(cables).bundle)]
    known = delay[np.isfinite(delay)]
    if not len(known):
        return []
    ends = dict.fromkeys(f"{x:.0f}" for x in (known.min(), known.max()))
    said = " to ".join(ends)
    more = "" if len(known) == len(delay) else ", some not known"
    return [f"Delay of links: {said} ns one way{more}; cords and trunks alone, no plug or switch"]


def _moved(study: Study, width: int) -> list[str]:
    """Return cords of the day that lie otherwise when all that is planned stands."""
    later = moved_words(study)
    day = study.conditions.date
    if day is None or not len(study(cables)):
        return []
    if not later:
        return [f"All of these cords lie on {day.isoformat()} as they do when all is there."]
    cable = study(cables)
    ways = way_words(study)
    told: dict[tuple[str, str, str], float] = {}
    for row, then in later.items():
        key = (str(cable.number[row]), ways[int(cable.piece[row])], then)
        told[key] = told.get(key, 0.0) + float(cable.cords[row])
    rows = [[bundle, _number(n), now, then] for (bundle, now, then), n in told.items()]
    more = [f"  and {len(rows) - _SHOWN:,} more bundles"] if len(rows) > _SHOWN else []
    total = plural(int(np.nansum(list(told.values()))), "cord")
    head = f"To be moved before all that is planned stands: {total}"
    header = ("bundle", "cords", "way now", "then")
    return [head, *_table(header, rows[:_SHOWN], width, frozenset({0, 1})), *more]


def _not_listed(study: Study) -> list[str]:
    """Return links of the port map that are not listed: managers, and places without a rack."""
    cable, p = study(cables), study(port_map)
    listed = np.zeros(len(p), dtype=bool)
    listed[cable.link] = True
    managers = int((~listed & (p.tier == MANAGER)).sum())
    others = int((~listed & (p.tier != MANAGER)).sum())
    out = []
    if managers:
        out.append(
            f"  {plural(managers, 'link')} of fabric managers: no rack of theirs is stated, see"
            " manager_at of the fabric"
        )
    if others:
        day = study.conditions.date
        why = (
            "whose rack is not there" if day is None else f"that {day.isoformat()} lacks an end of"
        )
        out.append(f"  {plural(others, 'link')} {why}")
    undated = int((np.isnat(cable.day) & (cable.cords != 0)).sum())
    lines = ["Not listed", *out] if out else []
    if undated:
        if lines:
            lines.append("")
        lines.append(f"{plural(undated, 'row has', 'rows have')} no day: a rack at an end has none")
    return lines


def _open(study: Study, width: int) -> list[str]:
    """Return what cannot be and what is not known, with the fields, most cords first."""
    cannot, missing = lacking_cords(study)
    told = [*cannot.items(), *((f"not known: {path}", n) for path, n in missing.items())]
    said = [f"{what} ({plural(cords, 'cord')})" for what, cords in told]
    said += [f"of trunks: {lack}" for lack in dict.fromkeys(_of_trunks(study))]
    lines = ["Open", *_lines(said)] if said else []
    for found in unserved(study, np.unique(study(cables).bundle)):
        lines += wrapped(_unserved(study, found), width, 4, 6)
    return lines


def _unserved(study: Study, found: Unserved) -> str:
    """Say what some links ask for that get no medium, and why the nearest does not do."""
    cable = study(cables)
    cords = int(np.nansum(cable.cords[np.isin(cable.bundle, found.bundles)]))
    return f"{plural(cords, 'cord')} of {found}"


def _lines(said: list[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in said)
