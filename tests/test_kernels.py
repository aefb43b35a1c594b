"""Kernels compile late, are kept, never go stale, and work where nothing can be written."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from twin import kernels
from twin.kernels import kernel, prange, source_digest

SLOW = re.compile(r"  \d+ s so far; \w+\.\w+ took \d+ s")
PACKAGE = Path(kernels.__file__).parent


@kernel
def double(x):
    return 2.0 * x


@kernel
def over_limit(demand, limit):
    over = np.zeros(demand.size, np.bool_)
    for i in range(demand.size):
        over[i] = not (double(demand[i]) <= limit[i])
    return over


@kernel
def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


@kernel
def ratio(x, y):
    return x / y


@kernel(parallel=True)
def squares(x):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = x[i] * x[i]
    return out


@pytest.fixture
def house(tmp_path):
    """Return a small package named twin with the real kernels.py, and how to run code in it."""
    package = tmp_path / "twin"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(PACKAGE / "kernels.py", package)
    (package / "helper.py").write_text(
        "from twin.kernels import kernel\n@kernel\ndef plus(x):\n    return x + 1\n"
    )
    (package / "user.py").write_text(
        "from twin.kernels import kernel\nfrom twin.helper import plus\nfrom twin.facts import G\n"
        "@kernel\ndef twice(x):\n    return 2 * plus(x) * G\n"
    )
    (package / "facts.py").write_text("G = 1\n")

    def run(code="from twin.user import twice; print(twice(1))", **env):
        clean = {k: v for k, v in os.environ.items() if k not in ("TWIN_QUIET", "XDG_CACHE_HOME")}
        env = {"TWIN_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)} | env
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            cwd=tmp_path, env=clean | env, capture_output=True, text=True, check=True,
        )  # fmt: skip

    run.package = package
    run.cache = tmp_path / "cache" / "kernels"
    return run


def test_nan_is_over_every_limit():
    nan = np.nan
    over = over_limit(np.array([1.0, 2.0, nan, 1.0]), np.array([2.0, 3.0, 9.0, nan]))
    assert over.tolist() == [False, True, True, True]


def test_a_kernel_may_call_itself():
    assert factorial(10) == 3_628_800


def test_division_by_zero_is_numpys():
    assert ratio(1.0, 0.0) == np.inf
    assert np.isnan(ratio(0.0, 0.0))


def test_a_parallel_kernel_is_the_plain_one():
    x = np.linspace(-3.0, 3.0, 1001)
    assert squares(x).tolist() == squares.py_func(x).tolist() == (x * x).tolist()


def test_a_kernel_keeps_name_and_source_and_travels_by_name():
    assert double.py_func(2.0) == 4.0
    assert double.__name__ == "double"
    assert double.__reduce__() == "double"


def test_only_plain_functions_become_kernels():
    with pytest.raises(TypeError, match="not a plain function"):
        kernel(np.sin)(1.0)


def test_numba_is_imported_at_the_first_call(house):
    done = house("""
        import sys
        from twin.user import twice
        print("numba" in sys.modules)
        twice(1)
        print("numba" in sys.modules)
    """)
    assert done.stdout.split() == ["False", "True"]


def test_cold_then_warm(house):
    cold, warm = house(), house()
    assert cold.stdout == warm.stdout == "4\n"
    first, *slow = cold.stderr.splitlines()
    assert first == "compiling the solvers once, each when it is first needed ..."
    assert all(SLOW.fullmatch(line) for line in slow)  # none but on a busy machine
    assert warm.stderr == ""
    hits = house("""
        from twin.user import twice
        twice(1)
        print(sum(twice.compiled().stats.cache_hits.values()))
    """)
    assert hits.stdout == "1\n"


def test_what_takes_long_says_what_it_took(house):
    """The clock goes by 7 s in each look at it."""
    done = house("""
        import itertools, time
        clock = itertools.count(0.0, 7.0)
        time.monotonic = lambda: next(clock)
        from twin.helper import plus
        from twin.user import twice
        twice(1), twice(2), plus(1)
    """)
    first, *slow = done.stderr.splitlines()
    assert first == "compiling the solvers once, each when it is first needed ..."
    assert slow == ["  7 s so far; user.twice took 7 s"]
    assert SLOW.fullmatch(slow[0])


def test_quiet_is_quiet(house):
    assert house(TWIN_QUIET="1").stderr == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "result"),
    # Of another length: what Python keeps of a file goes by its size, and by its time in seconds.
    [("helper.py", "x + 1", "x + 2 + 2", "10\n"), ("facts.py", "G = 1", "G = 2 + 3", "20\n")],
)
def test_a_change_in_another_file_is_never_stale(house, file, old, new, result):
    assert house().stdout == "4\n"
    path = house.package / file
    path.write_text(path.read_text().replace(old, new))
    assert house().stdout == result


def test_works_where_nothing_can_be_written(house):
    # /proc takes no new folders, not even from root; the temporary folder is pointed there, too.
    done = house(
        """
        import tempfile
        tempfile.tempdir = "/proc/none"
        from twin.user import twice
        from twin.kernels import cache_folder
        print(twice(1), cache_folder())
        """,
        TWIN_CACHE="/proc/none", HOME="/proc/none", PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    assert done.stdout == "4 None\n"
    assert done.stderr.splitlines()[0] == (
        "compiling the solvers, each when it is first needed; set TWIN_CACHE to a folder to keep "
        "them ..."
    )
    assert not list(house.package.parent.rglob("*.nbi"))


def test_falls_back_to_a_private_temporary_folder(house, tmp_path):
    code = "from twin.kernels import cache_folder; print(cache_folder())"
    done = house(code, TWIN_CACHE="", HOME="/proc/none", TMPDIR=str(tmp_path))
    private = tmp_path / f"twin-{os.getuid()}"
    assert Path(done.stdout.strip()).is_relative_to(private)
    assert private.stat().st_mode & 0o777 == 0o700
    private.chmod(0o777)  # whoever may write here could plant code
    done = house(code, TWIN_CACHE="", HOME="/proc/none", TMPDIR=str(tmp_path))
    assert done.stdout == "None\n"


def test_the_users_own_numba_cache_is_left_alone(house, tmp_path):
    done = house(
        """
        import os, numba
        from twin.user import twice
        twice(1)
        print(numba.config.CACHE_DIR == os.environ["NUMBA_CACHE_DIR"])
        """,
        NUMBA_CACHE_DIR=str(tmp_path / "own"),
    )
    assert done.stdout == "True\n"
    assert not (tmp_path / "own").exists()


def test_jit_may_be_disabled(house):
    assert house(NUMBA_DISABLE_JIT="1").stdout == "4\n"


def test_old_digests_are_removed_and_nothing_else(house):
    for i in range(8):
        old = house.cache / f"{i:016x}"
        old.mkdir(parents=True)
        os.utime(old, (i, i))
    (house.cache / "something else").mkdir()
    house()
    left = sorted(path.name for path in house.cache.iterdir())
    assert len(left) == 6
    assert "something else" in left
    assert f"{7:016x}" in left
    assert f"{3:016x}" not in left


def test_the_digest_looks_at_kernels_and_what_they_import_only(house):
    before = source_digest(house.package)
    (house.package / "report.py").write_text("print('words')\n")
    assert source_digest(house.package) == before
    (house.package / "facts.py").write_text("G = 2\n")
    assert source_digest(house.package) != before


def test_the_command_line_starts_numba_without_scipy():
    code = (
        "import sys; from twin import kernels; kernels.without_blas()\n"
        "import numpy as np\n"
        "from twin.checks.admission import spread\n"
        "one = np.zeros(1, np.int64)\n"
        "spread(np.zeros(2, np.int64), one, one, np.zeros((1, 1), np.int64))\n"
        "assert 'scipy.linalg' not in sys.modules\n"
        "import scipy.linalg\n"
        "assert scipy.linalg.det(np.eye(2)) == 1\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_kept_code_is_loaded_without_what_compiling_needs(tmp_path):
    code = (
        "import sys, numpy as np\n"
        "from twin.checks.admission import spread\n"
        "one, moved = np.zeros(1, np.int64), np.zeros((1, 1), np.int64)\n"
        "spread(np.zeros(2, np.int64), one, one, moved)\n"
        "print('numba.typed.typedlist' in sys.modules)\n"
        "spread(np.zeros(2, np.int64), one.astype(np.int32), one, moved)\n"
        "print('numba.typed.typedlist' in sys.modules)\n"
    )
    told = []
    for _ in range(2):
        env = {**os.environ, "TWIN_CACHE": str(tmp_path), "TWIN_QUIET": "1"}
        ran = subprocess.run(
            [sys.executable, "-c", code], check=True, env=env, capture_output=True, text=True
        )
        told.append(ran.stdout.split())
    # The first has all of numba; the second loads both forms as they were kept.
    assert told == [["True", "True"], ["False", "False"]]
