"""The files of a new layout, as text by name."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from twin.catalog.show import plain
from twin.cli.starter.kinds import RackKind, kinds_of
from twin.cli.starter.size import (
    AIR,
    CDU,
    CDU_PITCH_M,
    END_M,
    PORTS,
    Plan,
    size,
)

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog


def first_hall(name: str) -> dict[str, str]:
    """Return the files of a small hall that passes on its listed assumptions."""
    text = files("twin.cli.starter").joinpath("hall.toml").read_text(encoding="utf-8")
    file = f"{name}.toml"
    return {file: text.replace("{file}", file).replace("{name}", json.dumps(name))}


def hall_for(name: str, racks: str | Path, catalog: Catalog) -> dict[str, str]:
    """Return the files of a hall that is sized for the racks of a list.

    Parameters
    ----------
    name
        Of the layout.
    racks
        CSV file or workbook with one row per rack: id and type, and what else is known.
    catalog
        Where the types are looked up.

    Raises
    ------
    InputError
        With all problems of the list.
    """
    from twin.files.notice import read_notice

    tables = read_notice(racks, catalog)
    plan = size(kinds_of(next(t for t in tables if t.kind == "rack"), catalog))
    return {f"{name}.toml": _layout(name, plan), "racks.csv": _racks(plan)}


def _layout(name: str, plan: Plan) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("twin.cli", "starter"),
        autoescape=False,  # noqa: S701 - TOML, and what is written are numbers and our own ids
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = lambda number: plain(round(number, 3))
    count = sum(len(kind.ids) for kind in plan.kinds)
    return environment.get_template("sized.toml.j2").render(
        plan=plan,
        name=json.dumps(name),
        file=f"{name}.toml",
        racks=f"{count} rack{'' if count == 1 else 's'}",
        summary=", ".join(f"{len(kind.ids)} {kind.type}" for kind in plan.kinds),
        wet=any(pod.wet for pod in plan.pods),
        air=AIR,
        cdu=CDU,
        cdu_pitch=CDU_PITCH_M,
        end=END_M,
        ports=PORTS,
    )


def _racks(plan: Plan) -> str:
    """Return the racks with the positions that they are given."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "type", "position", "arrives"))
    for pod in plan.pods:
        for row in pod.rows:
            for n in range(row.count):
                rack, day = _rack(row.kind, row.first + n)
                writer.writerow((rack, row.kind.type, f"{row.id}-{n + 1:02d}", day))
    return out.getvalue()


def _rack(kind: RackKind, place: int) -> tuple[str, str]:
    return kind.ids[place], kind.arrives[place]
