"""The probe: one way found, or all answers told with what to install."""

import subprocess

import pytest

from twin.errors import MissingTool
from twin.views import opengl


@pytest.fixture
def fresh(monkeypatch):
    """Forget what was found before and after."""
    opengl.probe.cache_clear()
    monkeypatch.delenv(opengl.WINDOW, raising=False)
    monkeypatch.setattr(opengl.sys, "platform", "linux")
    yield monkeypatch
    opengl.probe.cache_clear()


def answers(fresh, given):
    asked = []

    def run(command, **how):
        window = command[-1]
        asked.append(window)
        code, said = given.get(window, (-6, ""))
        return subprocess.CompletedProcess(command, code, said, "")

    fresh.setattr(opengl.subprocess, "run", run)
    return asked


def test_the_screen_comes_first_then_egl_then_software(fresh):
    fresh.setenv("DISPLAY", ":0")
    asked = answers(fresh, {"vtkOSOpenGLRenderWindow": (0, "drawn: llvmpipe\n")})
    found = opengl.probe()
    assert (found.ok, found.how, found.reason) == (True, "OSMesa", "llvmpipe")
    assert asked == list(opengl._WAYS.values())


def test_without_a_screen_x_is_not_asked(fresh):
    fresh.delenv("DISPLAY", raising=False)
    asked = answers(fresh, {"vtkEGLRenderWindow": (0, "drawn: a card\n")})
    assert opengl.probe().how == "EGL"
    assert asked == ["vtkEGLRenderWindow"]


def test_it_is_asked_once(fresh):
    asked = answers(fresh, {"vtkEGLRenderWindow": (0, "drawn: a card\n")})
    opengl.probe()
    before = len(asked)
    opengl.probe()
    assert len(asked) == before


def test_nothing_found_says_what_to_install(fresh):
    fresh.delenv("DISPLAY", raising=False)
    answers(fresh, {"vtkEGLRenderWindow": (0, "not drawn: the picture stayed black\n")})
    with pytest.raises(MissingTool, match="libosmesa6") as told:
        opengl.require()
    assert "EGL: the picture stayed black" in str(told.value)
    assert "OSMesa: the attempt ended with code -6" in str(told.value)


def test_a_hung_driver_is_given_up(fresh):
    def run(command, **how):
        raise subprocess.TimeoutExpired(command, opengl.TIMEOUT_S)

    fresh.setattr(opengl.subprocess, "run", run)
    assert "no answer within 60 s" in opengl.probe().reason


def test_the_user_chooses(fresh):
    fresh.setenv(opengl.WINDOW, "vtkOSOpenGLRenderWindow")
    asked = answers(fresh, {"vtkOSOpenGLRenderWindow": (0, "drawn: llvmpipe\n")})
    assert opengl.probe().how == "OSMesa"
    assert asked == ["vtkOSOpenGLRenderWindow"]


@pytest.mark.parametrize(("system", "word"), [("darwin", "macOS"), ("win32", "Mesa for Windows")])
def test_advice_is_for_the_system(fresh, system, word):
    fresh.setattr(opengl.sys, "platform", system)
    answers(fresh, {})
    assert word in opengl.probe().advice
