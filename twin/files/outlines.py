"""Outlines of halls: drawn in GeoJSON or written as corners; one plain polygon each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from shapely import Polygon
from shapely.validation import explain_validity

from twin.errors import InputError, Problem, shown
from twin.files.origins import Fault
from twin.files.text import BELOW, below, decode, read_bytes
from twin.model.place import Hall

Point = tuple[float, float]
LOCAL = "local-m"
_FEWEST = 3
_FARTHEST_M = 100_000.0
_PAIR = 2
_EAST, _NORTH = 180, 90
_DEEPEST = 8  # GeoJSON is flatter
_FRAME = 'write "frame": "local-m" at the top and metres from the hall\'s own origin'


def read_outline(path: Path, file: str) -> list[Point]:
    """Return the corners of the one polygon that a GeoJSON file draws, in metres.

    Parameters
    ----------
    path
        The file.
    file
        Its name as the user gave it.

    Raises
    ------
    InputError
        No GeoJSON, not in the frame ``local-m``, more than one polygon, or one with holes.
    """
    text = decode(read_bytes(path, file), file)
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            Problem(
                file,
                error.lineno,
                message=f"this is no JSON: {error.msg}",
                expected="export the outline as GeoJSON",
            )
        ) from error
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"this is no JSON that can be read: {shown(str(error))}") from error
    if not isinstance(document, dict):
        raise _wrong(file, "this is no GeoJSON object", "export one Polygon")
    _check_frame(document, file)
    return _ring(_polygon(document, file), file)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _check_frame(document: dict[str, Any], file: str) -> None:
    frame = document.get("frame")
    if frame == LOCAL and "crs" not in document:
        return
    if frame == LOCAL:
        raise _wrong(
            file,
            "it names a crs and the frame local-m: one of them is wrong",
            "take the crs out, with coordinates in metres",
            key="crs",
        )
    if frame is not None:
        raise _wrong(file, f"the frame {shown(frame)} is not known", _FRAME, key="frame")
    corners = _numbers(document.get("coordinates", document))
    if corners and all(abs(x) <= _EAST and abs(y) <= _NORTH for x, y in corners):
        message = "no frame is given, so that GeoJSON means degrees of longitude and latitude"
    else:
        message = "no frame is given"
    raise _wrong(file, message, _FRAME, key="frame")


def _numbers(node: object, depth: int = 0) -> list[tuple[float, float]]:
    """Return pairs of numbers found in a document, for the wording of a problem only."""
    if depth > _DEEPEST:
        return []
    if isinstance(node, dict):
        node = list(node.values())
    if not isinstance(node, list):
        return []
    if len(node) >= _PAIR and all(isinstance(v, int | float) for v in node[:_PAIR]):
        return [(node[0], node[1])]
    return [pair for item in node for pair in _numbers(item, depth + 1)]


def _polygon(document: dict[str, Any], file: str) -> list[Any]:
    """Return the rings of the one polygon of a Polygon, Feature or FeatureCollection."""
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or len(features) != 1:
            count = len(features) if isinstance(features, list) else 0
            raise _wrong(
                file,
                f"{count} features where one outline is wanted",
                "keep the hall's floor only",
                key="features",
            )
        document = features[0] if isinstance(features[0], dict) else {}
        kind = document.get("type")
    if kind == "Feature":
        geometry = document.get("geometry")
        document = geometry if isinstance(geometry, dict) else {}
        kind = document.get("type")
    if kind != "Polygon":
        raise _wrong(
            file, f"{shown(kind)} is not a Polygon", "draw the floor as one Polygon", key="type"
        )
    rings = document.get("coordinates")
    if not isinstance(rings, list) or not rings:
        raise _wrong(file, "the polygon has no corners", "draw the floor", key="coordinates")
    if len(rings) > 1:
        raise _wrong(
            file,
            "the polygon has a hole",
            "draw the floor without it and write what stands there under [obstacles]",
            key="coordinates",
        )
    return rings


def _ring(rings: list[Any], file: str) -> list[Point]:
    corners: list[Point] = []
    for corner in rings[0] if isinstance(rings[0], list) else [None]:
        pair = corner[:_PAIR] if isinstance(corner, list) else []
        if len(pair) != _PAIR or not all(
            isinstance(v, int | float) and not isinstance(v, bool) for v in pair
        ):
            raise _wrong(
                file,
                f"{shown(corner)} is not a corner",
                "write [x, y] in metres",
                key="coordinates",
            )
        if max(abs(pair[0]), abs(pair[1])) > _FARTHEST_M:
            raise _wrong(
                file,
                f"{shown(corner)} is farther than 100 km from the origin",
                "write metres from the hall's own origin",
                key="coordinates",
            )
        corners.append((float(pair[0]), float(pair[1])))
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()  # GeoJSON closes its rings
    return corners


def wrong_outline(corners: Sequence[Point]) -> str | None:
    """Return what is wrong with the outline of a floor, or None.

    Examples
    --------
    >>> wrong_outline([(0, 0), (2, 2), (2, 0), (0, 2)])
    'the outline crosses itself at (1, 1)'
    """
    if not corners:
        return "the outline is empty"
    if len(set(corners)) < _FEWEST:
        return f"an outline of {len(set(corners))} corners encloses no floor"
    if any(not isfinite(v) or abs(v) > _FARTHEST_M for corner in corners for v in corner):
        return "a corner is farther than 100 km from the origin"
    polygon = Polygon(corners)
    if polygon.is_valid:
        return None if polygon.area > 0 else "the outline encloses no floor"
    reason = explain_validity(polygon)
    if "[" in reason:
        x, y = reason.rstrip("]").rsplit("[", 1)[1].split()[:2]
        return f"the outline crosses itself at ({float(x):g}, {float(y):g})"
    return f"the outline is no floor: {reason}"


def fill(
    halls: dict[str, Hall], folder: Path, shown_folder: Path
) -> tuple[dict[str, Hall], list[Fault], list[Problem]]:
    """Return the halls with their drawn outlines, and what is wrong with any outline."""
    filled: dict[str, Hall] = {}
    faults: list[Fault] = []
    problems: list[Problem] = []
    for name, hall in halls.items():
        corners = list(hall.outline_m)
        if hall.outline is not None:
            found = _drawn(name, hall, folder, shown_folder)
            if isinstance(found, Fault):
                faults.append(found)
                continue
            if isinstance(found, InputError):
                problems += found.problems
                continue
            corners = found
        faults += _check(name, hall, corners)
        filled[name] = hall.model_copy(update={"outline_m": corners}) if hall.outline else hall
    return filled, faults, problems


def _drawn(
    name: str, hall: Hall, folder: Path, shown_folder: Path
) -> list[Point] | Fault | InputError:
    key = ("halls", name, "outline")
    if hall.outline_m:
        return Fault(key, "both outline and outline_m are given", hall.outline, "keep one of them")
    path = below(folder, hall.outline or "")
    if isinstance(path, str):
        return Fault(key, path, hall.outline, BELOW)
    if not path.is_file():
        return Fault(key, f"there is no file {shown(hall.outline)}", hall.outline, BELOW)
    try:
        return read_outline(path, str(shown_folder / (hall.outline or "")))
    except InputError as error:
        return error


def _check(name: str, hall: Hall, corners: Sequence[Point]) -> Iterator[Fault]:
    message = wrong_outline(corners)
    if message is None:
        return
    key = "outline" if hall.outline else "outline_m"
    at = ("halls", name, key) if corners or hall.outline else ("halls", name)
    yield Fault(at, message, None, "write at least three corners in order round the floor")


def _wrong(file: str, message: str, expected: str = "", key: str = "") -> InputError:
    return InputError(Problem(file, key=key, message=message, expected=expected))
