"""What a row says of its positions is what each of them says."""

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.errors import ChangeError
from twin.model.base import Item
from twin.model.place import PlaceLike

BASE = Path("tests/rules/cabled.toml").read_text(encoding="utf-8")
COLUMNS = {"accepts", "loop", "plant", "zone"}
SAID = {
    "width_m": "0.55", "depth_m": "1.1", "height_m": "2.3", "max_kg": "1500", "entry_m2": "0.01",
    "manager_m2": "0.02", "ready": "2027-02-03", "network_ready": "2027-02-04",
}  # fmt: skip


def built(folder, row, position):
    """A table of positions where row A says one thing and its first position another."""
    key, value = row or position
    text = "".join(
        line for line in BASE.splitlines(keepends=True)
        if not (row and line.startswith(f"{key} ="))
    )  # fmt: skip
    text = text.replace("[rows.A]", f"[rows.A]\n{key} = {value}") if row else text
    if position:
        text += f"\n[positions.A-01]\n{key} = {value}\n"
    path = folder / "rows.toml"
    path.write_text(text, encoding="utf-8")
    return pipeline.load(path).tables["position"]


def test_these_are_all_that_both_may_say():
    own = set(PlaceLike.model_fields) - set(Item.model_fields)
    assert own == COLUMNS | set(SAID)


@pytest.mark.parametrize(("key", "value"), SAID.items())
def test_a_row_says_it_of_each_of_its_positions(tmp_path, key, value):
    of_row = built(tmp_path, (key, value), None)
    of_place = built(tmp_path, None, (key, value))
    row, place = (t[key][t.index["A-01"]] for t in (of_row, of_place))
    assert row == place
    assert row == of_row[key][of_row.index["A-04"]]
    assert np.asarray(row).dtype.kind in "fM"


@pytest.mark.parametrize(
    ("path", "said"), [("rows.A.max_kg", r"change it in its file, or set positions\.\*\.max_kg"),
                       ("rows.A.pitch_m", "change it in its file$")],
)  # fmt: skip
def test_a_row_that_is_changed_later_would_change_nothing(path, said):
    with pytest.raises(ChangeError, match=said):
        pipeline.change(pipeline.load("tests/rules/cabled.toml"), {path: 3})
