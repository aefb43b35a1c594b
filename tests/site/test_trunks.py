"""Trunks between panels, as they cannot be."""

from pathlib import Path

import pytest

import twin

TEXT = Path("tests/rules/shuffled.toml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'serves = ["N-01"]',
            'serves = ["N-01"]\ncassette = "shuffle_mpo12"',
            "data.trunks.TA.panel_b: the cassettes of PA and PN both shuffle: one undoes the other",
        ),
        ('panel_b = "PN"', 'panel_b = "PA"', "leads from a panel to itself"),
    ],
)
def test_a_trunk_that_cannot_be_is_told_where_it_is_read(tmp_path, old, new, told):
    path = tmp_path / "trunk.toml"
    assert TEXT.count(old) == 1
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(twin.TwinError, match=r"trunk\.toml") as raised:
        twin.load(path)
    assert told in str(raised.value)
