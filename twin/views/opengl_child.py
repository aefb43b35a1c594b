"""Runs alone, as a child: draws one small picture with VTK and says how. It may crash."""

from __future__ import annotations

import sys


def main(window: str) -> str:
    """Draw a white triangle on black and return a line that begins with "drawn: " if it shows."""
    # Loading it tells VTK how to make windows.
    import vtkmodules.vtkRenderingOpenGL2  # noqa: F401
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
    from vtkmodules.vtkFiltersSources import vtkConeSource
    from vtkmodules.vtkRenderingCore import (
        vtkActor,
        vtkPolyDataMapper,
        vtkRenderer,
        vtkRenderWindow,
    )

    canvas = vtkRenderWindow()
    if window and canvas.GetClassName() != window:
        return f"not drawn: {window} could not be made"
    canvas.SetOffScreenRendering(1)
    canvas.SetSize(32, 32)
    renderer, mapper, actor = vtkRenderer(), vtkPolyDataMapper(), vtkActor()
    source = vtkConeSource()
    mapper.SetInputConnection(source.GetOutputPort())
    actor.SetMapper(mapper)
    renderer.AddActor(actor)
    canvas.AddRenderer(renderer)
    canvas.Render()
    pixels = vtkUnsignedCharArray()
    canvas.GetPixelData(0, 0, 31, 31, 1, pixels, 0)
    if pixels.GetValueRange(-1)[1] == 0:
        return "not drawn: the picture stayed black"
    lines = canvas.ReportCapabilities().splitlines()
    named = [line.partition(":")[2].strip() for line in lines if "renderer string" in line]
    return f"drawn: {named[0] if named else canvas.GetClassName()}"


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1]) + "\n")
