"""The results of a run as aligned tables for people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

STAGES = {
    "read": "load: read and validate the files",
    "build": "build: layout to site",
    "compile": "compile: site to arrays",
    "check": "check: all rules, all single losses",
    "view": "site.graph: our NetworkX view",
    "networkx": "peer: the same graph, plain NetworkX",
}
REACH = {
    "cold": 2.0, "cold_mb": 500.0, "running": 0.3, "help": 0.2, "import": 0.6, "admission": 1.0,
    "arrays": 2.0, "arrays_mb": 1000.0, "whole": 60.0, "whole_mb": 6000.0,
}  # fmt: skip
"""What each figure is to reach at the full sizes: s, or MB where the name says so."""

POWER_REACH = {256: 0.05e-3, 1024: 0.15e-3, 10_000: 1e-3}
"""One load flow of a hall of so many racks, s."""
LOSSES_REACH = {10_000: 50e-3}
"""All single losses of a hall by capacity, s."""
HYDRAULICS_REACH = {256: 0.3e-3, 4096: 4e-3}
"""One cold solve of a coolant loop of so many racks, s."""
EACH_LOSS_REACH = {256: 0.1e-3}
"""One of a thousand losses solved together, s."""
PIPED_REACH = 2.0
"""Check of a campus whose pipes are solved, in checks of the same one by sums."""
COUPLED_REACH = 10
"""Bare solves of the same network, for flow, temperature and controls of 256 racks."""

CABLING_REACH = {1_000_000: {"seconds": 1.0, "filled_s": 3.0, "peak_mb": 4000.0}}
"""So many cables over 10,000 nodes to 400 sinks: s without limits, s with them, MB."""
FREE_REACH = {"hall": 0.001, "halls": 0.01, "program": 0.01}
"""By how much free cords may be longer than the linear program has them."""

_PEAK = "peak: memory of a process that did the work and all before it"


def text(results: dict[str, Any]) -> str:
    """Write all tables of a run."""
    small, large = results["stages"]["small"], results["stages"]["large"]
    sizes = results["sizes"]
    parts = (
        _stages(small, large, sizes),
        "\n".join((_counts(small), _counts(large), _PEAK)),
        _ratios(small, large, sizes),
        *_power(results["power"]),
        *_hydraulics(results["hydraulics"]),
        _coupled(results["coupled"]),
        *_cabling(results["cabling"]),
        _piped(small["check"], results["sums"], sizes),
        aligned(("figure", "measured", "reach"), list(_reach(results))),
    )
    return "\n\n".join(parts)


def _counts(of_size: dict[str, Any]) -> str:
    judged, graph = of_size["check"]["counts"], of_size["networkx"]["counts"]
    return (
        f"{judged['racks']:,} racks with those of the network: {judged['measures']:,} subjects "
        f"measured; graph of {graph['nodes']:,} nodes, {graph['edges']:,} edges"
    )


def _stages(small: dict[str, Any], large: dict[str, Any], sizes: dict[str, int]) -> str:
    a, b = f"{sizes['small']:,} racks", f"{sizes['large']:,} racks"
    rows = []
    for stage, title in STAGES.items():
        one, ten = small[stage], large[stage]
        rows.append(
            (
                title,
                seconds(one["seconds"]), megabytes(one["peak_mb"]),
                seconds(ten["seconds"]), megabytes(ten["peak_mb"]),
                times(ten["seconds"] / one["seconds"]), times(ten["peak_mb"] / one["peak_mb"]),
            )
        )  # fmt: skip
    return aligned(("work", a, "peak", b, "peak", "growth", "of peak"), rows)


def _ratios(small: dict[str, Any], large: dict[str, Any], sizes: dict[str, int]) -> str:
    """Write how the peer's graph compares with our works that hold the same."""
    rows = []
    for title, works in (
        ("NetworkX / (build + compile)", ("build", "compile")),
        ("NetworkX / compile", ("compile",)),
        ("NetworkX / site.graph", ("view",)),
    ):
        ratios = [
            of_size["networkx"]["seconds"] / sum(of_size[w]["seconds"] for w in works)
            for of_size in (small, large)
        ]
        rows.append((title, *map(times, ratios)))
    head = ("time of peer / ours", f"{sizes['small']:,} racks", f"{sizes['large']:,} racks")
    return aligned(head, rows)


