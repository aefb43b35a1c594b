"""What is missing, ranked by the racks that each field would decide, and the line to write."""

from __future__ import annotations

import re
from functools import cache

from twin.checks.result import Gap, Report
from twin.errors import plural
from twin.report.cables.lacking import lacking_cords
from twin.report.words import clean, uncovered, wrapped
from twin.site.contract import CONTRACT, SECTION_OF, Column

_CATALOG = "catalog."
_POLICY = "policy."
_STOCK = "data.stock_m"
_SIZES = "[<number>, <number>]  # m"
_FAMILY = re.compile(r"[A-Z]{3}: ")


def ranked(report: Report) -> list[Gap]:
    """Return the missing fields: those that alone would decide most racks first.

    That a whole family measured nothing is no field; the report says it of its own.
    """
    fields = (gap for gap in report.gaps if not _FAMILY.match(gap.path))
    return sorted(fields, key=lambda gap: (-gap.decides, -gap.racks, gap.path))


def gaps_text(report: Report, width: int = 100) -> str:
    """Return the missing fields with unit, meaning and the lines of TOML that would give them.

    Parameters
    ----------
    report
        What a check said.
    width
        Characters of a line.
    """
    found = ranked(report)
    after = [line for said in uncovered(report) for line in wrapped(said, width, 0, 3)]
    lengths = _lengths(report, width)
    after += ["", *lengths] if lengths and after else lengths
    if not found:
        of = " for a verdict" if lengths else ""
        lines = [f"{clean(report.site.name)}: no field is missing{of}", *after]
        return "\n".join(lines) + "\n"
    unknown = plural(report.counts["unknown"], "rack")
    lines = [f"{clean(report.site.name)}: {plural(len(found), 'field')} missing, {unknown} unknown"]
    for place, gap in enumerate(found, start=1):
        lines.append("")
        head = f"{place}. {gap.path}: {gap.meaning}{f' ({gap.unit})' if gap.unit else ''}"
        lines += wrapped(head, width, 0, 3)
        lines.append(f"   {_worth(gap)}")
        lines += [f"     {line}" for line in example(gap)]
    lines += ["", *after] if after else []
    return "\n".join(lines) + "\n"


def _lengths(report: Report, width: int) -> list[str]:
    """Say which lengths to buy are not known though every verdict holds without them.

    What is within its reach in the greatest length in which it is made needs no list to be judged;
    `twin cables` needs one to say what to buy.
    """
    study = report.study
    if study is None or "CAB" not in report.conditions.scope:
        return []
    told = {gap.path for gap in report.gaps}
    _, missing = lacking_cords(study)
    open_ = {p: n for p, n in missing.items() if p.startswith(f"{_STOCK}.") and p not in told}
    if not open_:
        return []
    said = "For twin cables, lengths to buy; no verdict waits for them:"
    lines = wrapped(said, width, 0, 3)
    for path, cords in open_.items():
        lines.append(f"   {clean(path)}: {plural(cords, 'cord')}")
    lines.append(f"     [{_STOCK}]")
    lines += [f"     {clean(path.rpartition('.')[2])} = {_SIZES}" for path in open_]
    return lines


def _worth(gap: Gap) -> str:
    lack = f"{plural(gap.racks, 'rack')} {'lacks' if gap.racks == 1 else 'lack'} it"
    if gap.decides:
        return f"{lack}; alone it would decide {gap.decides:,} of them"
    return f"{lack}; it decides none alone, others are missing too"


def example(gap: Gap) -> list[str]:
    r"""Return the lines of TOML that would give a field, with a place for the value.

    No number is proposed: a number that looks right would be taken over as it stands. A figure of
    a product goes into the layout as an assumption with its reason.

    Examples
    --------
    >>> print("\n".join(example(Gap("halls.H1.slab_kpa", 1, 1, "slab load", "kPa"))))
    [halls.H1]
    slab_kpa = <number>  # kPa
    """
    path = clean(gap.path)
    if " = " in path:  # no field: things are lacking that would say it
        section, _, said = path.partition(".*.")
        return [f"[{section}.<id>]", said, *_LACKING[section]]
    if not path.rpartition(".")[0]:  # a thing, not a field of it: its whole table is missing
        return []
    if path.startswith(_CATALOG) and _column(path) is None:  # no figure: it cannot be assumed
        return [*_OWN_PRODUCT, f"{path.rpartition('.')[2]} = <as its maker says>"]
    if path.startswith(_CATALOG):
        return [
            "[[assume]]",
            f'path = "{path}"',
            f"value = {_value(path, gap.unit)}",
            'reason = "<where this figure comes from>"',
            'by = "<your name>"',
            "until = <YYYY-MM-DD>",
        ]
    table, _, key = path.rpartition(".")
    if table == _STOCK:
        return [f"[{table}]", f"{key} = {_SIZES}"]
    return [f"[{table}]", f"{key} = {_value(path, gap.unit)}"]


_OWN_PRODUCT = (
    "[catalog]", 'folders = ["<folder>"]', "# in a file of that folder; then name this product",
    "[cable.<id>]",
)  # fmt: skip
_LACKING = {
    "trays": ["points_m = [[<x>, <y>], [<x>, <y>]]", "elevation_m = <number>  # m"],
    "racks": ['type = "<id of a product>"'],
}
"""What such a thing must say besides, by its section."""


def _value(path: str, unit: str) -> str:
    """Return a placeholder of the type that the field takes."""
    column = _column(path)
    if path.startswith(_POLICY) and not unit:
        return '"<text>"'
    if column is None or column.dtype == "f8":
        return f"<number>{f'  # {unit}' if unit else ''}"
    if column.dtype == "i4":
        return f'"<id of a {" or ".join(column.refs).replace("_", " ")}>"'
    return {"M8[D]": "<YYYY-MM-DD>", "bool": "<true or false>"}.get(column.dtype, '"<text>"')


@cache
def _columns() -> dict[tuple[str, str], Column]:
    carried = {("coolant.rack_cdus", c.name): c for c in CONTRACT if c.kind in {"loop", "cdu"}}
    return carried | {(SECTION_OF[c.kind], c.name): c for c in CONTRACT if c.kind in SECTION_OF}


def _column(path: str) -> Column | None:
    """Return the column of the contract that a dotted path names."""
    key = path.rpartition(".")[2]
    sections = sorted((s for s, k in _columns() if k == key), key=len, reverse=True)
    found = next((s for s in sections if path.startswith(f"{s}.")), None)
    return None if found is None else _columns()[found, key]
