"""Bands of load, and colours that can be told apart with any eyes."""

import itertools

import numpy as np
import pytest

from twin.views import colours

# Linear RGB as seen without one kind of cone, after G. M. Machado et al., A physiologically-based
# model for simulation of color vision deficiency, IEEE TVCG 15 (2009), severity 1.0.
SEEN = {
    "all cones": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of a colour as seen, white point D65."""
    rgb = np.array(colours.hex_rgb(colour)) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(seen @ linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", SEEN)
def test_bands_differ_for_all_eyes(eyes):
    entries = [e for e in colours.load_entries() if e.band >= 0]
    for a, b in itertools.combinations(entries, 2):
        apart = np.linalg.norm(lab(a.colour, SEEN[eyes]) - lab(b.colour, SEEN[eyes]))
        # About 2 can just be told side by side; 15 can be told across a sheet.
        assert apart > 15, (a.text, b.text, apart)


@pytest.mark.parametrize("eyes", SEEN)
def test_verdicts_differ_for_all_eyes(eyes):
    entries = [e for e in colours.verdict_entries() if e.band >= 0]
    for a, b in itertools.combinations(entries, 2):
        apart = np.linalg.norm(lab(a.colour, SEEN[eyes]) - lab(b.colour, SEEN[eyes]))
        assert apart > 15, (a.text, b.text, apart)


def test_what_fails_never_shares_a_band_with_what_holds():
    loads = np.array([1.0, 1.0 + 1e-9, 1.0 + 1e-6, 1.2, np.inf])
    assert colours.bands_of(loads).tolist() == [3, 3, 4, 5, 5]


def test_rgb_agrees_with_colour():
    legend = colours.Legend("margin", "", colours.load_entries())
    bands = np.arange(-1, 7)
    told = [colours.hex_rgb(legend.colour(int(b))) for b in bands]
    assert legend.rgb(bands).tolist() == [list(c) for c in told]


def test_types_beyond_the_palette_still_have_a_colour():
    entries = colours.kind_entries(tuple(f"type {i}" for i in range(30)))
    assert all(e.colour.startswith("#") for e in entries)
