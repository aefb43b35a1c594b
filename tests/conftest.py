"""What all tests share: the same examples each time, and skips that may be forbidden.

Tests marked ``browser`` or ``gl`` are skipped where Chromium or OpenGL is missing.
``TWIN_REQUIRE=browser,gl`` (as CI sets it) makes a failure of such a skip.
"""

import functools
import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import settings

# The same examples in each run: a failure on one machine is a failure on the next. `make fuzz`
# looks at others in each round; what fails there prints how to see it again.
settings.register_profile("twin", derandomize=True, deadline=None, database=None)
settings.register_profile("fuzz", deadline=None, database=None, print_blob=True)
settings.load_profile("fuzz" if os.environ.get("TWIN_FUZZ") else "twin")

# Progress lines are for people; the tests that look at them start a process of their own.
os.environ["TWIN_QUIET"] = "1"

_RENDER = """
import pyvista
plotter = pyvista.Plotter(off_screen=True, window_size=(32, 32))
plotter.add_mesh(pyvista.Cube(), color="red")
assert plotter.screenshot(return_img=True).std() > 0
"""


def _missing_browser():
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return "Chromium is not installed"
    return None if shutil.which("chromedriver") else "chromedriver is not installed"


def _missing_gl():
    # In a process of its own: without OpenGL, VTK ends the process instead of raising.
    done = subprocess.run(
        [sys.executable, "-c", _RENDER], capture_output=True, timeout=120, check=False
    )
    return None if done.returncode == 0 else "PyVista cannot draw here: no OpenGL, EGL or OSMesa"


_MISSING = {
    "browser": functools.cache(_missing_browser),
    "gl": functools.cache(_missing_gl),
}


def required():
    return {name for name in os.environ.get("TWIN_REQUIRE", "").split(",") if name}


def pytest_configure():
    unknown = required() - _MISSING.keys()
    if unknown:
        raise pytest.UsageError(
            f"TWIN_REQUIRE names {', '.join(sorted(unknown))}; known are {', '.join(_MISSING)}"
        )


def pytest_runtest_setup(item):
    for name, missing in _MISSING.items():
        if item.get_closest_marker(name) and (reason := missing()):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    must = sorted(name for name in required() if item.get_closest_marker(name))
    if must and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"TWIN_REQUIRE={','.join(must)} forbids to skip this test. {reason}"
    return report
