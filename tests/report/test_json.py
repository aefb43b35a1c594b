"""The report as strict JSON, and its schema."""

from __future__ import annotations

import json

import pytest

from twin.report.json import document, dumps
from twin.report.schema import schema

jsonschema = pytest.importorskip("jsonschema")


def refuse(constant):
    raise AssertionError(constant)


def closed(node):
    """The schema with nothing allowed beyond what it lists."""
    if isinstance(node, dict):
        out = {key: closed(value) for key, value in node.items()}
        if "properties" in out:
            out["additionalProperties"] = False
        return out
    return [closed(each) for each in node] if isinstance(node, list) else node


def test_json_is_the_golden_one(sample, golden):
    golden("sample.json", dumps(sample.report(), indent=2))


def test_json_is_strict_sorted_and_ascii(sample):
    text = dumps(sample.report(serial=sample.HOSTILE))
    assert text.isascii()
    assert text.count("\n") == 1
    parsed = json.loads(text, parse_constant=refuse)
    assert text == json.dumps(parsed, sort_keys=True) + "\n"


def test_what_is_not_known_is_null(sample):
    parsed = document(sample.report())
    unknown = parsed["verdicts"][2]
    assert unknown["verdict"] == "unknown"
    assert unknown["margin"] is None
    assert unknown["missing"] == ["coolant.loops.TCS1.supply_c"]
    assert parsed["margins"][0]["demand"] is None
    assert parsed["margins"][0]["state"] == "unknown"


def test_document_keeps_exactly_to_the_schema(sample):
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(document(sample.report()), schema())
    jsonschema.validate(document(sample.report()), closed(schema()))


def test_schema_refuses_another_verdict(sample):
    wrong = document(sample.report()) | {"verdict": "fine"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema())


def test_schema_is_the_golden_one(golden):
    golden("schema.json", json.dumps(schema(), indent=2, sort_keys=True) + "\n")


def test_keys_of_the_contract_are_there(sample):
    parsed = document(sample.report())
    assert {
        "schema", "layout", "verdict", "digest", "conditions", "profile", "racks", "verdicts",
        "findings", "margins", "coverage", "gaps", "assumptions", "twin",
    } <= set(parsed)  # fmt: skip
    assert parsed["schema"] == "twin-report/1"
    assert parsed["racks"] == {
        "delivered": 4, "feasible": 2, "blocked": 1, "unknown": 1, "at_risk": 1
    }  # fmt: skip
    assert {
        "code", "name", "role", "severity", "subject", "case", "demand", "limit", "unit", "margin",
        "shortfall", "racks_on_it", "racks_that_fit", "message", "fix", "source", "owner",
        "waived", "other", "shared_by",
    } <= set(parsed["findings"][0])  # fmt: skip
    assert {
        "rack", "position", "verdict", "code", "subject", "margin", "missing", "assumptions",
        "shared_by",
    } <= set(parsed["verdicts"][0])  # fmt: skip


def test_two_runs_give_the_same_bytes(sample):
    assert dumps(sample.report()) == dumps(sample.report())
