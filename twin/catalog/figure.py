"""One published number, and one published table of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# How a figure came to be known, from the strongest to none at all. `derived` is arithmetic on
# published figures. A judged number is no figure: it is an assumption of a layout, or a limit of
# a code profile that may only warn.
CONFIDENCES = ("datasheet", "docs", "press", "derived", "unknown")

# Where a power figure is measured: at the AC input, at the DC output, or the source does not say.
BASES = ("ac_in", "dc_out", "unknown")


@dataclass(frozen=True, slots=True)
class Figure:
    """A value or a range, with what it takes to judge it.

    Parameters
    ----------
    value
        The figure to use; None where nobody published one, and then `confidence` is "unknown".
    low, high
        The least and the greatest of what conflicting sources say; None where they agree.
    unit
        Unit of all three ("kW", "L/min", "count", "1" for a fraction).
    source
        Id in the product's `sources`; empty only where `value` is None.
    confidence
        One of `CONFIDENCES`.
    note
        Conditions, and in a conflict who says what.
    basis
        Power figures only: one of `BASES`; empty for all others.
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str
    source: str
    confidence: str
    note: str = ""
    basis: str = ""

    @property
    def known(self) -> bool:
        """Whether anybody published a value."""
        return self.value is not None

    def least(self) -> float:
        """Return the low end of the range, or the value, or NaN."""
        return _number(self.value if self.low is None else self.low)

    def greatest(self) -> float:
        """Return the high end of the range, or the value, or NaN."""
        return _number(self.value if self.high is None else self.high)


@dataclass(frozen=True, slots=True)
class Curve:
    """A published table: rows of points under named columns.

    Parameters
    ----------
    columns
        Names with their unit as suffix, e.g. ``("supply_c", "flow_lpm")``.
    points
        One tuple per row, as long as `columns`; the first column grows from row to row.
    at
        Conditions under which the table holds, e.g. ``{"heat_kw": 121.5}``.
    source
        Id in the product's `sources`.
    confidence
        One of `CONFIDENCES`.
    note
        What the numbers in `at` cannot say, such as the fluid.
    """

    columns: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    at: Mapping[str, float] = field(default_factory=dict)
    source: str = ""
    confidence: str = "unknown"
    note: str = ""

    def column(self, name: str) -> tuple[float, ...]:
        """Return one column, in the unit that its name says.

        Examples
        --------
        >>> curve = Curve(("supply_c", "flow_lpm"), ((25.0, 59.0), (30.0, 71.0)))
        >>> curve.column("flow_lpm")
        (59.0, 71.0)
        """
        place = self.columns.index(name)
        return tuple(point[place] for point in self.points)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
