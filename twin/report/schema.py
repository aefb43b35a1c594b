"""The JSON schema (draft 2020-12) of ``twin-report/1``, for programs that read reports.

Fields are only ever added within one version, so objects allow more than is listed here.
"""

from __future__ import annotations

from twin.report.json import SCHEMA

Schema = dict[str, object]

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_YES_NO: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_DAY_OR_NULL: Schema = {"type": ["string", "null"], "format": "date"}
_VERDICT: Schema = {"enum": ["feasible", "unknown", "blocked"]}
_CODE: Schema = {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"}


def schema() -> Schema:
    """Return the schema of the document that `twin.report.json.document` makes."""
    body = _object(
        "What a check says about one layout. null stands for what is not known.",
        schema={"const": SCHEMA},
        twin=_said("version of the program", _TEXT),
        layout=_said("name of the layout", _TEXT),
        verdict=_said("worst verdict of the delivered racks", _VERDICT),
        digest=_said("of all that was judged; equal digests, equal reports", _TEXT),
        conditions=_conditions(),
        profile=_said("code profile that gives the limits", _TEXT),
        racks=_object("how many racks", **dict.fromkeys(_RACKS, _COUNT)),
        verdicts=_array(_verdict()),
        findings=_array(_finding()),
        margins=_array(_margin()),
        losses=_array(_loss()),
        losses_left_out=_said("losses of single taps and whips that harm nobody", _COUNT),
        redundancy=_array(_scheme()),
        stranded=_array(_stranded()),
        not_covered=_said("what no rule that was run looks at", _TEXTS),
        coverage=_array(_coverage()),
        uncovered={
            "type": "object",
            "description": "family of rules -> racks in scope that no rule of it measured",
            "additionalProperties": _COUNT,
        },
        gaps=_array(_gap()),
        assumptions=_array(_assumption()),
        waivers=_array(_waiver()),
    )
    head: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA}
    return head | body


_RACKS = ("delivered", "feasible", "blocked", "unknown", "at_risk")


def _object(description: str, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": sorted(properties),
    }


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _said(description: str, kind: Schema) -> Schema:
    return kind | {"description": description}


def _conditions() -> Schema:
    return _object(
        "under what the site was judged",
        date=_said("null: everything planned stands", _DAY_OR_NULL),
        mode={"enum": ["nameplate", "provisioned", "measured", "today"]},
        losses=_said("how many elements at once are lost", _COUNT),
        trip=_said("what opens at once, in times its setting; null: by its curve", _NUMBER_OR_NULL),
        scope=_said("families of rules that were asked for", _TEXTS),
        select=_said("codes, or beginnings of codes, that alone were asked for", _TEXTS),
        ignore=_said("codes, or beginnings of codes, that were left out", _TEXTS),
    )


def _verdict() -> Schema:
    return _object(
        "the answer for one delivered rack",
        rack=_said("serial", _TEXT),
        position=_TEXT_OR_NULL,
        verdict=_VERDICT,
        at_risk=_said("a live rack on an element that live racks alone overload", _YES_NO),
        code=_said("rule that binds", {"type": ["string", "null"]}),
        subject=_said("kind:id of the element that binds", _TEXT_OR_NULL),
        margin=_said("(limit - demand) / scale, below 0 failed", _NUMBER_OR_NULL),
        shared_by=_said("racks that stand on that element", _COUNT),
        missing=_said("paths of the fields without which it is unknown", _TEXTS),
        assumptions=_said("paths of the assumptions it rests on", _TEXTS),
        waived=_said("whether a waived finding would have blocked it", _YES_NO),
        power=_power(),
    )


def _power() -> Schema:
    source = _object("a source and the rack's share on it", source=_TEXT, share=_NUMBER_OR_NULL)
    said = _object(
        "what the rack stands on, as computed; null where power was not judged",
        pooled=_said("draw over the capacity of all its feeds together", _NUMBER_OR_NULL),
        worst=_said(
            "highest load over limit of any element above it after any loss", _NUMBER_OR_NULL
        ),
        element=_said("that element, kind:id", _TEXT_OR_NULL),
        case=_said("that loss; null when healthy", _TEXT_OR_NULL),
        redundancy=_said('as in "2N", "3N/2", "block 4+1", "N"; "none" without supply', _TEXT),
        ways=_said("most ways to a source that share no element", _COUNT),
        sources=_array(source),
        dominators=_said("elements whose single loss takes all its supplies", _TEXTS),
        cap_kw=_said("greatest load at which its own power limits hold", _NUMBER_OR_NULL),
        cap_change=_said("that cap against its load, below 0", _NUMBER_OR_NULL),
    )
    return said | {"type": ["object", "null"]}


