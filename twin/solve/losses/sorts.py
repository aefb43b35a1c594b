"""Sorts of losses."""

from __future__ import annotations

from typing import Final

HEALTHY, FAULT, MODULE, BYPASS, WORK, PAIR, WORK_AND_FAULT, SHELF, PUMP = range(9)
WORK_SORTS: Final = (WORK, WORK_AND_FAULT)
