"""The table of units: names, sizes, spellings, and the suffixes of keys.

Factors are exact by definition or follow from exact ones (the inch, the pound, the US gallon,
standard gravity), else as in NIST Special Publication 811 (2008), appendix B; the row says which.
"""

from __future__ import annotations

import math
from typing import Final

INCH_M: Final = 0.0254  # exact: international inch, 1959
FOOT_M: Final = 0.3048  # exact
POUND_KG: Final = 0.45359237  # exact: international avoirdupois pound, 1959
GALLON_M3: Final = 3.785411784e-3  # exact: US gallon, 231 cubic inches
GRAVITY_M_S2: Final = 9.80665  # exact: standard acceleration of free fall
POUND_FORCE_N: Final = POUND_KG * GRAVITY_M_S2
BTU_J: Final = 1055.05585262  # exact: International Table Btu
TON_COOLING_W: Final = 12_000 * BTU_J / 3600  # ton of refrigeration, 12 000 Btu/h

# One row per kind of quantity: name of a unit -> its size in the first unit of the row's comment.
# A unit is written as in the table; capitals do not matter where nothing else could be meant.
SIZES: Final[dict[str, dict[str, float]]] = {
    "power": {  # W
        "W": 1, "kW": 1e3, "MW": 1e6, "GW": 1e9, "hp": 550 * FOOT_M * POUND_FORCE_N,
        "Btu/h": BTU_J / 3600, "MBH": 1000 * BTU_J / 3600, "TR": TON_COOLING_W,
    },
    "apparent power": {"VA": 1, "kVA": 1e3, "MVA": 1e6},
    "reactive power": {"var": 1, "kvar": 1e3, "Mvar": 1e6},
    "energy": {"J": 1, "kJ": 1e3, "MJ": 1e6, "Wh": 3600, "kWh": 3.6e6, "MWh": 3.6e9},
    "current": {"A": 1, "mA": 1e-3, "kA": 1e3},
    "voltage": {"V": 1, "mV": 1e-3, "kV": 1e3},
    "resistance": {"ohm": 1, "mohm": 1e-3, "uohm": 1e-6},
    "resistance per length": {
        "ohm/m": 1, "mohm/m": 1e-3, "ohm/km": 1e-3, "ohm/kft": 1 / (1000 * FOOT_M),
    },
    "frequency": {"Hz": 1, "kHz": 1e3},
    "length": {  # m
        "m": 1, "mm": 1e-3, "cm": 1e-2, "um": 1e-6, "km": 1e3,
        "in": INCH_M, "ft": FOOT_M, "yd": 3 * FOOT_M, "mil": INCH_M / 1000,
    },
    "area": {  # m2
        "m2": 1, "mm2": 1e-6, "cm2": 1e-4, "ft2": FOOT_M**2, "in2": INCH_M**2,
        "kcmil": math.pi / 4 * 1000 * (INCH_M / 1000) ** 2,
    },
    "volume": {"m3": 1, "L": 1e-3, "mL": 1e-6, "gal": GALLON_M3, "ft3": FOOT_M**3},
    "flow": {  # m3/s
        "m3/s": 1, "m3/h": 1 / 3600, "L/s": 1e-3, "L/min": 1e-3 / 60,
        "gpm": GALLON_M3 / 60, "cfm": FOOT_M**3 / 60,
    },
    "flow per power": {"L/min/kW": 1, "gpm/kW": GALLON_M3 * 1e3},
    "mass": {
        "kg": 1, "g": 1e-3, "t": 1e3, "lb": POUND_KG, "oz": POUND_KG / 16,
        "short ton": 2000 * POUND_KG,
    },
    "mass per length": {"kg/m": 1, "g/m": 1e-3, "lb/ft": POUND_KG / FOOT_M},
    "mass per area": {
        "kg/m2": 1, "t/m2": 1e3, "lb/ft2": POUND_KG / FOOT_M**2, "psf": POUND_KG / FOOT_M**2,
    },
    "density": {"kg/m3": 1, "lb/ft3": POUND_KG / FOOT_M**3},
    "force": {"N": 1, "kN": 1e3, "lbf": POUND_FORCE_N},
    "pressure": {  # Pa; the columns of water and mercury are the conventional ones of SP 811
        "Pa": 1, "hPa": 100, "kPa": 1e3, "MPa": 1e6, "bar": 1e5, "mbar": 100, "atm": 101_325,
        "psi": POUND_FORCE_N / INCH_M**2, "psf": POUND_FORCE_N / FOOT_M**2,
        "mH2O": 9806.65, "ftH2O": 2989.067, "inH2O": 249.0889, "inHg": 3386.389,
        "kN/m2": 1e3,
    },
    "temperature": {"degC": 1, "degF": 5 / 9, "K": 1},
    "temperature difference": {"K": 1, "degC": 1, "degF": 5 / 9},
    "time": {
        "s": 1, "us": 1e-6, "ms": 1e-3, "min": 60, "h": 3600, "days": 86_400, "weeks": 604_800,
    },
    "angle": {"deg": 1, "rad": 180 / math.pi},
    "share": {"%": 1},
    "ratio": {"pu": 1},
    "level": {"dB": 1},
    "data rate": {  # Gb/s; GB/s counts bytes
        "Gb/s": 1, "Mb/s": 1e-3, "Tb/s": 1e3, "GB/s": 8, "MB/s": 8e-3, "TB/s": 8e3,
    },
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "ft/s": FOOT_M, "fpm": FOOT_M / 60},
    "heat per area": {"W/m2": 1, "kW/m2": 1e3, "W/ft2": 1 / FOOT_M**2},
    "heat per kelvin": {"W/K": 1, "kW/K": 1e3},
}  # fmt: skip