def _power(sizes: list[dict[str, Any]]) -> Iterator[str]:
    """Write load flows beside the peers', and every single loss by sums."""
    head = (
        "load flow, dual-fed hall", "twin", "reach", "peer", "time", "of peer / ours", "apart, pu"
    )  # fmt: skip
    rows = []
    for of_size in sizes:
        title = f"{of_size['racks']:,} racks, {of_size['nodes']:,} nodes"
        ours, reach = of_size["seconds"], POWER_REACH.get(of_size["racks"])
        for name, peer in of_size["peers"].items():
            if peer is None:
                rows.append(
                    (title, fine(ours), fine(reach), f"{name}: not installed", "-", "-", "-")
                )
                continue
            ratio, apart = times(peer["seconds"] / ours), f"{peer['apart_pu']:.1e}"
            rows.append((title, fine(ours), fine(reach), name, fine(peer["seconds"]), ratio, apart))
    yield aligned(head, rows)
    rows = [
        (
            f"{of_size['racks']:,} racks, {of_size['nodes']:,} losses",
            fine(of_size["losses_s"]), fine(LOSSES_REACH.get(of_size["racks"])),
        )
        for of_size in sizes
    ]  # fmt: skip
    yield aligned(("every single loss by sums of kW and kvar", "twin", "reach"), rows)


def _hydraulics(sizes: list[dict[str, Any]]) -> Iterator[str]:
    """Write coolant loops beside the peers, and many losses at once."""
    head = (
        "coolant loop, cold solve", "twin", "reach", "peer", "time", "of peer / ours",
        "racks apart, part",
    )  # fmt: skip
    rows = []
    for of_size in sizes:
        title = f"{of_size['racks']:,} racks, {of_size['nodes']:,} nodes"
        ours, reach = of_size["seconds"], HYDRAULICS_REACH.get(of_size["racks"])
        for name, peer in of_size["peers"].items():
            told = ("-", "-", "-")
            if peer is not None:
                ratio = times(peer["seconds"] / ours)
                told = (fine(peer["seconds"]), ratio, f"{peer['apart']:.1e}")
            known = name if peer is not None else f"{name}: not installed"
            rows.append((title, fine(ours), fine(reach), known, *told))
    yield aligned(head, rows)
    rows = []
    for of_size in sizes:
        if of_size["losses"]:
            peer = of_size["peers"]["EPANET toolkit"]
            each = of_size["each_loss_s"]
            title = f"{of_size['losses']:,} losses x {of_size['racks']:,} racks, each"
            reach = fine(EACH_LOSS_REACH.get(of_size["racks"]))
            ratio = "-" if peer is None else times(peer["seconds"] / each)
            rows.append((title, fine(each), reach, ratio))
    yield aligned(("coolant loops after losses", "twin", "reach", "of EPANET / ours"), rows)


def _coupled(found: dict[str, Any]) -> str:
    """Write what temperatures and controls cost besides flows."""
    title = f"{found['racks']:,} racks on {found['cdus']:,} CDUs"
    ratio = found["seconds"] / found["bare_s"]
    row = (
        title, fine(found["seconds"]), fine(found["bare_s"]), f"{ratio:.1f} bare solves",
        f"{COUPLED_REACH:.0f}", f"{found['apart']:.1e}",
    )  # fmt: skip
    head = (
        "flow, temperature and controls", "twin", "flows alone", "ratio", "reach",
        "racks apart, part",
    )  # fmt: skip
    return aligned(head, [row])


def _piped(piped: dict[str, Any], sums: dict[str, Any], sizes: dict[str, int]) -> str:
    """Write what solved pipes of every loop and plant cost a check besides sums."""
    ratio = piped["seconds"] / sums["seconds"]
    row = (
        f"{sizes['small']:,} racks", seconds(piped["seconds"]), megabytes(piped["peak_mb"]),
        seconds(sums["seconds"]), megabytes(sums["peak_mb"]), f"{ratio:.1f}", f"{PIPED_REACH:.0f}",
    )  # fmt: skip
    head = ("check of a campus", "pipes solved", "peak", "sums alone", "peak", "ratio", "reach")
    return aligned(head, [row])


