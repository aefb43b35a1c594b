"""The JSON schema of a layout file, with the unit of each key said in words."""

from __future__ import annotations

from typing import Any

from twin import units

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def layout_schema() -> dict[str, object]:
    """Return the schema (draft 2020-12) by which editors complete and check layouts.

    The suffix of a key is its unit. Where a key has one, text is right, too, since reading
    converts it.
    """
    from twin.model.layout import Layout

    made: dict[str, Any] = Layout.model_json_schema()
    for item in (made, *made["$defs"].values()):
        item.pop("title", None)
        for name, field in item.get("properties", {}).items():
            item["properties"][name] = _told(name, field)
    return {"$schema": DRAFT, "title": "twin layout", **made}


def _told(name: str, field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field with its unit in the description."""
    field = {key: value for key, value in field.items() if key != "title"}
    unit = units.unit_of(name)
    if unit is None:
        return field
    said = f"{field.get('description', name.replace('_', ' '))}, in {unit}"
    return {**_or_text(field), "description": f"{said}; text with another unit is converted"}


def _or_text(part: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema in which text may stand wherever a number may."""
    if isinstance(part, list):
        return [_or_text(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "number":
        bounds = {k: v for k, v in part.items() if k not in {"default", "description", "title"}}
        rest = {k: v for k, v in part.items() if k in {"default", "description"}}
        return {"anyOf": [bounds, {"type": "string"}], **rest}
    return {key: value if key == "default" else _or_text(value) for key, value in part.items()}
