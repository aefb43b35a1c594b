"""What happens when something goes wrong, and what the command line looks like."""

import subprocess
import sys

import pytest

from twin.cli.group import VERBS
from twin.errors import MissingTool


def test_help_lists_every_verb(cli):
    ran = cli("--help")
    assert ran.code == 0
    assert all(f"\n  {verb} " in ran.out for verb in VERBS)
    assert not any(line.endswith("...") for line in ran.out.splitlines()[1:])  # none is cut


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(cli, verb):
    ran = cli(verb, "--help")
    assert ran.code == 0
    assert f"twin {verb}" in ran.out


def test_version(cli):
    assert cli("--version").out.startswith("twin 0.")


def test_no_verb_shows_help_and_is_2(cli):
    assert cli().code == 2


def test_a_wrong_verb_is_told_with_a_near_one(cli):
    ran = cli("chek")
    assert ran.code == 2
    assert 'Did you mean "check"?' in ran.err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ZeroDivisionError("division by zero"), "error of twin itself"),
        (RecursionError("too deep"), "error of twin itself"),
        (SystemError("odd\nlines"), "odd lines"),
        (MemoryError(), "too little memory"),
        (KeyboardInterrupt(), "interrupted"),
        (MissingTool("no OpenGL was found", "OSMesa"), "install OSMesa"),
    ],
)
def test_a_crash_is_no_verdict(cli, base, monkeypatch, error, told):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("twin.pipeline.load", fail)
    monkeypatch.delenv("TWIN_DEBUG", raising=False)
    ran = cli("check", base)
    assert ran.code == 3
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_the_traceback_is_there_for_who_wants_it(cli, base, monkeypatch):
    monkeypatch.setattr("twin.pipeline.load", lambda *_: 1 / 0)
    monkeypatch.setenv("TWIN_DEBUG", "1")
    ran = cli("check", base)
    assert ran.code == 3
    assert "Traceback" in ran.err


def test_a_reader_that_goes_away(tmp_path):
    code = "import sys; from twin.cli.run import run; sys.exit(run(['schema']))"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    assert child.wait(timeout=60) == 3
    assert err == b""


def test_text_that_the_terminal_cannot_show(base):
    base.write_text(base.read_text(encoding="utf-8").replace('"base"', '"Halle \u00e4\u2192"'))
    code = f"import sys; from twin.cli.run import run; sys.exit(run(['check', {str(base)!r}]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "TWIN_QUIET": "1"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 1}
    assert b"Halle" in done.stdout
    assert b"Traceback" not in done.stderr
