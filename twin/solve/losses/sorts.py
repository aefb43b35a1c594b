"""Sorts of losses."""

from __future__ import annotations

from typing import Final

HEALTHY, FAULT, MODULE, BYPASS, WORK, PAIR, WORK_AND_FAULT, SHELF, PUMP, FAN, PLANE = range(11)
WORK_SORTS: Final = (WORK, WORK_AND_FAULT)
