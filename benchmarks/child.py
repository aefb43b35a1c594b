"""One work in a process of its own, so that its peak memory is its own.

    python benchmarks/child.py WORK PATH REPEATS

Prints one line of JSON: seconds of each run, the peak memory after the first one, and counts.
What a work starts from (files read, a site built) is made before its clock starts; its memory
counts, since whoever checks a site has read it.
"""

from __future__ import annotations

import gc
import json
import pickle
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[[], Any]
MB = 1024.0


def peak_mb() -> float:
    """Most memory that this process has held, MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux that starts from what the parent held when it forked.
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / MB
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / MB / (MB if sys.platform == "darwin" else 1.0)


def measured(run: Run, repeats: int, fresh: Run | None = None) -> dict[str, Any]:
    """Time a work several times; `fresh` makes what it starts from anew before each run."""
    times: list[float] = []
    peak, before = 0.0, peak_mb()
    counts: dict[str, int] = {}
    for number in range(repeats):
        if fresh is not None:
            fresh()
        gc.collect()
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
        if number == 0:
            peak, counts = peak_mb(), counted(result)
        del result
    return {"seconds": times, "peak_mb": peak, "before_mb": before, "counts": counts}


def counted(result: object) -> dict[str, int]:
    """Size of what a work has made."""
    if hasattr(result, "number_of_nodes"):
        return {"nodes": result.number_of_nodes(), "edges": result.number_of_edges()}
    if hasattr(result, "margins"):
        return {"racks": result.counts["delivered"], "measures": len(result.margins.demand)}
    if hasattr(result, "tables"):
        tables = {kind: len(table) for kind, table in result.tables.items()}
        return {"racks": tables["rack"], "things": sum(tables.values())}
    return {}


# ------------------------------------------------------------------------------------- works


def read(path: str, repeats: int) -> dict[str, Any]:
    from twin.files.load import load

    return measured(lambda: load(path), repeats)


def build(path: str, repeats: int) -> dict[str, Any]:
    from twin import pipeline

    loaded = pipeline.read(path)
    return measured(lambda: pipeline.build_loaded(loaded), repeats)


def compile_(path: str, repeats: int) -> dict[str, Any]:
    from twin import pipeline

    site = pipeline.load(path)
    return measured(lambda: pipeline.compile_site(site), repeats)


def arrays(path: str, repeats: int) -> dict[str, Any]:
    """From a layout that was read to its compiled arrays."""
    from twin import pipeline

    loaded = pipeline.read(path)
    return measured(lambda: pipeline.compile_site(pipeline.build_loaded(loaded)), repeats)


def check(path: str, repeats: int) -> dict[str, Any]:
    """All rules, all single losses; each run has a site of its own that has kept nothing."""
    from twin import pipeline

    loaded = pipeline.read(path)
    made: list[Any] = []

    def fresh() -> None:
        made[:] = [pipeline.build_loaded(loaded)]

    return measured(lambda: pipeline.check(made[0]), repeats, fresh)


def view(path: str, repeats: int) -> dict[str, Any]:
    """Our own way to the NetworkX graph."""
    from twin import pipeline
    from twin.site.graph import graph_of

    site = pipeline.load(path)
    return measured(lambda: graph_of(site), repeats)


def admission(path: str, repeats: int) -> dict[str, Any]:
    """Racks taken by rank against all budgets of power, coolant and network, with losses."""
    from twin import pipeline
    from twin.checks import budgets, engine

    found: dict[str, Any] = {}

    def timed(*given: Any) -> budgets.Admission:  # noqa: ANN401 - passed through as they come
        found.update(measured(lambda: budgets.take_by_rank(*given), repeats))
        made = budgets.take_by_rank(*given)
        found["counts"] = {
            "racks": len(made.order), "rows": len(made.limit), "entries": len(made.entry_row),
        }  # fmt: skip
        return made

    engine.take_by_rank = timed
    pipeline.check(pipeline.load(path), select=("PWR", "COL", "NET"))
    return found


def power(sizes: str, repeats: int) -> dict[str, Any]:
    """Load flow of halls of some numbers of racks beside its peers, all in this process."""
    from power import compare  # beside this file

    return {"sizes": compare([int(racks) for racks in sizes.split("-")], repeats)}


def hydraulics(sizes: str, repeats: int) -> dict[str, Any]:
    """Flows of coolant loops of some numbers of racks beside the peers, all in this process."""
    from hydraulics import compare  # beside this file

    return {"sizes": compare([int(racks) for racks in sizes.split("-")], repeats)}


def coupled(racks: str, repeats: int) -> dict[str, Any]:
    """Flow, temperature and controls of a loop of so many racks against its flows alone."""
    from coupled import compare  # beside this file

    return compare(int(racks), repeats)


def cabling(sizes: str, repeats: int) -> dict[str, Any]:
    """Cables over ways with limits beside the peers, all in this process."""
    from cabling import compare  # beside this file

    nets = [tuple(map(int, size.split("x"))) for size in sizes.split("-")]
    return compare([(a, b, c) for a, b, c in nets], repeats, peak_mb)


# ------------------------------------------------------------------------------------- peer


def records(path: str, repeats: int) -> dict[str, Any]:
    """Write the nodes and edges of a site as plain columns, for the peer to start from."""
    from twin import pipeline
    from twin.site.graph import graph_of

    del repeats
    graph = graph_of(pipeline.load(path))
    nodes: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    edges: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for name, data in graph.nodes(data=True):
        nodes.setdefault(tuple(data), []).append((name, *data.values()))
    for tail, head, key, data in graph.edges(keys=True, data=True):
        edges.setdefault(tuple(data), []).append((tail, head, key, *data.values()))
    plain = [
        [(keys, list(zip(*rows, strict=True))) for keys, rows in part.items()]
        for part in (nodes, edges)
    ]
    with Path(path).with_suffix(".records").open("wb") as file:
        pickle.dump(plain, file)
    return {}


def networkx(path: str, repeats: int) -> dict[str, Any]:
    """Write the same graph in plain NetworkX: a loop over nodes, a loop over edges."""
    import networkx as nx

    with Path(path).with_suffix(".records").open("rb") as file:
        nodes, edges = pickle.load(file)  # noqa: S301 - written by this benchmark a moment ago

    def run() -> nx.MultiDiGraph[str]:
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for keys, (names, *columns) in nodes:
            for name, *values in zip(names, *columns, strict=True):
                graph.add_node(name, **dict(zip(keys, values, strict=True)))
        for keys, (tails, heads, kinds, *columns) in edges:
            for tail, head, kind, *values in zip(tails, heads, kinds, *columns, strict=True):
                graph.add_edge(tail, head, kind, **dict(zip(keys, values, strict=True)))
        return graph

    return measured(run, repeats)


WORKS = {
    "read": read, "build": build, "compile": compile_, "arrays": arrays, "check": check,
    "view": view, "admission": admission, "power": power,
    "hydraulics": hydraulics, "coupled": coupled, "cabling": cabling, "records": records,
    "networkx": networkx,
}  # fmt: skip


def main() -> None:
    work, path, repeats = sys.argv[1:]
    print(json.dumps(WORKS[work](path, int(repeats))))


if __name__ == "__main__":
    main()
