"""One door to all pictures: the file's suffix says which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from twin.checks.result import Report
from twin.errors import InputError, Problem
from twin.site.site import Site
from twin.solve.study import Study
from twin.views.judge import By
from twin.views.scene import Scene, scene, summary

SUFFIXES = (".svg", ".html", ".png")
What = Literal["plan", "one-line", "loop", "cdu-capacity", "trays", "way"]
SCENES = ("plan", "trays", "way")
"""What is shown on the floor: as a plan, in 3D or as a picture."""
COOLANT_KINDS = ("plant", "loop", "cdu", "air_unit", "pipe", "manifold")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing that a notebook shows in its cell."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


def view(
    site: Site,
    report: Report | None = None,
    path: str | Path | None = None,
    by: By = "margin",
    day: date | None = None,
    what: What = "plan",
    lost: str | None = None,
    *,
    loop: str | None = None,
    cable: str | None = None,
    label: str | None = None,
) -> Any:  # noqa: ANN401 - the path written, or what a notebook displays
    """Show a site, or write its picture.

    Parameters
    ----------
    site
        What stands where.
    report
        What the check said; None: nothing is judged.
    path
        `.svg` floor plan, `.html` 3D page, `.png` picture; None shows a window, or in a notebook
        the picture in the cell.
    by
        What the colours show.
    day
        Only the racks that stand on this day.
    what
        The floor; the power chain as a one-line diagram; coolant loops as solved; racks that each
        CDU carries. These three are always `.svg` and without a path a drawing for a notebook.
        Or the floor with trays by their fill, or with the way of a cable.
    lost
        For the one-line diagram and loops: an element, by its id or as kind:id, that is lost;
        switches or flows are drawn as they are after it.
    loop
        The loop or plant whose diagram is drawn, or the loop whose CDUs; None: every one whose
        pipes are described.
    cable
        For the way: a label of a cord, one of its ends, a bundle by its number, 12 or bundle:12, or
        a trunk by its id, TA or trunk:TA.
    label
        Text of one end of that label, with fields in braces; None: the layout's (data.label).

    Returns
    -------
    Path or object
        The path that was written, or what a notebook displays: the picture, or the floor plan
        where there is no OpenGL.

    Raises
    ------
    InputError
        The suffix is none of those, or nothing has the name of what is lost or of the loop.
    MissingTool
        A picture or a window was asked for where there is no OpenGL.
    """
    if what not in SCENES:
        return _drawn(site, report, None if path is None else Path(path), day, what, lost, loop)
    shown = (
        scene(site, report, by, day) if what == "plan" else _cabled(site, report, day, cable, label)
    )
    if path is None:
        return _displayed(shown)
    file = Path(path)
    _write(shown, report, file)
    return file


def _drawn(
    site: Site,
    report: Report | None,
    file: Path | None,
    day: date | None,
    what: What,
    lost: str | None,
    loop: str | None,
) -> Any:  # noqa: ANN401 - the path written, or what a notebook displays
    """Draw a diagram under the conditions of the report."""
    if file is not None and file.suffix.lower() != ".svg":
        message, expected = f"a {what} diagram is drawn as SVG", "end the name in .svg"
        raise InputError(Problem(str(file), value=file.suffix, message=message, expected=expected))
    drawn = _diagram(_study(site, report, day), summary(site, report), what, lost, loop)
    if file is None:
        return Drawing(drawn)
    file.write_text(drawn, encoding="utf-8", newline="\n")
    return file


def _study(site: Site, report: Report | None, day: date | None) -> Study:
    """Return the site under the conditions of a report, on a day."""
    from twin.model.change import Conditions, Scenario
    from twin.pipeline import study

    asked = Conditions(scope=frozenset(site.scope)) if report is None else report.conditions
    asked = asked if day is None else replace(asked, date=day)
    return study(site, Scenario(conditions=asked))


def _cabled(
    site: Site, report: Report | None, day: date | None, cable: str | None, label: str | None
) -> Scene:
    """Return the floor with trays by their fill, or with the way of a cable."""
    from twin.views.cabling.onplan import tray_scene, way_scene
    from twin.views.cabling.trunkway import trunk_asked, trunk_scene

    under = _study(site, report, day)
    if cable is None:
        return tray_scene(under)
    trunk = trunk_asked(under, cable)
    return way_scene(under, cable, label) if trunk < 0 else trunk_scene(under, trunk)


def _diagram(study: Study, said: str, what: What, lost: str | None, loop: str | None) -> str:
    """Return a diagram of a study as SVG."""
    from twin.views.oneline.diagram import named, one_line

    if what == "one-line":
        return one_line(study, said, None if lost is None else named(study.site, lost))
    if what == "cdu-capacity":
        from twin.views.loops.carried import capacity_sheet

        return capacity_sheet(study, said, loop)
    from twin.views.loops.sheet import loop_sheet

    name = None if lost is None else named(study.site, lost, COOLANT_KINDS, "coolant")
    return loop_sheet(study, said, name, loop)


def _write(shown: Scene, report: Report | None, file: Path) -> None:
    """Write the picture that the file's suffix names."""
    kind = file.suffix.lower()
    if kind == ".svg":
        from twin.views.plan import plan

        file.write_text(plan(shown), encoding="utf-8", newline="\n")
    elif kind == ".html":
        from twin.views.page import page

        file.write_text(page(shown, report), encoding="utf-8", newline="\n")
    elif kind == ".png":
        from twin.views.picture import picture

        picture(shown, file)
    else:
        expected = f"end the name in one of {', '.join(SUFFIXES)}"
        raise InputError(
            Problem(str(file), value=kind, message="no picture has this ending", expected=expected)
        )


def _displayed(shown: Scene) -> Any:  # noqa: ANN401 - what a notebook displays
    """Open a window, or return what the cell of a notebook shows."""
    from twin.views.opengl import probe
    from twin.views.picture import in_notebook, window

    if in_notebook() and not probe().ok:
        from twin.views.plan import plan

        return Drawing(plan(shown))
    return window(shown)
