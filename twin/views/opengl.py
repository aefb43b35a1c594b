"""Whether this machine can draw with OpenGL, found out in a child process.

VTK ends the whole process where it finds no OpenGL, so a child tries it first: a window of the
X server, then EGL (a graphics card without a screen), then OSMesa (software). What works is told
to VTK by the environment variable that its wheels read [1]_.

References
----------
.. [1] VTK 9.4 release notes, run-time choice of the render window,
   https://docs.vtk.org/en/latest/release_details/9.4.html
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from twin.errors import MissingTool

WINDOW = "VTK_DEFAULT_OPENGL_WINDOW"
"""Variable by which VTK is told which class of window to make."""

TIMEOUT_S = 60
"""A first start from a cold disk takes some seconds; a hung driver takes for ever."""

_WAYS = {
    "X": "vtkXOpenGLRenderWindow",
    "EGL": "vtkEGLRenderWindow",
    "OSMesa": "vtkOSOpenGLRenderWindow",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found.

    Parameters
    ----------
    ok
        Whether a picture could be drawn.
    how
        "X", "EGL", "OSMesa" or "native" (macOS, Windows); "" where nothing works.
    window
        VTK's class of window; "" leaves the choice to VTK.
    reason
        What drew, or what each way answered.
    advice
        What to install; "" where something works.
    """

    ok: bool
    how: str
    window: str
    reason: str
    advice: str


@cache
def probe() -> Probe:
    """Find out once per process how pictures can be drawn off screen."""
    told = []
    for how, window in _candidates():
        ok, answer = _try(window)
        if ok:
            return Probe(ok=True, how=how, window=window, reason=answer, advice="")
        told.append(f"{how}: {answer}")
    return Probe(ok=False, how="", window="", reason="; ".join(told), advice=_advice())


def require() -> Probe:
    """Return the probe and tell VTK what it found.

    Raises
    ------
    MissingTool
        No way works; it says what to install.
    """
    found = probe()
    if not found.ok:
        message = f"no OpenGL was found, which pictures in 3D need ({found.reason})"
        raise MissingTool(message, found.advice)
    if found.window:
        os.environ[WINDOW] = found.window
    return found


def _candidates() -> list[tuple[str, str]]:
    """Ways to try, the best first; the user's own choice alone where there is one."""
    chosen = os.environ.get(WINDOW)
    if chosen:
        names = {window: how for how, window in _WAYS.items()}
        return [(names.get(chosen, chosen), chosen)]
    if not sys.platform.startswith("linux"):
        return [("native", "")]
    ways = dict(_WAYS)
    if not os.environ.get("DISPLAY"):
        del ways["X"]
    return list(ways.items())


def _try(window: str) -> tuple[bool, str]:
    """Draw one small picture in a child; return whether it worked and what was said."""
    script = Path(__file__).with_name("opengl_child.py")
    environment = {**os.environ, **({WINDOW: window} if window else {})}
    try:
        done = subprocess.run(  # noqa: S603 - our own file, by the running interpreter
            [sys.executable, "-P", str(script), window],
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"no answer within {TIMEOUT_S} s"
    except OSError as error:
        return False, f"no child process could be started ({error})"
    last = (done.stdout.strip().splitlines() or [""])[-1]
    if done.returncode == 0 and last.startswith("drawn: "):
        return True, last.removeprefix("drawn: ")
    if last.startswith("not drawn: "):
        return False, last.removeprefix("not drawn: ")
    return False, f"the attempt ended with code {done.returncode}"


def _advice() -> str:
    """Say what to install, in the words of this kind of system."""
    if sys.platform == "darwin":
        return "nothing, but run it in a session with a screen: macOS draws on its own OpenGL only"
    if sys.platform == "win32":
        return (
            "the driver of the graphics card, or where there is none Mesa for Windows "
            "(opengl32.dll beside python.exe)"
        )
    return (
        "OSMesa or EGL: `apt install libosmesa6 libegl1` on Debian and Ubuntu, "
        "`dnf install mesa-libOSMesa mesa-libEGL` on RHEL and Fedora"
    )
