"""What the 3D page carries: columns as base64 of little-endian arrays, texts said once."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from twin.checks.result import Report
from twin.site.table import Array
from twin.views import colours, keys, solid
from twin.views.parts import Batch, Scene

LINE_ALPHA = 0.6
"""How much lines overhead cover what lies below them; the legend has them as they look."""
_SERIAL, _PLACE = "\x01", "\x02"
"""Stand in texts for the serial and the position of a rack, so that equal texts are one."""


def payload(scene: Scene, report: Report | None) -> dict[str, Any]:
    """Return the content of the page as plain data for JSON, without NaN."""
    return {
        "title": scene.frame.title,
        "summary": scene.frame.summary,
        "conditions": scene.frame.conditions,
        "note": scene.frame.note,
        "low": [round(v, 3) for v in scene.frame.low],
        "high": [round(v, 3) for v in scene.frame.high],
        "legend": {
            "title": scene.legend.title,
            "entries": [
                {
                    "band": e.band,
                    "text": e.text,
                    "colour": e.colour,
                    "hatched": e.pattern == "hatched",
                    "count": e.count,
                }
                for e in scene.legend.entries
            ],
        },
        "keys": [[k.text, _seen(k)] for k in keys.things(scene)],
        "lineAlpha": LINE_ALPHA,
        "areas": [_area(b) for b in scene.batches if b.shape == "area"],
        "batches": [_boxes(scene, b) for b in scene.batches if b.shape != "area"],
        "labels": _labels(scene),
        "verdicts": _verdicts(scene, report),
    }


def _seen(key: keys.Key) -> str:
    """Return the colour of a key as the page shows it: over a floor."""
    floor = colours.SOLIDS["hall"]
    line = key.form == "line"
    return colours.seen_through(key.colour, LINE_ALPHA, floor) if line else key.colour


def _b64(column: Array, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(column, dtype=dtype).tobytes()).decode("ascii")


def _area(batch: Batch) -> dict[str, Any]:
    """Triangles of floors, their corners as (t, 3, 3) m."""
    corners = []
    for i in range(len(batch)):
        ring = batch.points[batch.offsets[i] : batch.offsets[i + 1]]
        corners.append(ring[solid.triangles(ring[:, :2])])
    return {
        "asset": batch.asset,
        "colour": colours.SOLIDS[batch.asset],
        "subject": batch.subject.tolist(),
        "band": batch.band.tolist(),
        "corners": _b64(np.concatenate(corners), "<f4"),
    }


def _boxes(scene: Scene, batch: Batch) -> dict[str, Any]:
    """Columns of a batch; sizes, of which there are few, are said once and numbered."""
    boxes = solid.boxes(batch)
    sizes, which = np.unique(np.round(boxes.size, 3), axis=0, return_inverse=True)
    line = colours.LINES.get(batch.asset)
    fill = line.colour if line else colours.SOLIDS.get(batch.asset, colours.NO_VERDICT)
    ids = [scene.name(s) for s in batch.subject.tolist()]
    return {
        "asset": batch.asset,
        "line": batch.shape == "line",
        "colour": fill,
        "count": len(boxes),
        "origin": _b64(boxes.origin, "<f4"),
        "sizes": sizes.tolist(),
        "size": _b64(which.reshape(-1), "<u2"),
        "yaw": _b64(boxes.yaw, "<f4"),
        "row": _b64(boxes.row, "<i4"),
        "names": ids,
        "subject": _b64(batch.subject, "<i4"),
        "band": _b64(batch.band, "i1"),
        "state": _b64(batch.state, "i1"),
        "load": _b64(batch.load, "<f4"),
        "place": _b64(_place_rows(scene, batch), "<i4"),
    }


def _place_rows(scene: Scene, batch: Batch) -> Array:
    """Row of each rack's position in the batch of positions; -1 none; empty for all else."""
    places = scene.batch("position")
    if batch.asset != "rack" or places is None:
        return np.empty(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(places.subject, batch.place), len(places) - 1)
    return np.where(places.subject[at] == batch.place, at, -1)


def _labels(scene: Scene) -> list[list[Any]]:
    """Return text, x, y, z and level of the first label of each group but those of racks."""
    labels, out = scene.labels, []
    seen: set[int] = set()
    for i in np.flatnonzero(labels.level <= 2).tolist():
        group = int(labels.group[i])
        if group not in seen:
            seen.add(group)
            point = [round(v, 2) for v in labels.point[i].tolist()]
            out.append([str(labels.text[i]), *point, int(labels.level[i])])
    return out


class _Texts:
    """Texts, each kept once, by number."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}

    def add(self, text: str) -> int:
        """Return the number of a text; -1 for none."""
        return self.number.setdefault(text, len(self.number)) if text else -1


def _verdicts(scene: Scene, report: Report | None) -> dict[str, Any] | None:
    """Columns of the racks of the scene, in its order, and the texts that they number."""
    racks = scene.batch("rack")
    if report is None or racks is None:
        return None
    first = report.site.first["rack"]
    verdicts = report.verdicts
    row_of = {int(r): i for i, r in enumerate(verdicts.rack.tolist())}
    texts = _Texts()
    said: dict[int, tuple[str, str]] = {}
    columns: dict[str, list[int]] = {k: [] for k in ("code", "message", "fix", "missing", "rests")}
    for subject, place in zip(racks.subject.tolist(), racks.place.tolist(), strict=True):
        i = row_of.get(subject - first, -1)
        names = (scene.name(subject), scene.name(place))
        binding = int(verdicts.binding[i]) if i >= 0 else -1
        if binding >= 0 and binding not in said:
            finding = report.findings.at(binding)
            said[binding] = (finding.message, finding.fix)
        message, fix = said.get(binding, ("", ""))
        columns["code"].append(texts.add(str(verdicts.code[i]) if i >= 0 else ""))
        columns["message"].append(texts.add(_shared(message, names)))
        columns["fix"].append(texts.add(_shared(fix, names)))
        columns["missing"].append(
            texts.add("\n".join(_shared(m, names) for m in _at(verdicts.missing, i)))
        )
        columns["rests"].append(
            texts.add("\n".join(_assumption(report, a) for a in _at(verdicts.assumptions, i)))
        )
    return {k: _b64(np.array(v), "<i4") for k, v in columns.items()} | {"texts": list(texts.number)}


def _at(column: Sequence[tuple[Any, ...]], i: int) -> Iterable[Any]:
    return column[i] if i >= 0 else ()


def _shared(text: str, names: tuple[str, str]) -> str:
    """Return the text with the rack's own names taken out, longest first."""
    marks = sorted(zip(names, (_SERIAL, _PLACE), strict=True), key=lambda pair: -len(pair[0]))
    for name, mark in marks:
        if len(name) > 3:
            text = text.replace(name, mark)
    return text


def _assumption(report: Report, number: int) -> str:
    used = report.assumptions[number]
    until = f", until {used.until}" if used.until else ""
    return f"{used.path} = {used.value} ({used.reason}; {used.by}{until})"
