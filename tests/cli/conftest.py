"""A small layout on disk, and the command line run inside this process."""

from pathlib import Path
from typing import NamedTuple

import pytest

from twin.cli.run import run

ROOT = Path(__file__).parents[2]
BASE = (ROOT / "tests" / "rules" / "base.toml").read_text(encoding="utf-8")
FACTOR = 'path = "catalog.gb300_nvl72.power_factor"'


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys):
    """Run `twin ARGUMENTS` and return exit code, stdout and stderr."""

    def call(*arguments):
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def base(tmp_path):
    """The rules' small hall, of which PWR101 holds."""
    path = tmp_path / "base.toml"
    path.write_text(BASE, encoding="utf-8")
    return path


@pytest.fixture
def lacking(tmp_path):
    """The same hall without a power factor, so that no current is known."""
    path = tmp_path / "lacking.toml"
    text = BASE.replace(FACTOR, 'path = "catalog.gb300_nvl72.peak_kw"')
    assert text != BASE
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def broken(tmp_path):
    """A layout with two mistakes."""
    path = tmp_path / "broken.toml"
    text = BASE.replace("rating_a = 1200", "rating_a = -3", 1).replace("slab_kpa", "slab_kpaa", 1)
    path.write_text(text, encoding="utf-8")
    return path