def _loss() -> Schema:
    return _object(
        "what one loss does to the racks that stand; the list is sorted by harm",
        case=_said("what is lost", _TEXT),
        asked=_said("whether the policy asks what racks must be after it", _YES_NO),
        full=_said("racks with all of their load", _COUNT),
        capped=_said("racks that a cap of the policy holds lower", _COUNT),
        dark=_said(
            "racks without a living supply; where the policy asks, breakers that open are counted",
            _COUNT,
        ),
        capped_kw=_said("load that caps take away", _NUMBER_OR_NULL),
        dark_kw=_said("load of the dark racks", _NUMBER_OR_NULL),
        element=_said("the element nearest to, or most over, its limit, kind:id", _TEXT_OR_NULL),
        loading=_said("its load over its limit", _NUMBER_OR_NULL),
        demand=_NUMBER_OR_NULL,
        limit=_NUMBER_OR_NULL,
        unit=_TEXT,
        at_least=_said("whether loads or limits that are not known are left out", _YES_NO),
        over=_said("elements over their limit", _COUNT),
        unprotected=_said("racks partly on a UPS that stands on its bypass", _COUNT),
        cdus=_said("coolant units lost", _COUNT),
        air_units=_said("air units lost", _COUNT),
        switches=_said("network switches lost", _COUNT),
    )


def _scheme() -> Schema:
    return _object(
        "racks of one computed kind of redundancy on the same systems",
        name=_TEXT,
        racks=_COUNT,
        ways=_said("fewest disjoint ways to a source among them", _COUNT),
        systems=_said("on which they stand, kind:id", _TEXTS),
        reserve=_said("what stands by behind transfers and ties, kind:id", _TEXTS),
        max_use=_said("closed form: share of all capacity that may be used", _NUMBER_OR_NULL),
        use=_said("share that is used with nothing lost", _NUMBER_OR_NULL),
        pairs=_said("of racks on two of several systems: pairs that occur", _COUNT),
        pairs_of=_said("pairs that there are; 0 where pairs say nothing", _COUNT),
    )


def _stranded() -> Schema:
    return _object(
        "capacity of a source or UPS: usable = placed + reserve + without_place + open",
        element=_said("kind:id", _TEXT),
        unit=_TEXT,
        usable=_said("limit with nothing lost", _NUMBER_OR_NULL),
        placed=_said("load with nothing lost", _NUMBER_OR_NULL),
        reserve=_said("kept free for the losses of the policy", _NUMBER_OR_NULL),
        without_place=_said("left, and no empty position hangs on it", _NUMBER_OR_NULL),
        open=_said("the rest; below 0 placed too much", _NUMBER_OR_NULL),
    )


def _finding() -> Schema:
    return _object(
        "one measure that fails",
        code=_CODE,
        name=_TEXT,
        role={"enum": ["gate", "advice"]},
        severity={"enum": ["error", "warning", "note"]},
        subject=_said("kind:id", _TEXT),
        case=_said("what is lost, kind:id; null when healthy", _TEXT_OR_NULL),
        other=_said("the second of a pair, kind:id", _TEXT_OR_NULL),
        demand=_NUMBER_OR_NULL,
        limit=_NUMBER_OR_NULL,
        unit=_TEXT,
        margin=_NUMBER_OR_NULL,
        shortfall=_said("in `unit`", _NUMBER_OR_NULL),
        racks_on_it=_COUNT,
        racks_that_fit=_COUNT,
        shared_by=_said("the same as racks_on_it", _COUNT),
        held_back=_said("serials that do not fit", _TEXTS),
        message=_TEXT,
        fix=_TEXT,
        source=_said("where the inequality comes from", _TEXT),
        owner=_said("what set the limit", _TEXT),
        waived=_YES_NO,
    )


def _margin() -> Schema:
    return _object(
        "the worst subject of one rule",
        code=_CODE,
        name=_TEXT,
        role={"enum": ["gate", "advice"]},
        subject=_TEXT,
        case=_TEXT_OR_NULL,
        demand=_NUMBER_OR_NULL,
        limit=_NUMBER_OR_NULL,
        unit=_TEXT,
        margin=_NUMBER_OR_NULL,
        state={"enum": ["held", "unknown", "failed"]},
    )


def _coverage() -> Schema:
    return _object(
        "how far a rule reached",
        code=_CODE,
        measured=_said("subjects that hold or fail", _COUNT),
        unknown=_said("subjects of which a figure is missing", _COUNT),
        missing=_said("fields that are missing for most of them", _TEXTS),
    )


def _gap() -> Schema:
    return _object(
        "a field that is missing",
        path=_TEXT,
        racks=_said("racks that lack it", _COUNT),
        decides=_said("racks that it alone would decide", _COUNT),
        meaning=_TEXT,
        unit=_TEXT,
    )


def _assumption() -> Schema:
    return _object(
        "the owner's stand-in for a figure that nobody published",
        path=_TEXT,
        value={"type": ["number", "string", "null"]},
        reason=_TEXT,
        by=_TEXT,
        until=_DAY_OR_NULL,
        racks=_said("racks that rest on it", _COUNT),
    )


def _waiver() -> Schema:
    return _object(
        "findings that the owner accepts until a day",
        rule=_TEXT,
        subject=_said("kind:id, globs allowed", _TEXT),
        reason=_TEXT,
        by=_TEXT,
        until={"type": "string", "format": "date"},
        findings=_said("findings that it waives", _COUNT),
    )
