"""The picture: drawn off screen, in the colours of the legend."""

import time

import numpy as np
import pytest

from tests.views import sample
from twin.errors import InputError
from twin.views import colours, opengl
from twin.views.meshes import meshes
from twin.views.scene import scene
from twin.views.view import view


@pytest.fixture
def drawing():
    """Skip where no OpenGL is found: such a machine is told so by the probe."""
    found = opengl.probe()
    if not found.ok:
        pytest.skip(found.reason)


def near(image, colour):
    """Count the pixels of a colour, give or take the rounding of the blend."""
    return int((np.abs(image.astype(int) - colours.hex_rgb(colour)).max(axis=2) <= 6).sum())


@pytest.mark.gl
def test_the_png_shows_the_bands(drawing, tmp_path):
    from PIL import Image

    site = sample.site()
    report = sample.report(site)
    file = view(site, report, tmp_path / "hall.png")
    image = np.asarray(Image.open(file).convert("RGB"))
    assert image.shape == (1200, 1920, 3)
    for entry in scene(site, report).legend.entries:
        if entry.count:
            # Its swatch in the legend alone has about 33 x 15 pixels.
            assert near(image, entry.colour) > 400, entry.text
    assert near(image, colours.INK) > 500, "the words"


@pytest.mark.gl
def test_two_drawings_are_the_same(drawing, tmp_path):
    site = sample.site(2, 3)
    a = view(site, None, tmp_path / "a.png").read_bytes()
    b = view(site, None, tmp_path / "b.png").read_bytes()
    assert a == b


def test_ten_thousand_racks_are_built_soon():
    site = sample.site(40, 250)
    report = sample.report(site)
    site.names  # noqa: B018 - kept by the site, whatever is drawn
    meshes(scene(sample.site(), None))
    begun = time.perf_counter()
    built = meshes(scene(site, report))
    # 0.08 s on two cores; the limit leaves room for a busy machine.
    assert time.perf_counter() - begun < 0.6
    assert built["rack"].n_cells == 60_000


def test_an_unknown_suffix_is_told(tmp_path):
    with pytest.raises(InputError, match=r"\.svg, \.html, \.png"):
        view(sample.site(), None, tmp_path / "plan.pdf")


def test_the_suffix_says_which_picture(tmp_path):
    site = sample.site(2, 3)
    assert view(site, None, tmp_path / "a.SVG").read_text().startswith("<svg")
    assert view(site, None, tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")
