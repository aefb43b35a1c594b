"""Cages of devices and the plugs that go into them.

A cage takes plugs of its own form and, in the QSFP and SFP families, the slower ones before it.
OSFP has two tops that do not exchange: a plug with its own fins (`osfp-ihs`) stands taller than a
cage whose heat sink rides on flat plugs (`osfp-rhs`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

TAKES: dict[str, tuple[str, ...]] = {
    "osfp-ihs": ("osfp-ihs",),
    "osfp-rhs": ("osfp-rhs",),
    "qsfp-dd": ("qsfp-dd", "qsfp112", "qsfp56", "qsfp28"),
    "qsfp112": ("qsfp112", "qsfp56", "qsfp28"),
    "qsfp56": ("qsfp56", "qsfp28"),
    "qsfp28": ("qsfp28",),
    "sfp28": ("sfp28", "sfp+"),
    "sfp+": ("sfp+",),
    "rj45": ("rj45",),
}
"""Plugs that fit each form of cage. A BlueField-3 has `qsfp112`, so that no OSFP goes in."""

NOT_IN_SWITCHES = frozenset(("qsfp112",))
"""Plugs that NVIDIA makes for adapters only (MMS4X00-NS400 overview)."""


class Cage(NamedTuple):
    """What a link finds at one end.

    Parameters
    ----------
    form
        A key of `TAKES`; "" where the device's product does not say.
    ports
        Ports behind one cage, as the links use it: 2 in a twin-port OSFP; 0 not known.
    switch
        Whether the device is a switch.
    power_w
        What the cage can feed and cool; NaN not known.
    """

    form: str
    ports: int = 1
    switch: bool = False
    power_w: float = np.nan


def fits(plug: str, cage: Cage) -> bool:
    """Say whether a plug goes into a cage.

    Examples
    --------
    >>> fits("osfp-ihs", Cage("osfp-ihs", 2, switch=True)), fits("osfp-ihs", Cage("osfp-rhs"))
    (True, False)
    >>> fits("qsfp28", Cage("qsfp112")), fits("osfp-rhs", Cage("qsfp112"))
    (True, False)
    """
    return plug in TAKES.get(cage.form, ())


def barred(plug: str, cage: Cage) -> bool:
    """Say whether a rule keeps a plug out of the cage, whether or not it would fit.

    Examples
    --------
    >>> barred("qsfp112", Cage("qsfp-dd", switch=True)), barred("qsfp112", Cage("qsfp112"))
    (True, False)
    """
    return cage.switch and plug in NOT_IN_SWITCHES
