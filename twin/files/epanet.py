"""Reads an EPANET file through wntr, as it stands at time 0."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import InputError, MissingTool, Problem, shown
from twin.files.loop import CURVE, LOSS, PIPE, PUMP, FloatArray, Loop
from twin.files.text import read_bytes

GRAVITY_M_S2 = 32.2 * 0.3048
"""As EPANET has it."""
WATER_KG_M3 = 1000.0
WATER_M2_S = 1.1e-5 * 0.3048**2
"""What SPECIFIC GRAVITY and VISCOSITY of a file are multiples of."""
_LEAST_MULTIPLE = 1e-3
"""What is less is a viscosity itself, m2/s."""
_POWER_CURVE_POINTS = 3


def read_inp(file: str) -> Loop:
    """Return the network of an EPANET file with demands, heads and speeds at time 0.

    Controls, rules and what changes later are not read.

    Raises
    ------
    MissingTool
        wntr is not installed.
    InputError
        The file cannot be read, or holds what cannot be solved here.
    """
    read_bytes(Path(file), file)
    try:
        with np.printoptions():  # wntr changes how arrays are shown, and not only its own
            import wntr
    except ImportError as error:
        raise MissingTool("EPANET files are read through wntr", "twin[epanet]") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = wntr.network.WaterNetworkModel(file)
            return _Model(file, model).loop()
    except (InputError, MissingTool):
        raise
    except Exception as error:  # a foreign format, and a library that raises what it meets
        raise InputError(
            Problem(file, message=f"this is no EPANET file that can be read: {shown(str(error))}")
        ) from error


class _Model:
    """A model of wntr, all in SI units."""

    def __init__(self, file: str, model: Any) -> None:  # noqa: ANN401 - wntr has no types
        self.file, self.model = file, model
        self.problems: list[Problem] = []
        options = model.options.hydraulic
        self.rho = WATER_KG_M3 * options.specific_gravity
        kinematic = options.viscosity
        self.mu = self.rho * (kinematic if kinematic < _LEAST_MULTIPLE else kinematic * WATER_M2_S)
        self.pa_m = self.rho * GRAVITY_M_S2
        self.curves: list[tuple[FloatArray, FloatArray]] = []

    def say(self, name: str, message: str, expected: str = "") -> None:
        self.problems.append(Problem(self.file, key=name, message=message, expected=expected))

    def loop(self) -> Loop:
        options = self.model.options.hydraulic
        if options.headloss != "D-W":
            self.say("HEADLOSS", f"{options.headloss} is not Darcy-Weisbach", "write D-W")
        if options.demand_model not in {"DD", "DDA"}:
            self.say("DEMAND MODEL", f"{options.demand_model} is not DDA", "give fixed demands")
        nodes, links = list(self.model.node_name_list), list(self.model.link_name_list)
        index = {name: k for k, name in enumerate(nodes)}
        n, m = len(nodes), len(links)
        demand, height = np.zeros(n), np.zeros(n)
        held: dict[int, float] = {}
        for k, name in enumerate(nodes):
            node = self.model.get_node(name)
            if node.node_type == "Junction":
                height[k] = node.elevation
                demand[k] = node.demand_timeseries_list.at(0.0) * options.demand_multiplier
                if node.emitter_coefficient:
                    self.say(name, "an emitter cannot be solved here")
            elif node.node_type == "Reservoir":
                held[k] = height[k] = node.head_timeseries.at(0.0)
            else:
                held[k], height[k] = node.elevation + node.init_level, node.elevation
        if not held:
            self.say("RESERVOIRS", "no pressure is held", "add a reservoir or a tank")
        names = (
            "length_m", "diameter_m", "roughness_m", "loss_k", "lift_pa", "resistance", "exponent",
            "speed", "hold_m3s",
        )  # fmt: skip
        columns = {name: np.full(m, np.nan) for name in names}
        columns["speed"][:], columns["exponent"][:] = 1.0, 2.0
        columns["rho_kg_m3"], columns["mu_pa_s"] = np.full(m, self.rho), np.full(m, self.mu)
        kind, curve = np.full(m, LOSS), np.full(m, -1)
        one_way, closed = np.zeros(m, np.bool_), np.zeros(m, np.bool_)
        for k, name in enumerate(links):
            link = self.model.get_link(name)
            closed[k] = str(link.initial_status) == "Closed"
            kind[k], figures = getattr(self, f"_{link.link_type.lower()}")(name, link)
            one_way[k], curve[k] = figures.pop("one_way", False), figures.pop("curve", -1)
            for key, value in figures.items():
                columns[key][k] = value
        if self.problems:
            raise InputError(self.problems)
        ends = [self.model.get_link(name) for name in links]
        return Loop(
            nodes, links, np.array([index[e.start_node_name] for e in ends], np.int64),
            np.array([index[e.end_node_name] for e in ends], np.int64), kind, columns, one_way,
            closed, np.array(list(held), np.int64), np.array(list(held.values())) * self.pa_m,
            demand, height * self.pa_m, curve, tuple(self.curves),
        )  # fmt: skip

    def _pipe(self, name: str, pipe: Any) -> tuple[int, dict[str, float]]:  # noqa: ANN401
        for key in ("length", "diameter"):
            if not getattr(pipe, key) > 0:
                self.say(name, f"its {key} is not above 0")
        return PIPE, {
            "length_m": pipe.length, "diameter_m": pipe.diameter, "roughness_m": pipe.roughness,
            "loss_k": pipe.minor_loss, "one_way": pipe.check_valve,
        }  # fmt: skip

    def _valve(self, name: str, valve: Any) -> tuple[int, dict[str, float]]:  # noqa: ANN401
        figures = {"diameter_m": valve.diameter, "loss_k": valve.minor_loss}
        if not valve.diameter > 0:
            self.say(name, "its diameter is not above 0")
        works = str(valve.initial_status) == "Active"
        if valve.valve_type == "TCV":
            # Working, its setting stands for the loss; wide open, its minor loss.
            figures["loss_k"] = valve.initial_setting if works else valve.minor_loss
        elif valve.valve_type == "FCV":
            if works:
                figures["hold_m3s"] = valve.initial_setting
        elif works:
            self.say(name, f"a valve of type {valve.valve_type} cannot be solved here")
        return LOSS, figures

    def _pump(self, name: str, pump: Any) -> tuple[int, dict[str, float]]:  # noqa: ANN401
        if pump.pump_type != "HEAD":
            self.say(name, "a pump of constant power cannot be solved here", "give it a curve")
            return PUMP, {}
        speed = pump.speed_timeseries.at(0.0)
        points = np.array(self.model.get_curve(pump.pump_curve_name).points, np.float64)
        q, head = points[:, 0], points[:, 1] * self.pa_m
        if (np.diff(q) <= 0).any() or (np.diff(head) > 0).any():
            self.say(name, "its curve rises", "give heads that fall as flow grows")
            return PUMP, {}
        if len(q) == 1:
            fall = head[0] / (3.0 * q[0] ** 2)
            return PUMP, {"lift_pa": 4.0 / 3.0 * head[0], "resistance": fall, "speed": speed}
        if len(q) == _POWER_CURVE_POINTS and q[0] == 0.0 and head[0] > head[1] > head[2]:
            power = np.log((head[0] - head[2]) / (head[0] - head[1])) / np.log(q[2] / q[1])
            fall = (head[0] - head[1]) / q[1] ** power
            return PUMP, {
                "lift_pa": head[0], "resistance": fall, "exponent": power, "speed": speed,
            }  # fmt: skip
        if q[0] > 0.0:  # EPANET lets the first piece go on to no flow
            first = head[0] - q[0] * (head[1] - head[0]) / (q[1] - q[0])
            q, head = np.append(0.0, q), np.append(first, head)
        self.curves.append((q, head))
        return CURVE, {"curve": len(self.curves) - 1, "speed": speed}
