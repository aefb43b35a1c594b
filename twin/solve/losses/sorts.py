"""Sorts of losses."""

from __future__ import annotations

from typing import Final

HEALTHY, FAULT, MODULE, BYPASS, WORK, PAIR, WORK_AND_FAULT, SHELF, PUMP, FAN = range(10)
WORK_SORTS: Final = (WORK, WORK_AND_FAULT)