def _cabling(nets: dict[str, Any]) -> Iterator[str]:
    """Write routes of cables beside the peers' shortest ways, and lengths beside the program."""
    hall = nets["hall"]
    reach = CABLING_REACH.get(hall["cables"], {})
    title = f"{hall['cables']:,} cables, {hall['nodes']:,} nodes, {hall['sinks']:,} sinks"
    rows = []
    for name, peer in hall["peers"].items():
        told = name if peer["scaled"] == 1 else f"{name}, x {peer['scaled']:.0f}"
        ratios = [times(peer["seconds"] / hall[key]) for key in ("seconds", "filled_s")]
        rows.append((title, told, seconds(peer["seconds"]), *ratios, f"{peer['apart_m']:.1e}"))
    head = ("shortest ways", "peer", "time", "of peer / ours", "with limits", "apart, m")
    yield aligned(head, rows)
    rows = [
        (f"{title}, no limits", seconds(hall["seconds"]), seconds(reach.get("seconds"))),
        (f"{title}, limits", seconds(hall["filled_s"]), seconds(reach.get("filled_s"))),
        ("peak memory of both", megabytes(hall["peak_mb"]), megabytes(reach.get("peak_mb"))),
    ]
    program = nets["program"]
    small = f"{program['cables']:,} cables, {program['nodes']:,} nodes, free cords"
    rows.append((small, seconds(program["seconds"]), "-"))
    rows.append((f"HiGHS on the same, {program['sinks']} sinks", seconds(program["peer_s"]), "-"))
    yield aligned(("routes of cables", "measured", "reach"), rows)
    rows = []
    names = {"hall": "one hall", "halls": "three halls", "program": "three small halls"}
    for key, name in names.items():
        net, at = nets[key], nets[key]["limited"]
        free = at["free_over_bound"] if key == "halls" else at["over_bound"]
        against = net.get("over_program", free)
        rows.append(
            (
                f"{name}, {net['cables']:,} cables", part(at["overfull_part"]),
                f"{at['overfull']}", part(at["extra"]), part(against),
                "HiGHS" if key == "program" else "bound below it", part(FREE_REACH[key]),
                part(at["whole_extra"]),
            )
        )  # fmt: skip
    yield aligned(
        ("length with limits", "overfull at first", "at last", "limits cost", "over the program",
         "by", "reach", "whole bundles cost"),
        rows,
    )  # fmt: skip


def _reach(results: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    cold, long, sizes = results["cold"], results["long"], results["sizes"]
    check = results["stages"]["small"]["check"]
    small = f"{sizes['small']:,} racks"
    yield "python -c pass", seconds(cold["python"]), "-"
    yield "python -c 'import twin'", seconds(cold["import"]), seconds(REACH["import"])
    yield "twin --help", seconds(cold["help"]), seconds(REACH["help"])
    yield f"twin check, {small}, cold process", seconds(cold["check"]), seconds(REACH["cold"])
    yield f"check, {small}, running process", seconds(check["seconds"]), seconds(REACH["running"])
    yield f"peak memory of that, {small}", megabytes(check["peak_mb"]), megabytes(REACH["cold_mb"])
    if "admission" in long:
        n = long["admission"]["counts"]
        title = f"{n['racks']:,} racks by rank on {n['rows']:,} rows, {n['entries']:,} shares"
        yield title, seconds(long["admission"]["seconds"]), seconds(REACH["admission"])
    if "arrays" in long:
        title = f"site of {long['arrays']['counts']['racks']:,} racks to arrays"
        yield title, seconds(long["arrays"]["seconds"]), seconds(REACH["arrays"])
        peak = megabytes(long["arrays"]["peak_mb"])
        yield "peak memory of that, reading included", peak, megabytes(REACH["arrays_mb"])
    if "whole" in long:
        title = f"check, {long['whole']['counts']['racks']:,} racks, all rules, all single losses"
        yield title, seconds(long["whole"]["seconds"]), seconds(REACH["whole"])
        peak = megabytes(long["whole"]["peak_mb"])
        yield "peak memory of that, reading included", peak, megabytes(REACH["whole_mb"])


def seconds(value: float | None) -> str:
    """Write a time: 1.23 s, 45.6 ms.

    >>> seconds(1.234), seconds(0.0456), seconds(None)
    ('1.23 s', '45.6 ms', '-')
    """
    if value is None:
        return "-"
    return f"{value * 1e3:.1f} ms" if value < 1 else f"{value:.2f} s"


def fine(value: float | None) -> str:
    """Write a short time with its digits: 0.0412 ms, 15.2 ms.

    >>> fine(0.0000412), fine(0.0152), fine(None)
    ('0.0412 ms', '15.2 ms', '-')
    """
    return "-" if value is None else f"{value * 1e3:.3g} ms"


def megabytes(value: float | None) -> str:
    """Write a size in MB.

    >>> megabytes(281.3), megabytes(None)
    ('281 MB', '-')
    """
    return "-" if value is None else f"{value:,.0f} MB"


def part(value: float) -> str:
    """Write a part of a whole; what was not asked for is NaN.

    >>> part(0.00123), part(float("nan"))
    ('0.123 %', '-')
    """
    return "-" if math.isnan(value) else f"{value * 100:.3f} %"


def times(value: float | None) -> str:
    """Write a ratio.

    >>> times(9.96), times(None)
    ('10.0 x', '-')
    """
    return "-" if value is None else f"{value:.1f} x"


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows of text: the first column to the left, numbers to the right.

    >>> print(aligned(("work", "time"), [("read", "1.2 s"), ("check", "13.0 s")]))
    work     time
    read    1.2 s
    check  13.0 s
    """
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
