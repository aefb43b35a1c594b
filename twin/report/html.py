"""The report as one HTML file that loads nothing: no network, no fonts, no images."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

from twin.checks.result import Report, State, number
from twin.errors import plural
from twin.report import page, power, words
from twin.report.gaps import ranked

if TYPE_CHECKING:
    from jinja2 import Environment

_PROLOGUE = re.compile(r"^\s*(?:<\?xml[^>]*\?>|<!DOCTYPE[^>]*>|<!--.*?-->|\s)*", re.DOTALL)


def html(report: Report, plan: str | None = None) -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    report
        What a check said.
    plan
        The floor plan as SVG text, coloured by margin; it stands in the page as it is, so it must
        come from `twin.views`. None leaves the plan out.

    Notes
    -----
    A content security policy in the page forbids all loads and every script but the one that
    sorts and filters the table of verdicts, whatever names a layout brings.
    """
    script = source("table.js")
    shown, left_out = page.racks(report)
    harm, harmless = power.losses(report)
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            headline=words.counted(report),
            verdict=words.name_of(report.state, assumed=words.assumed(report)),
            conditions=words.conditions(report),
            families=page.families(report),
            nearest=words.nearest(report, 12),
            racks=shown,
            racks_left_out=left_out,
            waived=words.waived(report),
            losses=harm,
            losses_left_out=harmless,
            redundancy=power.redundancies(report),
            stranded=power.strandings(report),
            not_in_power=power.not_covered(report),
            gaps=ranked(report),
            limits=page.limits(report),
            products=page.products(report),
            not_covered=page.not_covered(report),
            unjudged=words.unjudged(report),
            plan=None if plan is None else _PROLOGUE.sub("", plan, count=1),
            style=source("report.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            version=words.version(),
        )
    )


def source(name: str) -> str:
    """Return the text of a file beside the templates: style or script."""
    made = environment()
    if made.loader is None:  # pragma: no cover - it is made with one
        raise FileNotFoundError(name)
    return made.loader.get_source(made, name)[0]


@cache
def environment() -> Environment:
    """Return the templates with the words and numbers that they may use; made once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("twin.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "also_lost": page.also_lost,
        "amount": words.amount,
        "band": page.band,
        "bar": page.bar,
        "figure": page.figure_text,
        "number": number,
        "pairs": power.pairs,
        "percent": words.percent,
        "plural": plural,
        "some": words.listed,
        "sortable": "{:.12g}".format,
        "standing": words.standing,
        "tone": page.tone,
        "written": words.written,
    }
    made.globals |= {
        "BANDS": page.BAND_TEXTS,
        "GLYPHS": words.GLYPHS,
        "LIMIT_AT": f"{100 / page.FULL_BAR:.1f}",
        "State": State,
    }
    return made
