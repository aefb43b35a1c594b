"""Cages of devices and the plugs that go into them.

A cage takes plugs of its own form and, in the QSFP and SFP families, the slower ones before it.
OSFP has two tops that do not exchange: a plug with its own fins (`osfp-ihs`) stands taller than a
cage whose heat sink rides on flat plugs (`osfp-rhs`).
"""

from __future__ import annotations

from typing import NamedTuple

TAKES: dict[str, tuple[str, ...]] = {
    "osfp-ihs": ("osfp-ihs",),
    "osfp-rhs": ("osfp-rhs",),
    "qsfp-dd": ("qsfp-dd", "qsfp56", "qsfp28"),
    "qsfp112": ("qsfp112", "qsfp56", "qsfp28"),
    "qsfp112-only": ("qsfp112",),
    "qsfp56": ("qsfp56", "qsfp28"),
    "qsfp28": ("qsfp28",),
    "sfp28": ("sfp28", "sfp+"),
    "sfp+": ("sfp+",),
    "rj45": ("rj45",),
}
"""Plugs that each form of cage takes. `qsfp112-only` is that of a BlueField-3."""

NOT_IN_SWITCHES = frozenset(("qsfp112",))
"""NVIDIA: QSFP112 plugs are for adapters only."""


class Cage(NamedTuple):
    """What a link finds at one end.

    Parameters
    ----------
    form
        A key of `TAKES`; "" where the device's product does not say.
    ports
        Ports of the link's own speed behind one cage: 2 in a twin-port OSFP.
    switch
        Whether the device is a switch.
    """

    form: str
    ports: int = 1
    switch: bool = False


def fits(plug: str, cage: Cage) -> bool:
    """Say whether a plug goes into a cage.

    Examples
    --------
    >>> fits("osfp-ihs", Cage("osfp-ihs", 2, switch=True)), fits("osfp-ihs", Cage("osfp-rhs"))
    (True, False)
    >>> fits("qsfp28", Cage("qsfp112")), fits("qsfp56", Cage("qsfp112-only"))
    (True, False)
    """
    return plug in TAKES.get(cage.form, ())


def barred(plug: str, cage: Cage) -> bool:
    """Say whether a rule keeps a plug out of a cage that it would fit, or nearly."""
    return cage.switch and plug in NOT_IN_SWITCHES