# Where a scale of temperature has its zero on the Celsius scale's own steps: (v - zero) * size.
ZEROS: Final = {"degC": 0.0, "degF": 32.0, "K": 273.15}

ALIASES: Final = {
    "kw": "kW", "btu/hr": "Btu/h", "btuh": "Btu/h", "kbtu/h": "MBH", "amp": "A", "amps": "A",
    "volt": "V", "volts": "V", "vac": "V", "vdc": "V", "Ω": "ohm", "ohms": "ohm", "mΩ": "mohm",
    "mΩ/m": "mohm/m", "Ω/km": "ohm/km", "μm": "um", "µm": "um", "micron": "um",
    "meter": "m", "meters": "m", "metre": "m", "metres": "m", "foot": "ft", "feet": "ft",
    "'": "ft", "′": "ft", "inch": "in", "inches": "in", '"': "in", "″": "in",
    "m²": "m2", "mm²": "mm2", "ft²": "ft2", "in²": "in2", "sqm": "m2", "sqft": "ft2",
    "sq ft": "ft2", "sq in": "in2", "mcm": "kcmil", "m³": "m3", "ft³": "ft3", "liter": "L",
    "liters": "L", "litre": "L", "litres": "L", "gallon": "gal", "gallons": "gal",
    "m³/s": "m3/s", "m³/h": "m3/h", "lpm": "L/min", "lps": "L/s",
    "usgpm": "gpm", "lpm/kW": "L/min/kW", "lbs": "lb", "pound": "lb", "pounds": "lb",
    "tonne": "t", "tonnes": "t", "short tons": "short ton", "kg/m²": "kg/m2", "kg/m³": "kg/m3",
    "lbs/ft": "lb/ft", "plf": "lb/ft", "lbs/ft2": "lb/ft2", "lb/ft²": "lb/ft2", "pcf": "lb/ft3",
    "kN/m²": "kN/m2", "ft wg": "ftH2O", "in wg": "inH2O", "mwc": "mH2O",
    "C": "degC", "°C": "degC", "deg C": "degC", "F": "degF", "°F": "degF", "deg F": "degF",
    "kelvin": "K", "sec": "s", "seconds": "s", "second": "s", "minute": "min", "minutes": "min",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "d": "days", "day": "days", "wk": "weeks",
    "week": "weeks", "°": "deg", "degrees": "deg", "pct": "%", "percent": "%", "p.u.": "pu",
    "Gbps": "Gb/s", "Mbps": "Mb/s", "Tbps": "Tb/s", "gbps": "Gb/s", "Gbit/s": "Gb/s",
    "W/m²": "W/m2", "W/sqft": "W/ft2",
}  # fmt: skip

# Written in other capitals these would be another unit, a million or a billion times as large.
STRICT: Final = frozenset(
    "m M MW mW MVA MVAR Mvar mvar mA MA mV MV mohm Mohm mΩ MΩ mohm/m mΩ/m MPa mPa MJ mJ MWh mWh "
    "Gb/s GB/s Mb/s MB/s Tb/s TB/s Gbps GBps Mbps MBps Tbps TBps mL ML".split()
)

HINTS: Final = {
    "ton": "TR for tons of refrigeration, t for 1000 kg or short ton for 2000 lb",
    "tons": "TR for tons of refrigeration, t for 1000 kg or short ton for 2000 lb",
    "awg": "the area of the conductor in mm2 or kcmil, since AWG is a gauge",
    "psig": "psi, and a key that says what the pressure is measured against",
    "psia": "psi, and a key that says what the pressure is measured against",
    "barg": "bar, and a key that says what the pressure is measured against",
    "bara": "bar, and a key that says what the pressure is measured against",
    "mw": "MW for megawatts",
}

SUFFIXES: Final = {
    "kw": "kW", "kva": "kVA", "mva": "MVA", "mw": "MW", "w": "W", "kvar": "kvar",
    "kwh": "kWh", "kj": "kJ", "a": "A", "ka": "kA", "v": "V", "kv": "kV",
    "ohm": "ohm", "mohm": "mohm", "mohm_m": "mohm/m", "hz": "Hz",
    "m": "m", "mm": "mm", "um": "um", "km": "km", "m2": "m2", "mm2": "mm2", "l": "L", "m3": "m3",
    "lpm": "L/min", "lpm_kw": "L/min/kW", "m3s": "m3/s", "m3_s": "m3/s", "m3h": "m3/h",
    "m3_h": "m3/h", "kg": "kg", "kg_m": "kg/m", "kg_m2": "kg/m2", "kg_m3": "kg/m3",
    "n": "N", "kn": "kN", "kpa": "kPa", "pa": "Pa", "c": "degC", "k": "K",
    "us": "us", "ms": "ms", "s": "s", "min": "min", "h": "h", "days": "days", "weeks": "weeks",
    "deg": "deg", "pct": "%", "pu": "pu", "db": "dB", "gbps": "Gb/s", "m_s": "m/s",
    "w_m2": "W/m2", "kw_m2": "kW/m2", "w_k": "W/K", "kw_k": "kW/K",
}  # fmt: skip
