"""What the terminal decides: width, colour, and whether somebody sees progress."""

import io
import sys

import pytest

from twin.cli import terminal


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_progress_is_shown_and_wiped(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.step("checking base"):
        assert screen.getvalue() == "checking base ..."
    assert screen.getvalue().endswith("\r\x1b[K")


def test_progress_is_wiped_before_an_error_is_told(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with pytest.raises(ZeroDivisionError), terminal.step("checking base"):
        _ = 1 / 0
    assert screen.getvalue().endswith("\r\x1b[K")


def test_quiet_shows_no_progress(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.step("checking base", quiet=True):
        pass
    assert screen.getvalue() == ""


def test_files_get_no_progress_no_colour_and_100_characters(capsys):
    with terminal.step("checking base"):
        pass
    assert capsys.readouterr().err == ""
    assert terminal.width() == 100
    assert not terminal.colour()


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_in_a_terminal_unless_unwanted(monkeypatch, environment, coloured):
    monkeypatch.setattr(sys, "stdout", Terminal())
    for name in ("TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.colour() is coloured


@pytest.mark.parametrize(("columns", "width"), [("20", 60), ("80", 80), ("300", 140)])
def test_width_follows_the_terminal_within_reason(monkeypatch, columns, width):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal.width() == width
