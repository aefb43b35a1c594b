"""A source that is out, beside a fault in what it feeds."""

from __future__ import annotations

from twin import pipeline
from twin.model.change import Change, Scenario
from twin.solve.losses.cases import cases, lost_row
from twin.solve.study import Study

CHANGES = (
    Change("add", "power.boards.X", {"copy": "BA", "fed_from": "UA", "alternate": "UB"}),
    Change("set", "power.boards.X.protected", False),
    Change("set", "power.transformers.TA.fed_from", "X"),
)


def dead_after(study: Study, name: str) -> set[str]:
    row = study(cases).name.tolist().index(name)
    return set(study.site.names[lost_row(study, row)].tolist())


def test_an_unprotected_switch_outlives_the_outage_of_its_source() -> None:
    """It moves to its other side when the source is out; a fault in it takes the source too."""
    study = pipeline.study(pipeline.load("tests/rules/base.toml"), Scenario(changes=CHANGES))
    assert dead_after(study, "source:UA") == {"source:UA"}
    assert {"source:UA", "board:X", "transformer:TA", "ups:SA"} <= dead_after(study, "board:X")
