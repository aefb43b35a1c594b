"""What is loaded when: help is quick, and a check draws nothing."""

import os
import subprocess
import sys

HEAVY = "vtk vtkmodules pyvista matplotlib pandas"
LATE = f"{HEAVY} numba numpy scipy pydantic networkx shapely openpyxl tomlkit jinja2 rich"


def loaded(code, names, **environment):
    """Return which of some modules a fresh process has loaded after some code."""
    asked = f"\nimport sys\nprint('loaded:', *(n for n in {names.split()} if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + asked],
        env={**os.environ, "TWIN_QUIET": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return done.stdout.splitlines()[-1].split()[1:]


def test_help_loads_nothing_heavy():
    assert loaded("from twin.cli.run import run; run(['--help'])", LATE) == []


def test_import_loads_nothing_heavy():
    assert loaded("import twin", LATE) == []


def test_reading_a_layout_draws_and_compiles_nothing(base):
    assert loaded(f"import twin; twin.load({str(base)!r})", f"{HEAVY} numba") == []


def test_a_check_draws_nothing(base, tmp_path):
    arguments = ["check", str(base), "-o", str(tmp_path / "report.html")]
    assert loaded(f"from twin.cli.run import run; run({arguments})", HEAVY) == []


def test_no_home_and_nowhere_to_keep_kernels(base):
    # The folders of the cache lie below a file, so nobody can write there, root included.
    nowhere = str(base / "cache")
    environment = {k: v for k, v in os.environ.items() if k not in {"HOME", "XDG_CACHE_HOME"}}
    code = f"import sys; from twin.cli.run import run; sys.exit(run({['check', str(base), '-q']}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "TWIN_CACHE": nowhere, "TWIN_QUIET": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in {0, 1}
    assert done.stderr == ""
