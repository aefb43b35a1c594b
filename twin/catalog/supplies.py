"""What cannot be said of the supplies of servers: more that are needed than there are."""

from __future__ import annotations

import math


def supplies_amiss(
    *, each: float, needed: float, least: float, shelves: float, efficiency: float
) -> tuple[str, str, str] | None:
    """Return the figure that is wrong, what is wrong with it, and what would be right.

    Parameters
    ----------
    each, needed, least
        psus_per_system, psus_needed, psus_least; NaN not known.
    shelves, efficiency
        shelves, shelf_efficiency; NaN not known.

    Examples
    --------
    >>> supplies_amiss(each=6, needed=7, least=3, shelves=math.nan, efficiency=math.nan)[:2]
    ('psus_needed', 'a server needs 7 of its 6 supplies')
    >>> supplies_amiss(each=6, needed=4, least=3, shelves=math.nan, efficiency=math.nan)
    """
    if needed > each:
        return _told("psus_needed", f"a server needs {needed:g} of its {each:g} supplies", each)
    if least > each:
        told = f"a server runs with no less than {least:g} of its {each:g} supplies"
        return _told("psus_least", told, each)
    if least > needed:
        told = f"a server runs in full with {needed:g} supplies, and not with less than {least:g}"
        return _told("psus_least", told, needed)
    if not math.isnan(each) and math.isnan(shelves) and not math.isnan(efficiency):
        told = "its servers have supplies of their own, and the rack has no power shelves"
        return "shelf_efficiency", told, "leave it out, and state its power at the input (ac_in)"
    return None


def _told(name: str, message: str, most: float) -> tuple[str, str, str]:
    return name, message, f"write at most {most:g}"
