"""What a label of a cord may say: a template for one end, with fields in braces."""

from __future__ import annotations

from string import Formatter

from twin.errors import InputError, Problem, near, shown

DEFAULT = "{hall}.{position}-{unit}:{port}"
FIELDS = (
    "hall", "position", "rack", "unit", "device", "port", "cage", "lane", "fabric", "tier", "plane",
    "number",
)  # fmt: skip


def checked(template: str) -> str:
    """Return a template; raise `InputError` where it has a field that there is not.

    Parameters
    ----------
    template
        Text with fields in braces, each of `FIELDS`; they may have a format, as in {number:05d}.
    """
    try:
        used = fields_of(template)
        template.format(**_example())
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        wrong = _unknown(template)
        message = (
            f"there is no field {shown(wrong)}"
            if wrong is not None
            else f"it cannot be read: {error}"
        )
        expected = f"write fields in braces: {', '.join(FIELDS)}"
        raise InputError(
            Problem("", key="label", value=template, message=message, expected=expected,
                    near=near(wrong, FIELDS) if wrong else None)
        ) from error  # fmt: skip
    if not used:
        raise InputError(
            Problem("", key="label", value=template, message="it has no field, so that all cords"
                    " would bear the same", expected=f"use some of {', '.join(FIELDS)}")
        )  # fmt: skip
    return template


def fields_of(template: str) -> set[str]:
    """Return the fields that a template uses."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _unknown(template: str) -> str | None:
    try:
        return next((n for n in sorted(fields_of(template)) if n not in FIELDS), None)
    except ValueError:
        return None


def _example() -> dict[str, object]:
    return dict.fromkeys(FIELDS, "x") | {"plane": 1, "number": 1}
