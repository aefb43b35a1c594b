"""The page that leads to the papers for the floor: of each what it is for, and one line of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twin.errors import plural
from twin.report import words
from twin.report.coolant import unsolved
from twin.report.coolant_text import counted
from twin.report.html import environment, source
from twin.solve.study import Study

NAME = "index.html"
Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One file, what it is for, and what it says in one line."""

    file: str
    purpose: str
    summary: str


def index(study: Study, texts: Mapping[str, str], measured: str = "") -> str:
    """Return the page as HTML that loads nothing.

    Parameters
    ----------
    study
        A site under its conditions.
    texts
        Each paper by the name of its file, in the order in which they are shown.
    measured
        What was found of measured flows, in one line.
    """
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()}
    papers = [_paper(name, rows, measured) for name, rows in tables.items()]
    waits: dict[str, list[str]] = {}
    for name, rows in tables.items():
        missing = (path for row in rows for path in (row.get("missing") or "").split("; "))
        for path in dict.fromkeys(m for m in missing if m):
            waits.setdefault(path, []).append(name)
    return (
        environment()
        .get_template("coolant.html.j2")
        .render(
            site=study.site, headline=counted(study), conditions=_conditions(study),
            unsolved=unsolved(study), papers=papers, waits=sorted(waits.items()),
            style=source("report.css"), version=words.version(),
        )
    )  # fmt: skip


def _conditions(study: Study) -> list[tuple[str, str]]:
    given = study.conditions
    day = given.date.isoformat() if given.date else "none, everything planned stands"
    return [
        ("date", day), ("load", words.MODES[given.mode]), ("losses", words.LOSSES[given.losses]),
        ("profile", study.site.profile.id),
    ]  # fmt: skip


def _paper(name: str, rows: Rows, measured: str) -> Paper:
    if name not in _PAPERS:
        return Paper(name, "What was measured, beside what is expected", measured)
    purpose, summary = _PAPERS[name]
    return Paper(name, purpose, summary(rows))


# ------------------------------------------------------------------------------------ in one line


def _balancing(rows: Rows) -> str:
    counts = Counter(row["setting"].split(" of ")[0] for row in rows)
    said = {
        "set": "with a valve to set", "holds its flow": "whose valve holds the flow itself",
        "open": "with the valve wide open", "closed": "closed", "short": "short of pressure",
        "": "not known",
    }  # fmt: skip
    parts = [f"{counts[key]:,} {text}" for key, text in said.items() if counts[key]]
    left = sum(row["setting"] == "set" and row["not_for_cases"] != "" for row in rows)
    parts += [f"{left:,} of them set without cases in which no setting is enough"] if left else []
    return f"{plural(len(rows), 'rack')}: {', '.join(parts)}" if rows else "no rack"


def _set_points(rows: Rows) -> str:
    parts = [plural(len(rows), "CDU"), _most(rows, "cdu")]
    limits = sum(row["worst_pumps"] not in {"", "hold"} for row in rows)
    wide = sum(row["worst_facility_valve"] == "wide open" for row in rows)
    parts += [f"pumps of {limits:,} at their limit"] if limits else []
    parts += [f"facility valve of {wide:,} wide open"] if wide else []
    return "; ".join(p for p in parts if p)


def _plants(rows: Rows) -> str:
    return "; ".join(p for p in (plural(len(rows), "plant"), _most(rows, "plant")) if p)


def _most(rows: Rows, unit: str) -> str:
    """Say which unit gives most, and when."""
    known = [row for row in rows if row["worst_flow_lpm"]]
    if not known:
        return ""
    top = max(known, key=lambda row: float(row["worst_flow_lpm"]))
    after, case = "", top["worst_case"]
    if case != "healthy":
        after = f" with {words.lost(case)} lost"
    head = top["worst_head_kpa"]
    at = f" at {float(head):,.0f} kPa" if head else ""
    return f"at most {float(top['worst_flow_lpm']):,.0f} L/min{at} from {top[unit]}{after}"


def _facility(rows: Rows) -> str:
    short = tuple(row["user"] for row in rows if row["enough"] == "no")
    unknown = sum(not row["enough"] for row in rows)
    parts = [plural(len(rows), "user")]
    parts.append(f"short of water: {words.listed(short)}" if short else "none short of water")
    parts += [f"{unknown:,} not known"] if unknown else []
    valves = sum(row["setting"] == "set" for row in rows)
    parts += [f"{valves:,} with a valve to set"] if valves else []
    return "; ".join(parts)


def _pipes(rows: Rows) -> str:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["kind"]] += int(row["pieces"])
    named = [plural(n, k, k if k == "couplings" else "") for k, n in counts.items()]
    return f"{', '.join(named)}; {_sum(rows, 'length_total_m')} m in all"


def _sizes(rows: Rows) -> str:
    return f"{plural(len(rows), 'size')}; {_sum(rows, 'volume_l')} L in all"


def _fill(rows: Rows) -> str:
    parts = []
    for kind in ("loop", "plant"):
        mine = [row for row in rows if row["circuit_kind"] == kind]
        if mine:
            least = "at least " if any(row["at_least"] == "yes" for row in mine) else ""
            said = f"{plural(len(mine), kind)}: {least}{_sum(mine, 'fill_l')} L"
            glycol = _sum(mine, "glycol_l")
            parts.append(said if glycol == "0" else f"{said} with {glycol} L of glycol")
    return "; ".join(parts)


def _flush(rows: Rows) -> str:
    counts = Counter(row["pumps_suffice"] for row in rows)
    parts = [plural(len(rows), "side to flush", "sides to flush")]
    needs = [float(row["need_lpm"]) for row in rows if row["need_lpm"]]
    parts += [f"at most {max(needs):,.0f} L/min"] if needs else []
    parts += [f"{counts['no']:,} get too little"] if counts["no"] else []
    parts += [f"{counts['']:,} not known"] if counts[""] else []
    parts += ["the pumps suffice"] if counts["yes"] == len(rows) else []
    return "; ".join(parts)


def _sum(rows: Rows, column: str) -> str:
    return f"{sum(float(row[column]) for row in rows if row[column]):,.0f}"


_PAPERS: dict[str, tuple[str, Callable[[Rows], str]]] = {
    "balancing.csv": ("Setting each rack's valve, with columns for what is measured", _balancing),
    "set_points.csv": ("What each CDU is set to and will show", _set_points),
    "plants.csv": ("What each plant is set to and will show", _plants),
    "facility.csv": ("Facility water of each CDU and air unit, and its branch's valve", _facility),
    "pipes.csv": ("Schedule of pipes, manifolds, hoses and valves", _pipes),
    "sizes.csv": ("The same by size, for ordering", _sizes),
    "fill.csv": ("Litres, glycol and expansion vessel of each loop and plant", _fill),
    "flush.csv": ("Flow that flushes each side of each pipe and manifold", _flush),
}
