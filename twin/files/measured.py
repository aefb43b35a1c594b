"""Reads a balancing sheet that was filled in on the floor: flow and pressure of each rack."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from twin.errors import InputError, Problem, near, shown
from twin.files.network import FloatArray, not_negative, opened

FLOW, DROP = "measured_flow_lpm", "measured_dp_kpa"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, n racks; NaN where a cell was left empty.

    Attributes
    ----------
    rack
        (n,) id of each.
    flow_lpm, dp_kpa
        (n,) flow, and pressure over the rack.
    """

    rack: list[str]
    flow_lpm: FloatArray
    dp_kpa: FloatArray


def read_measured(path: str, racks: Collection[str]) -> Measured:
    """Return the filled sheet, a CSV file or a workbook.

    Parameters
    ----------
    path
        The file, with the columns rack and measured_flow_lpm; measured_dp_kpa may be there.
    racks
        Ids of the racks that the sheet was made for.

    Raises
    ------
    InputError
        All that is wrong with it, by row and column.
    """
    problems: list[Problem] = []
    reader = opened(path, ("rack", FLOW), problems)
    if reader is None:
        raise InputError(problems)
    names = reader.names("rack", problems)
    found = Measured(
        rack=names,
        flow_lpm=reader.numbers(FLOW, problems, not_negative, optional=True),
        dp_kpa=reader.numbers(DROP, problems, not_negative, optional=True),
    )
    problems += [
        reader.cells.problem(
            k, reader.header("rack"), f"there is no rack {shown(name)} on a described loop", name,
            "take the row out, or name a rack of the layout", near(name, racks),
        )
        for k, name in enumerate(names) if name and name not in racks
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    return found
