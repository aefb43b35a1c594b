"""Sorts of losses."""

from __future__ import annotations

from typing import Final

(
    HEALTHY, FAULT, MODULE, BYPASS, WORK, PAIR, WORK_AND_FAULT, SHELF, PUMP, FAN, PLANE, UNIT,
    VALVE_START, VALVE_END, EXCHANGER,
) = range(15)  # fmt: skip
WORK_SORTS: Final = (WORK, WORK_AND_FAULT)
