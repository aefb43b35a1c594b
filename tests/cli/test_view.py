"""`twin view`: which picture, and that it is written whole."""

import pytest

from twin.errors import MissingTool


def test_a_floor_plan(cli, base, tmp_path):
    ran = cli("view", base, "-o", tmp_path / "plan.svg")
    assert ran.code == 0
    assert (tmp_path / "plan.svg").read_text(encoding="utf-8").lstrip().startswith("<")
    assert ran.out.strip() == str(tmp_path / "plan.svg")


def test_a_3d_page_by_verdict(cli, base, tmp_path):
    ran = cli("view", base, "-o", tmp_path / "hall.html", "--by", "verdict", "--losses", "0")
    assert ran.code == 0
    assert "</html>" in (tmp_path / "hall.html").read_text(encoding="utf-8")
    assert not list(tmp_path.glob(".*"))


@pytest.mark.gl
def test_a_picture(cli, base, tmp_path):
    assert cli("view", base, "-o", tmp_path / "hall.png").code == 0
    assert (tmp_path / "hall.png").read_bytes().startswith(b"\x89PNG")


def test_an_unknown_kind_of_picture(cli, base, tmp_path):
    ran = cli("view", base, "-o", tmp_path / "hall.gif")
    assert ran.code == 2
    assert all(kind in ran.err for kind in (".svg", ".html", ".png"))


def test_without_opengl_it_says_what_to_install(cli, base, tmp_path, monkeypatch):
    def fail():
        raise MissingTool("no OpenGL was found", "OSMesa or EGL")

    monkeypatch.setattr("twin.views.opengl.require", fail)
    ran = cli("view", base, "-o", tmp_path / "hall.png")
    assert ran.code == 3
    assert "install OSMesa or EGL" in ran.err
    assert not list(tmp_path.glob("*.png"))
