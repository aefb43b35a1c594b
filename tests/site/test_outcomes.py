"""Classes of racks under a policy, and changes of what must survive what."""

from pathlib import Path

import pytest

from twin import pipeline
from twin.errors import ChangeError
from twin.model.change import Change
from twin.model.policy import Capped
from twin.site.outcomes import class_of_racks

CHAIN = Path(__file__).with_name("chain.toml")


@pytest.fixture(scope="module")
def site():
    return pipeline.load(CHAIN)


def test_a_type_goes_before_its_class_and_others_have_none(site):
    classes = dict(
        zip(site.tables["rack"].ids.tolist(), class_of_racks(site).tolist(), strict=True)
    )
    assert classes == {"SN-1": "gb300_nvl72", "SN-2": "network", "SN-3": ""}


def test_outcomes_are_set_scaled_and_taken_out(site):
    cap = {"outcome": "capped", "to": 0.8, "within_s": "2 min", "enforced_by": "external:bms"}
    new = pipeline.change(
        site,
        [
            Change("set", "policy.losses.transformer", cap),
            Change("scale", "policy.losses.transformer.to", 0.5),
            Change("set", "policy.work.ups", "may go dark"),
            Change("set", "policy.work_fault", "full"),
            Change("set", "policy.pairs", "may go dark"),
            Change("set", "policy.classes.network.busway", "full"),
            Change("set", "policy.classes.*.ups", "full"),
            Change("set", "policy.single_path_h", "2 days"),
            Change("remove", "policy.losses.ups"),
        ],
    ).policy
    assert new.losses == {"transformer": Capped(to=0.4, within_s=120, enforced_by="external:bms")}
    assert new.work == {"ups": "may go dark"}
    assert (new.work_fault, new.pairs, new.single_path_h) == ("full", "may go dark", 48)
    assert new.classes == {
        "gb300_nvl72": {"ups": "full"}, "network": {"busway": "full", "ups": "full"},
    }  # fmt: skip
    assert site.policy.losses == {"ups": "full"}


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("policy.losses.transfomer", "full", 'Did you mean "transformer"'),
        ("policy.losses.ups", "fulll", "does not fit"),
        ("policy.losses.ups.to", 0.5, "caps nothing there"),
        ("policy.losses.ups.too", 0.5, 'Did you mean "to"'),
        ("policy.classes.netwrk.ups", "full", 'Did you mean "network"'),
        ("policy.classes.network", "full", "should read policy.classes"),
        ("policy.work", "full", "should read policy.work.<kind>"),
        ("policy.single_path_h", -1, "does not fit"),
        ("policy.work_faults", "full", 'Did you mean "work_fault"'),
    ],
)
def test_what_cannot_be_asked_is_told(site, path, value, told):
    with pytest.raises(ChangeError, match=told):
        pipeline.change(site, {path: value})


def test_what_nobody_says_has_no_scale_and_is_not_removed(site):
    with pytest.raises(ChangeError, match="does not say it"):
        pipeline.change(site, [Change("remove", "policy.losses.board")])
    with pytest.raises(ChangeError, match="has no scale"):
        pipeline.change(site, [Change("scale", "policy.losses.ups", 2)])
