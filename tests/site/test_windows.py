"""What windows leave of each feeder on a day."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.model.base import FEEDERS
from twin.model.change import Change
from twin.site.windows import shares_on, work_on

CHAIN = Path(__file__).with_name("chain.toml")


@pytest.fixture(scope="module")
def site():
    return pipeline.load(CHAIN)


def at(site, values, name):
    kind, _, one = name.partition(":")
    return values[site.first[kind] - site.first[FEEDERS[0]] + site.tables[kind].row(one)]


def share(site, name, day):
    return at(site, shares_on(site, day), name)


def test_without_a_day_all_is_as_built(site):
    assert (shares_on(site, None) == 1).all()
    assert len(shares_on(site, None)) == sum(len(site.tables[k]) for k in FEEDERS)
    assert not work_on(site, None).any()


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("transformer:T1", date(2027, 2, 28), 0),  # before it is energised
        ("transformer:T1", date(2027, 3, 1), 0.5),
        ("ups:S2", date(2027, 4, 30), 1),
        ("ups:S2", date(2027, 5, 1), 0),
        ("ups:S2", date(2027, 5, 3), 0),
        ("ups:S2", date(2027, 5, 4), 1),
        ("source:G3", date(2027, 6, 30), 1),
        ("source:G3", date(2027, 7, 1), 0),  # temporary, and past its end
        ("ups:S1", date(2027, 5, 1), 1),  # no window speaks of it
    ],
)
def test_share_on_a_day(site, name, day, expected):
    assert share(site, name, day) == expected


def test_work_is_told_apart_from_what_is_not_yet_there(site):
    out = work_on(site, date(2027, 5, 2))
    assert at(site, out, "ups:S2")
    assert out.sum() == 1


def test_the_least_share_counts_where_windows_overlap(site):
    more = pipeline.change(
        site,
        [
            Change("add", "power.windows.W9", {"copy": "W-half", "share": 0.25}),
            Change("set", "power.windows.W9.until", date(2027, 4, 1)),
        ],
    )
    assert share(more, "transformer:T1", date(2027, 4, 1)) == 0.25
    assert share(more, "transformer:T1", date(2027, 4, 2)) == 0.5


def test_work_that_leaves_a_part(site):
    part = pipeline.change(site, {"power.windows.W-work.share": 0.75})
    assert share(part, "ups:S2", date(2027, 5, 2)) == 0.75
    assert at(part, work_on(part, date(2027, 5, 2)), "ups:S2")


def test_between_two_windows_it_is_gone(site):
    twice = pipeline.change(
        site,
        [
            Change("set", "power.windows.W-half.until", date(2027, 4, 1)),
            Change("add", "power.windows.W9", {"copy": "W-half", "share": 1}),
            Change("set", "power.windows.W9.start", date(2027, 6, 1)),
            Change("set", "power.windows.W9.until", date(2028, 6, 1)),
        ],
    )
    days = [date(2027, 4, 1), date(2027, 5, 1), date(2027, 6, 1)]
    assert [share(twice, "transformer:T1", d) for d in days] == [0.5, 0, 1]


def test_windows_go_with_their_element(site):
    gone = pipeline.change(site, [Change("remove", "power.sources.G3")])
    assert gone.tables["window"].ids.tolist() == ["W-half", "W-work"]
    shares = shares_on(gone, date(2027, 5, 2))
    assert np.isin(shares, [0, 0.5, 1]).all()
    assert at(gone, shares, "ups:S2") == 0
