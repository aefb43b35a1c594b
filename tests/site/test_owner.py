"""Changes of the policy and of lists of connections, and graphs held to the contract's bounds."""

from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.catalog.profile import profile, profiles
from twin.errors import ChangeError, InputError
from twin.model.change import Change
from twin.site.owner import OF_THE_OWNER
from twin.site.site import Site
from twin.solve.power.supplies import supplies

BASE = Path(__file__).parents[1] / "rules" / "base.toml"


@pytest.fixture(scope="module")
def site():
    return pipeline.load(BASE)


def test_caps_and_limits_are_set_scaled_and_taken_out(site):
    new = pipeline.change(
        site,
        [
            Change("set", "policy.provisioned_kw.gb300_nvl72", "0.142 MW"),
            Change("set", "policy.limits.tray_fill", 0.5),
            Change("scale", "policy.limits.transformer_load", 0.9),
            Change("set", "policy.limits.air_rise_k", 12),
            Change("remove", "policy.limits.row_max"),
        ],
    ).policy
    assert new.provisioned_kw == {"gb300_nvl72": 142}
    assert new.limits == {"air_rise_k": 12, "transformer_load": 0.9, "tray_fill": 0.5}
    assert site.policy.limits["row_max"] == 4


def test_a_cap_of_the_policy_counts(site):
    high = pipeline.change(site, {"policy.provisioned_kw.gb300_nvl72": 200})
    assert pipeline.check(high).counts["blocked"] == 4


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("policy.provisioned_kw.gb300", 100, 'Did you mean "gb300_nvl72"'),
        ("policy.provisioned_kw.vertiv_xdu1350", 100, "no rack type"),
        ("policy.provisioned_kw.gb300_nvl72", -1, "at least 0"),
        ("policy.provisioned_kw.gb300_nvl72", "100 A", "power"),
        ("policy.limits.continous_factor", 0.8, 'Did you mean "continuous_factor"'),
        ("policy.limits.continuous_factor", -1, "above 0"),
        ("policy.limits.continuous_factor", 2.0, "above 1"),
        ("policy.limits.tray_fill", 5, "above 1"),
        ("policy.limits.friction_max_pa_m", "4 Pa", "without a unit"),
        ("policy.limit.tray_fill", 0.5, 'Did you mean "limits"'),
        ("policy.owner", "me", "should read"),
        ("coolant.cdus.CDU1.feeds", ["BX"], "there is no"),
        ("coolant.cdus.CDU1.feeds", ["BA", "BA"], "twice"),
        ("coolant.cdus.CDU1.feeds", "BA", "no list of names"),
        ("halls.H1.feeds", ["BA"], "a hall has no feeds"),
        ("coolant.cdus.CDU9.feeds", ["BA"], 'Did you mean "CDU'),
    ],
)
def test_what_cannot_be_changed_is_told(site, path, value, told):
    with pytest.raises(ChangeError, match=told):
        pipeline.change(site, {path: value})


def test_a_scale_needs_something_to_scale(site):
    with pytest.raises(ChangeError, match="nobody says it"):
        pipeline.change(site, [Change("scale", "policy.limits.air_rise_k", 2)])


def test_lists_of_connections_are_set(site):
    new = pipeline.change(
        site, {"coolant.cdus.CDU1.feeds": ["BA"], "positions.R1-0[12].switches": ["L2"]}
    )
    assert [i for i in new.tables["feed"].ids.tolist() if "CDU" in i] == [
        "CDU1>BA", "CDU2>BA", "CDU2>BB",
    ]  # fmt: skip
    drops = new.tables["drop"]
    assert [i for i in drops.ids.tolist() if i.startswith("R1-0")] == [
        "R1-01>L2", "R1-02>L2", "R1-03>L1", "R1-03>L2", "R1-04>L1", "R1-04>L2",
    ]  # fmt: skip
    for kind in ("feed", "drop"):
        table = new.tables[kind]
        ends = zip(table["tail"].tolist(), table["head"].tolist(), strict=True)
        names = [">".join(new.name_of(end).partition(":")[2] for end in pair) for pair in ends]
        assert names == table.ids.tolist()
    assert pipeline.check(new).counts["blocked"] > 0
    back = pipeline.change(
        new, {"coolant.cdus.CDU1.feeds": ["BA", "BB"], "positions.R1-*.switches": ["L1", "L2"]}
    )
    assert pipeline.check(back).digest == pipeline.check(site).digest


def test_the_feed_that_is_listed_first_is_preferred(site):
    """Whatever the names: gear stands on the first of its feeds that lives."""

    def on(one, board):
        study = pipeline.study(one)
        return {
            one.name_of(int(gear))
            for k, gear in enumerate(study(supplies).gear)
            if one.name_of(
                int(study(supplies).start[study(supplies).ptr[len(study.here) + k]])
                + study.arrays.topology.power.first
            )
            == board
        }

    turned = pipeline.change(site, {"coolant.cdus.CDU1.feeds": ["BB", "BA"]})
    assert "cdu:CDU1" in on(site, "board:BA")
    assert "cdu:CDU1" in on(turned, "board:BB")
    assert pipeline.check(turned).digest != pipeline.check(site).digest
    for one in (site, turned):
        again = Site.from_graph(one.graph)
        assert on(again, "board:BB") == on(one, "board:BB")
        assert np.array_equal(again.tables["feed"]["place"], one.tables["feed"]["place"])
    copied = pipeline.change(turned, [Change("add", "coolant.cdus.CDU9", {"copy": "CDU1"})])
    assert "cdu:CDU9" in on(copied, "board:BB")


def test_limits_of_the_owner_alone_are_in_not_every_profile():
    known = [set(profile(name).limits) for name in profiles()]
    assert [name for name in OF_THE_OWNER if all(name in each for each in known)] == []


def test_order_of_writing_changes_no_digest(site, tmp_path):
    text = BASE.read_text(encoding="utf-8") + (
        '\n[[waive]]\nrule = "SPC101"\nsubject = "position:*"\nreason = "r"\nby = "t"\n'
        "until = 2028-01-01\n"
    )
    keys = "row_max = 4\ntray_fill = 0.4\n"
    assert keys in text
    head, *tables = text.replace(keys, "tray_fill = 0.4\nrow_max = 4\n").split("\n[")
    reports = []
    for name, body in (("as_is", text), ("turned", "\n[".join([head, *tables[::-1]]))):
        path = tmp_path / f"{name}.toml"
        path.write_text(body, encoding="utf-8")
        reports.append(pipeline.check(pipeline.load(path)))
    assert reports[0].digest == reports[1].digest
    assert list(site.policy.losses) == sorted(site.policy.losses)  # so are the cases of losses


def test_a_graph_is_held_to_the_bounds_all_at_once(site):
    graph = site.graph
    graph.nodes["busway:R1A"]["rating_a"] = -5
    graph.nodes["hall:H1"]["ready"] = "May"
    graph.nodes["rack:D1-001"]["state"] = "lvie"
    graph.nodes["obstacle:C1"]["size_x_m"] = 0.0
    graph.nodes["product:gb300_nvl72"]["power_factor"] = 1.7
    graph.nodes["board:BA"]["protected"] = "perhaps"
    with pytest.raises(InputError) as raised:
        Site.from_graph(graph)
    assert {p.key for p in raised.value.problems} == {
        "busway:R1A.rating_a", "hall:H1.ready", "rack:D1-001.state", "obstacle:C1.size_x_m",
        "product:gb300_nvl72.power_factor", "board:BA.protected",
    }  # fmt: skip
    assert np.all(site.tables["busway"]["rating_a"] > 0)
