"""`twin gaps`, `explain`, `catalog` and `schema`: what is looked up."""

import json
import tomllib

import jsonschema
import pytest

from twin.catalog import shipped


def test_gaps_names_the_field_and_the_lines_to_write(cli, lacking):
    ran = cli("gaps", lacking)
    assert ran.code == 0
    assert "catalog.gb300_nvl72.power_factor" in ran.out
    assert "[[assume]]" in ran.out


def test_gaps_of_a_wrong_file(cli, broken):
    assert cli("gaps", broken).code == 2


def test_explain_lists_all_rules(cli):
    ran = cli("explain")
    assert ran.code == 0
    assert "PWR101" in ran.out


def test_explain_prints_a_page(cli):
    ran = cli("explain", "pwr101")
    assert ran.code == 0
    assert "Does not cover" in ran.out


def test_explain_as_json(cli):
    shown = json.loads(cli("explain", "PWR", "--format", "json").out)
    assert {rule["family"] for rule in shown["rules"]} == {"PWR"}


def test_explain_of_a_rule_that_does_not_exist(cli):
    ran = cli("explain", "PWR1O1")
    assert ran.code == 2
    assert 'Did you mean "PWR101"?' in ran.err


def test_catalog_lists_all_products(cli):
    ran = cli("catalog")
    assert ran.code == 0
    ids = {line.split()[0] for line in ran.out.splitlines() if not line.startswith(" ")}
    assert ids >= set(shipped().products)


def test_catalog_lists_one_kind(cli):
    shown = json.loads(cli("catalog", "--kind", "cdu", "--format", "json").out)
    assert {p["kind"] for p in shown["products"]} == {"cdu"}


def test_catalog_prints_each_figure_with_its_source(cli):
    ran = cli("catalog", "gb300_nvl72")
    assert ran.code == 0
    product = shipped().get("gb300_nvl72")
    for name, figure in product.figures.items():
        line = next(line for line in ran.out.splitlines() if line.startswith(f"{name} = "))
        assert "[" in line or not figure.known or "[" in ran.out.split(line)[1][:200]
    assert "Sources" in ran.out


def test_catalog_as_json_gives_numbers_and_sources(cli):
    (product,) = json.loads(cli("catalog", "gb300_nvl72", "--format", "json").out)["products"]
    figure = product["figures"]["nameplate_kw"]
    assert figure["value"] == shipped().get("gb300_nvl72").figures["nameplate_kw"].value
    assert figure["source"]
    assert all(f["source"] for f in product["figures"].values() if f["value"] is not None)


def test_catalog_with_a_layouts_own_products(cli, base):
    assert cli("catalog", "gb300_nvl72", "--layout", base).code == 0


@pytest.mark.parametrize(
    ("arguments", "guess"), [(("gb300_nvl7",), "gb300_nvl72"), (("--kind", "rak"), "rack")]
)
def test_catalog_tells_near_names(cli, arguments, guess):
    ran = cli("catalog", *arguments)
    assert ran.code == 2
    assert f'Did you mean "{guess}"?' in ran.err


def test_schema_takes_what_a_layout_says(cli, base):
    schema = json.loads(cli("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    document = tomllib.loads(base.read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(document, default=str)), schema)


def test_schema_takes_text_with_a_unit_and_tells_the_units(cli):
    schema = json.loads(cli("schema").out)
    validator = jsonschema.Draft202012Validator(schema)
    layout = {"format": 1, "name": "x", "power": {"sources": {"U": {"rating_kw": "2.8 MW"}}}}
    assert validator.is_valid(layout)
    layout["power"]["sources"]["U"]["rating_kw"] = True
    assert not validator.is_valid(layout)
    told = schema["$defs"]["Busway"]["properties"]["rating_a"]["description"]
    assert "in A;" in told


def test_schema_of_a_report_takes_a_report(cli, base):
    schema = json.loads(cli("schema", "report").out)
    report = json.loads(cli("check", base, "--format", "json").out)
    jsonschema.validate(report, schema)
