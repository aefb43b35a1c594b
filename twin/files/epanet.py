"""Reads an EPANET file through wntr, as it stands at time 0."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import InputError, MissingTool, Problem, shown
from twin.files.inp_lines import Row, later, places, rows, unsolved
from twin.files.loop import CURVE, DROP, LOSS, PIPE, PUMP, FloatArray, Loop
from twin.files.text import decode, read_bytes

GRAVITY_M_S2 = 32.2 * 0.3048
"""As EPANET has it."""
WATER_KG_M3 = 1000.0
WATER_M2_S = 1.1e-5 * 0.3048**2
"""What SPECIFIC GRAVITY and VISCOSITY of a file are multiples of."""
_LEAST_MULTIPLE = 1e-3
"""What is less is a viscosity itself, m2/s."""
_POWER_CURVE_POINTS = 3
_LEAST_POINTS = 2
_NOTHING = 1e-9
"""Of the largest loss of a curve: what is less is none."""


def read_inp(file: str) -> Loop:
    """Return the network of an EPANET file with demands, heads, speeds and levels at time 0.

    Energy, quality and what is drawn are not read: they move no water.

    Raises
    ------
    MissingTool
        wntr is not installed.
    InputError
        The file cannot be read, or holds what cannot be solved here, by line, section and name.
    """
    data = read_bytes(Path(file), file)
    try:
        with np.printoptions():  # wntr changes how arrays are shown, and not only its own
            import wntr
    except ImportError as error:
        raise MissingTool("EPANET files are read through wntr", "twin[epanet]") from error
    found = rows(decode(data, file))
    if told := unsolved(file, found):
        raise InputError(told)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = wntr.network.WaterNetworkModel(file)
            return _Model(file, model, found).loop()
    except (InputError, MissingTool):
        raise
    except Exception as error:  # a foreign format, and a library that raises what it meets
        raise InputError(_unread(file, error)) from error


def _unread(file: str, error: Exception) -> Problem:
    """Return what wntr says of a file that it cannot read, at its line where it names one."""
    said = f"{error.__cause__ or error}"
    at = re.search(r", at line (\d+)", said)
    line = int(at[1]) if at else None
    said = said[: at.start()] if at else said
    return Problem(file, line, message=f"this is no EPANET file that can be read: {shown(said)}")


class _Model:
    """A model of wntr, all in SI units."""

    def __init__(self, file: str, model: Any, found: list[Row]) -> None:  # noqa: ANN401 - untyped
        self.file, self.model, self.found = file, model, found
        self.line = places(found)
        self.problems: list[Problem] = []
        options = model.options.hydraulic
        self.start_s = float(model.options.time.pattern_start)
        self.rho = WATER_KG_M3 * options.specific_gravity
        kinematic = options.viscosity
        self.mu = self.rho * (kinematic if kinematic < _LEAST_MULTIPLE else kinematic * WATER_M2_S)
        self.pa_m = self.rho * GRAVITY_M_S2
        self.curves: list[tuple[FloatArray, FloatArray]] = []

    def say(self, section: str, name: str, message: str, expected: str = "") -> None:
        line = self.line.get((section, name))
        key = f"[{section}] {name}"
        self.problems.append(Problem(self.file, line, key=key, message=message, expected=expected))

    def loop(self) -> Loop:
        self._options()
        if self.problems:  # roughness would be another figure
            raise InputError(self.problems)
        nodes, links = list(self.model.node_name_list), list(self.model.link_name_list)
        index = {name: k for k, name in enumerate(nodes)}
        m = len(links)
        demand, height, held = self._nodes(nodes)
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
            tuple(later(self.file, self.found)),
        )  # fmt: skip

    def _options(self) -> None:
        options = self.model.options.hydraulic
        if options.headloss != "D-W":
            said = f"{options.headloss} is not Darcy-Weisbach"
            self.say("OPTIONS", "HEADLOSS", said, "write D-W, with roughness in mm or 0.001 ft")
        if options.demand_model not in {"DD", "DDA"}:
            said = f"demands of model {options.demand_model} cannot be solved here"
            self.say("OPTIONS", "DEMAND", said, "give fixed demands (DDA)")

    def _nodes(self, nodes: list[str]) -> tuple[FloatArray, FloatArray, dict[int, float]]:
        """Return what leaves at nodes, how high they are, and which head is held at some."""
        demand, height = np.zeros(len(nodes)), np.zeros(len(nodes))
        held: dict[int, float] = {}
        more = self.model.options.hydraulic.demand_multiplier
        for k, name in enumerate(nodes):
            node = self.model.get_node(name)
            if node.node_type == "Junction":
                height[k] = node.elevation
                demand[k] = node.demand_timeseries_list.at(self.start_s) * more
            elif node.node_type == "Reservoir":
                held[k] = height[k] = node.head_timeseries.at(self.start_s)
            else:
                held[k], height[k] = node.elevation + node.init_level, node.elevation
                if not node.min_level < node.init_level < node.max_level:
                    said = "it begins full or empty, where EPANET shuts what it is joined to"
                    self.say("TANKS", name, said, "begin between its least and largest level")
        if not held:
            said = "no pressure is held"
            self.problems.append(
                Problem(self.file, key="[RESERVOIRS]", message=said, expected="add a reservoir")
            )
        return demand, height, held

    def _pipe(self, name: str, pipe: Any) -> tuple[int, dict[str, float]]:  # noqa: ANN401
        if not pipe.roughness < pipe.diameter:
            self.say("PIPES", name, "its roughness is not below its bore")
        return PIPE, {
            "length_m": pipe.length, "diameter_m": pipe.diameter, "roughness_m": pipe.roughness,
            "loss_k": pipe.minor_loss, "one_way": pipe.check_valve,
        }  # fmt: skip

    def _valve(self, name: str, valve: Any) -> tuple[int, dict[str, float]]:  # noqa: ANN401
        if not valve.diameter > 0:
            self.say("VALVES", name, "its diameter is not above 0")
        if valve.valve_type == "GPV":
            return self._drop(name, valve)
        figures = {"diameter_m": valve.diameter, "loss_k": valve.minor_loss}
        works = str(valve.initial_status) == "Active"
        if valve.valve_type == "TCV":
            # Working, its setting stands for the loss; wide open, its minor loss.
            figures["loss_k"] = valve.initial_setting if works else valve.minor_loss
        elif works:
            figures["hold_m3s"] = valve.initial_setting
        return LOSS, figures

    def _drop(self, name: str, valve: Any) -> tuple[int, dict[str, float]]:  # noqa: ANN401
        """Read a curve of losses; EPANET works by it whether its valve stands open or active."""
        q, head = self._points(valve.headloss_curve_name)
        if len(q) < _LEAST_POINTS or (np.diff(q) <= 0).any() or (np.diff(head) < 0).any():
            said = f"its curve {valve.headloss_curve_name} falls, or has one point"
            self.say("VALVES", name, said, "give losses that grow with flow")
        elif abs(head[0]) > _NOTHING * head[-1]:
            said = f"its curve {valve.headloss_curve_name} loses {head[0]:.3g} Pa at no flow"
            self.say("VALVES", name, said, "begin it with 0 0")
        else:
            head[0] = 0.0
            self.curves.append((q, -head))
            return DROP, {"curve": len(self.curves) - 1}
        return DROP, {}

    def _pump(self, name: str, pump: Any) -> tuple[int, dict[str, float]]:  # noqa: ANN401
        if pump.pump_type != "HEAD":
            said = "a pump of constant power cannot be solved here"
            self.say("PUMPS", name, said, "give it a curve with HEAD")
            return PUMP, {}
        speed = self._speed(pump)
        given = self.model.get_curve(pump.pump_curve_name).points
        q, head = self._points(pump.pump_curve_name)
        if (np.diff(q) <= 0).any() or (np.diff(head) > 0).any():
            said = f"its curve {pump.pump_curve_name} rises"
            self.say("PUMPS", name, said, "give heads that fall as flow grows")
            return PUMP, {}
        if len(given) == 1:
            fall = head[0] / (3.0 * q[0] ** 2)
            return PUMP, {"lift_pa": 4.0 / 3.0 * head[0], "resistance": fall, "speed": speed}
        if len(given) == _POWER_CURVE_POINTS and given[0][0] == 0.0 and head[0] > head[1] > head[2]:
            power = np.log((head[0] - head[2]) / (head[0] - head[1])) / np.log(q[2] / q[1])
            fall = (head[0] - head[1]) / q[1] ** power
            return PUMP, {
                "lift_pa": head[0], "resistance": fall, "exponent": power, "speed": speed,
            }  # fmt: skip
        self.curves.append((q, head))
        return CURVE, {"curve": len(self.curves) - 1, "speed": speed}

    def _speed(self, pump: Any) -> float:  # noqa: ANN401
        """Return the speed at which a pump begins: its pattern's, that of [STATUS], or its own."""
        if pump.speed_timeseries.pattern is not None:
            return float(pump.speed_timeseries.pattern.at(self.start_s))
        given = pump.initial_setting
        return float(pump.speed_timeseries.base_value if given is None else given)

    def _points(self, curve: str) -> tuple[FloatArray, FloatArray]:
        """Return flows and pressures of a curve from no flow on: its first piece goes on to it."""
        points = np.array(self.model.get_curve(curve).points, np.float64)
        q, head = points[:, 0], points[:, 1] * self.pa_m
        if len(q) > 1 and q[0] > 0.0:
            first = head[0] - q[0] * (head[1] - head[0]) / (q[1] - q[0])
            q, head = np.append(0.0, q), np.append(first, head)
        return q, head
