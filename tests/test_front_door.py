"""`import twin`: what a user finds, and that it is only a door."""

import ast
import inspect
import json
import pkgutil
from datetime import date
from pathlib import Path

import pytest

import twin
from twin.catalog import shipped

ROOT = Path(__file__).parents[1]
BASE = ROOT / "tests" / "rules" / "base.toml"


@pytest.fixture(scope="module")
def site():
    return twin.load(BASE)


@pytest.fixture(scope="module")
def report(site):
    return twin.check(site, select=["PWR101"])


def test_everything_named_is_there():
    assert set(dir(twin)) == set(twin.__all__)
    for name in twin.__all__:
        assert getattr(twin, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        _ = twin.chek


def test_no_function_has_the_name_of_a_folder():
    folders = {module.name for module in pkgutil.iter_modules(twin.__path__)}
    functions = {name for name in twin.__all__ if inspect.isroutine(getattr(twin, name))}
    assert functions
    assert not functions & folders


def test_it_imports_nothing_of_the_package_before_it_is_asked():
    tree = ast.parse(Path(twin.__file__).read_text(encoding="utf-8"))
    outside = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {getattr(n, "module", None) or n.names[0].name for n in outside}
    assert not {name for name in names if name.split(".")[0] == "twin"}


def test_load_takes_text_and_paths(site):
    assert twin.load(str(BASE)).name == site.name


def test_check_is_what_the_command_line_does(report):
    assert isinstance(report, twin.Report)
    assert report.state is twin.State.FEASIBLE


def test_conditions(site):
    report = twin.check(site, "2027-06-01", "nameplate", 0, select=["PWR101"])
    assert report.conditions.date == date(2027, 6, 1)
    assert (report.conditions.mode, report.conditions.losses) == ("nameplate", 0)


def test_lost_elements(site):
    healthy = twin.check(site, losses=0, select=["PWR103"])
    alone = twin.check(site, losses=0, select=["PWR103"], lost=["source:UA"])
    margin = {str(s): m for s, m in zip(alone.margins.subject, alone.margins.margin, strict=True)}
    for subject, before in zip(healthy.margins.subject, healthy.margins.margin, strict=True):
        if alone.site.name_of(int(subject)) == "source:UB":
            assert margin[str(subject)] < before  # the other side carries all


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"mode": "measurd"}, 'Did you mean "measured"'),
        ({"losses": 3}, "losses"),
        ({"lost": ["busway:R9"]}, 'Did you mean "busway:R1'),
    ],
)
def test_conditions_that_do_not_exist(site, asked, told):
    with pytest.raises(twin.InputError, match=told):
        twin.check(site, **asked)


def test_a_change_leaves_the_site_as_it_was(site, report):
    low = twin.change(site, {"power.busways.R1*.rating_a": 100})
    blocked = twin.check(low, select=["PWR101"])
    assert blocked.state is twin.State.BLOCKED
    assert blocked.worst(1)[0].code == "PWR101"
    assert {f.code for f in blocked["PWR"]} == {"PWR101"}
    assert twin.check(site, select=["PWR101"]).digest == report.digest


def test_changes_may_be_objects(site):
    half = twin.change(site, [twin.Change("scale", "power.busways.R1*.rating_a", 0.1)])
    assert twin.check(half, select=["PWR101"]).state is twin.State.BLOCKED


def test_a_wrong_path_raises(site):
    with pytest.raises(twin.ChangeError, match="busways"):
        twin.change(site, {"power.bussways.*.rating_a": 1})


def test_a_wrong_file_raises(tmp_path):
    with pytest.raises(twin.InputError, match="none"):
        twin.load(tmp_path / "none.toml")


def test_a_report_shows_and_says_itself(site, report):
    assert "FEASIBLE" in repr(report)
    assert "base" in repr(site)
    assert "<table" in site._repr_html_()
    assert "<p>" in report._repr_html_()
    assert report["PWR101"] == ()
    assert json.loads(report.to_json())["verdict"] == "feasible"
    assert report.to_dict()["racks"]["delivered"] == 5
    with pytest.raises(twin.InputError, match="PWR"):
        _ = report["PWX"]


def test_view_writes_what_the_suffix_says(site, report, tmp_path):
    assert twin.view(site, report, tmp_path / "plan.svg") == tmp_path / "plan.svg"
    assert "<svg" in (tmp_path / "plan.svg").read_text(encoding="utf-8")
    with pytest.raises(twin.InputError, match=r"\.svg"):
        twin.view(site, report, tmp_path / "plan.gif")


def test_in_a_notebook_without_opengl_the_plan_is_shown(site, report, monkeypatch):
    from twin.views import opengl

    none = opengl.Probe(ok=False, how="", window="", reason="none", advice="")
    monkeypatch.setattr(opengl, "probe", lambda: none)
    monkeypatch.setattr("twin.views.picture.in_notebook", lambda: True)
    assert "<svg" in twin.view(site, report)._repr_svg_()


def test_what_is_looked_up(report):
    assert twin.gaps(report) == []
    assert "PWR101" in twin.explain()
    assert "Does not cover" in twin.explain("PWR101")
    assert twin.products() is shipped()
    assert twin.__version__[0].isdigit()
