"""`twin solve`: the solvers by themselves, on bare networks in tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from twin.cli import write
from twin.cli.terminal import step
from twin.errors import Exit

if TYPE_CHECKING:
    from twin.files.loop import Loop
    from twin.files.network import Network
    from twin.site.table import BoolArray, FloatArray, IntArray
    from twin.solve.hydraulics.links import Links
    from twin.solve.hydraulics.solve import Flows
    from twin.solve.radial.after import Grid, LossFlows, State
    from twin.solve.radial.taps import Racks

BASE_KVA = 1000.0
_AT_ONCE = 500
_MOST_NAMED = 8


@click.group("solve", short_help="Solve a bare network in tables.")
def verb() -> None:
    """Solve a bare network, written in tables, without a layout."""


@verb.command("power", short_help="Voltages and loadings of a radial network.")
@click.argument("nodes")
@click.argument("racks")
@click.option("-o", "--output", metavar="FILE", help="Where the table goes; without it to stdout.")
@click.option("--lost", multiple=True, metavar="NODE,...", help="Dead, with all below them.")
@click.option("--losses", type=click.Choice(["0", "1"]), default="0", show_default=True,
              help="1: a row for each node, lost by itself (on top of --lost).")  # fmt: skip
def power(*, nodes: str, racks: str, output: str | None, lost: tuple[str, ...], losses: str) -> int:
    """Solve a radial three-phase network of constant-power racks (balanced).

    NODES has a row for each node: node, parent (its row, from 0; -1: a source, held at 1 pu),
    r_ohm, x_ohm of the branch from the parent, v_base (line to line, V), rate_va of that branch
    (empty: not known). RACKS: tap_a, tap_b (rows of NODES; empty or -1: none), p_w, q_var; half
    on each living tap, all on one when the other is dead. Other columns are not read; where
    v_base changes, an ideal transformer stands between.

    The table has node, v_pu and loading: kVA through the branch from the parent over its
    rating, at the end where it is larger (of a source: what it delivers). v_pu is empty where a
    node is dead, loading where no rating is known; both where no solution was found. With
    --losses 1: out, worst_loading, v_min (over living nodes), lost_kw. Ends with 3 where no
    solution was found.
    """
    from twin.files.network import read_network

    network = read_network(nodes, racks)
    grid, of_racks = _compiled(network)
    gone = network.rows_of(_names(lost, set(network.names)))
    dead = grid.tree.below(gone) if len(gone) else None
    if losses == "1":
        found = _all_losses(grid, of_racks, dead)
        said = _losses_table(network, found)
        failed = _tell_losses(network, found)
    else:
        from twin.solve.radial.after import state

        with step("solving the network"):
            now = state(grid, of_racks, dead)
        said = _state_table(network, now)
        failed = _tell_state(network, grid, now)
    if output is None:
        click.echo(said, nl=False)
    else:
        write.text(output, said)
    return Exit.INCOMPLETE if failed else Exit.FEASIBLE


@verb.command("hydraulics", short_help="Flows and pressures of a coolant network.")
@click.argument("network")
@click.option("-o", "--output", metavar="FILE", help="Where the table goes; without it to stdout.")
@click.option("--nodes", metavar="FILE", help="Where the pressures of nodes go.")
@click.option("--closed", multiple=True, metavar="LINK,...", help="Links that are shut.")
@click.option("--scenarios", metavar="FILE", help="Closed links of many scenarios.")
@click.option("--friction", type=click.Choice(["swamee-jain", "colebrook", "haaland"]),
              default="swamee-jain", show_default=True,
              help="Friction above Reynolds 4,000.")  # fmt: skip
def hydraulics(
    *, network: str, output: str | None, nodes: str | None, closed: tuple[str, ...],
    scenarios: str | None, friction: str,
) -> int:  # fmt: skip
    """Solve a looped network of pipes, pumps and valves (Darcy-Weisbach, in pascal).

    NETWORK is a JSON of columns in SI units, or an EPANET file (.inp, needs wntr). The JSON has
    node and link (names), fr and to (rows of node, from 0), kind, rho, mu, ref and p_ref (nodes
    held at a pressure: one, or a list). Kinds: 0 pipe (L, D, eps, K), 1 loss (K on the velocity
    in D), 2 pump (gains P0 - B q^n; n is 2 if not given; speed), 3 resistance (R q^n). Any
    link may have hold (m3/s that a valve does not let pass), one_way and closed (true or false);
    nodes may have demand (m3/s). Nothing flows back through a pump. Links that pressure holds shut
    are told by name on stderr, with the scenarios in which they are.

    Of an EPANET file the state at time 0 is solved, by Darcy-Weisbach: pipes with their losses,
    check valves and status, pumps with curves, FCV, TCV and GPV, reservoirs, tanks, fixed demands.
    What it holds besides (other valves, controls, emitters, H-W) is told by line and name.

    The table has link and q_m3s, that of --nodes node and p_pa. q_m3s is 0 where a link is closed
    or no pressure reaches it, empty where no flow was found; p_pa is empty where no open link
    leads to a held pressure. --scenarios is a table with scenario and closed (links with blanks
    between them): then the table has a row for each scenario with the flow of each loss link,
    where there is none of each resistance, and without one of every link. Ends with 3 where no
    solution was found.
    """
    from twin.files.loop import read_loop, read_scenarios

    if scenarios and nodes:
        raise click.UsageError("--nodes goes with one state, not with --scenarios.")
    loop = read_loop(network)
    for note in loop.notes:
        click.echo(f"twin: {note}", err=True)
    shut = loop.closed.copy()
    shut[loop.rows_of(_names(closed, set(loop.links)))] = True
    if scenarios is None:
        names, cases = [""], shut[None]
    else:
        names, cases = read_scenarios(scenarios, loop)
        cases |= shut
    links = _links(loop, friction)
    with step("solving the network"):
        found = _flows(loop, links, cases)
    _tell_shut(loop, links, names, cases, found)
    if scenarios is None:
        said = _csv(("link", "q_m3s"), loop.links, (found.q_m3s[0].tolist(),))
    else:
        shown = _shown(loop)
        said = _csv(
            ("scenario", *(loop.links[k] for k in shown)), names, found.q_m3s[:, shown].T.tolist()
        )
    if output is None:
        click.echo(said, nl=False)
    else:
        write.text(output, said)
    if nodes is not None:
        pressures = found.p_pa[0] - loop.height_pa
        write.text(nodes, _csv(("node", "p_pa"), loop.nodes, (pressures.tolist(),)))
    return Exit.INCOMPLETE if _tell_flows(names, found) else Exit.FEASIBLE


def _shown(loop: Loop) -> IntArray:
    """Rows of the links in a table of scenarios: losses, without one resistances, else all."""
    import numpy as np

    from twin.solve.hydraulics.links import Kind

    for kinds in ((Kind.LOSS,), (Kind.POWER, Kind.DROP)):
        mine = np.flatnonzero(np.isin(loop.kind, kinds))
        if len(mine):
            return mine
    return np.arange(len(loop.links))


def _links(loop: Loop, friction: str) -> Links:
    from twin.solve.hydraulics.links import Friction, Links

    return Links(
        loop.kind, **loop.columns, one_way=loop.one_way, curve=loop.curve, curves=loop.curves,
        friction=Friction[friction.upper().replace("-", "_")],
    )  # fmt: skip


def _flows(loop: Loop, links: Links, closed: BoolArray) -> Flows:
    """Solve all scenarios from the flows of the network as it was written."""
    from twin.solve.hydraulics.laws import compile_laws
    from twin.solve.hydraulics.solve import solve
    from twin.solve.hydraulics.topology import compile_topology

    topology = compile_topology(len(loop.nodes), loop.fr, loop.to, loop.held)
    laws = compile_laws(links)
    now = solve(topology, laws, loop.held_pa, demand_m3s=loop.demand_m3s, closed=loop.closed)
    # One state starts from there as well as many, so that it has the same bits alone.
    start = now.q_m3s[0] if now.converged[0] else None
    return solve(
        topology, laws, loop.held_pa, demand_m3s=loop.demand_m3s, closed=closed, start_m3s=start
    )


def _compiled(network: Network) -> tuple[Grid, Racks]:
    """Return the network in per unit, ready to be solved."""
    from twin.solve.radial.after import Grid
    from twin.solve.radial.balanced import per_unit
    from twin.solve.radial.taps import Racks
    from twin.solve.radial.tree import compile_tree

    ohm = network.r_ohm + 1j * network.x_ohm
    grid = Grid(
        compile_tree(network.parent),
        per_unit(ohm, network.v_base_v, BASE_KVA * 1e3),
        network.rate_va / 1e3,
        BASE_KVA,
    )
    return grid, Racks(network.tap_a, network.tap_b, network.p_w / 1e3, network.q_var / 1e3)


def _names(given: Sequence[str], known: set[str]) -> list[str]:
    """Return names from options that may be repeated and may hold lists with commas.

    Examples
    --------
    >>> _names(["TX 1, BW2", "A,B"], {"TX 1", "BW2", "A,B"})
    ['TX 1', 'BW2', 'A,B']
    """
    out: list[str] = []
    for text in given:
        whole = text.strip() in known
        parts = [text] if whole else next(csv.reader([text], skipinitialspace=True), [])
        out += [part.strip() for part in parts if part.strip()]
    return list(dict.fromkeys(out))


def _all_losses(grid: Grid, racks: Racks, dead: BoolArray | None) -> LossFlows:
    """Lose every node in turn; what is done is told on stderr."""
    import numpy as np

    from twin.solve.radial.after import LossFlows, after_losses

    n = len(grid.tree)
    parts: list[LossFlows] = []
    for first in range(0, n, _AT_ONCE):
        some = np.arange(first, min(first + _AT_ONCE, n))
        with step(f"solving loss {first + 1:,} to {some[-1] + 1:,} of {n:,}"):
            parts.append(after_losses(grid, racks, some, dead))

    def joined(name: str) -> FloatArray:
        whole: FloatArray = np.concatenate([getattr(part, name) for part in parts])
        return whole

    return LossFlows(
        joined("converged").astype(np.bool_), joined("residual"), joined("node").astype(np.int64),
        joined("worst_loading"), joined("v_min"), joined("lost_kw"),
    )  # fmt: skip


# ------------------------------------------------------------------------------------- tables


def _state_table(network: Network, now: State) -> str:
    columns = (now.v_pu.tolist(), now.loading.tolist())
    return _csv(("node", "v_pu", "loading"), network.names, columns)


def _losses_table(network: Network, found: LossFlows) -> str:
    columns = (found.worst_loading.tolist(), found.v_min.tolist(), found.lost_kw.tolist())
    return _csv(("out", "worst_loading", "v_min", "lost_kw"), network.names, columns)


def _csv(header: Sequence[str], names: Sequence[str], columns: Sequence[Iterable[float]]) -> str:
    """Write rows with all digits; what is not known is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for name, *values in zip(names, *columns, strict=True):
        writer.writerow([name, *("" if value != value else repr(value) for value in values)])  # noqa: PLR0124 - NaN
    return out.getvalue()


# ---------------------------------------------------------------------------- what was not solved


def _tell_state(network: Network, grid: Grid, now: State) -> bool:
    """Tell the branches at sources below which no solution was found; whether there are any."""
    import numpy as np

    bad = np.flatnonzero(~now.flow.converged)
    if not len(bad):
        return False
    where = _listed(network, grid.tree.stem_names()[bad])
    left = float(np.max(now.flow.residual[bad]))
    click.echo(
        f"twin: no voltages were found below {where} (residual {left:.3g} pu): the load may be "
        "more than the network can carry; their rows are empty",
        err=True,
    )
    return True


def _tell_losses(network: Network, found: LossFlows) -> bool:
    """Tell the losses after which no solution was found; whether there are any."""
    import numpy as np

    bad = np.flatnonzero(~found.converged)
    if not len(bad):
        return False
    left = float(np.max(found.residual[bad]))
    click.echo(
        f"twin: no voltages were found after the loss of {_listed(network, found.node[bad])} "
        f"(residual {left:.3g} pu): the load may be more than the network can carry; "
        "their rows are empty",
        err=True,
    )
    return True


def _tell_shut(
    loop: Loop, links: Links, names: Sequence[str], closed: BoolArray, found: Flows
) -> None:
    """Tell the open check valves and pumps that pressure holds shut, and in which scenarios."""
    import numpy as np

    from twin.solve.hydraulics.shut import held_shut

    lane, row, by = held_shut(links, loop.fr, loop.to, found.q_m3s, found.p_pa)
    for link in np.unique(row[~closed[lane, row]]).tolist():
        mine = np.flatnonzero((row == link) & ~closed[lane, row])
        at = f"from {loop.nodes[loop.fr[link]]} to {loop.nodes[loop.to[link]]}"
        at += _in_scenarios(names, lane[mine].tolist())
        most = f"{'up to ' if len(mine) > 1 else ''}{by[mine].max() / 1000:.4g} kPa"
        click.echo(
            f"twin: {loop.links[link]} lets nothing flow {at}: {most} stand against it", err=True
        )


def _in_scenarios(names: Sequence[str], lanes: Sequence[int]) -> str:
    """Say in which scenarios something is so; nothing of the one state without a name.

    Examples
    --------
    >>> _in_scenarios(["a", "b"], [0, 1]), _in_scenarios([""], [0])
    (' in a, b', '')
    """
    told = ", ".join(names[k] for k in lanes[:_MOST_NAMED] if names[k])
    more = f" and {len(lanes) - _MOST_NAMED:,} more" if len(lanes) > _MOST_NAMED else ""
    return f"{' in ' if told else ''}{told}{more}"


def _tell_flows(names: Sequence[str], found: Flows) -> bool:
    """Tell the scenarios of which no solution was found; whether there are any."""
    import numpy as np

    bad = np.flatnonzero(~found.converged).tolist()
    if not bad:
        return False
    click.echo(
        f"twin: no flows were found{_in_scenarios(names, bad)} (residual "
        f"{np.max(found.residual[bad]):.3g} Pa, {np.max(found.imbalance[bad]):.3g} m3/s): "
        "their cells are empty",
        err=True,
    )
    return True


def _listed(network: Network, rows: IntArray) -> str:
    told = ", ".join(network.names[k] for k in rows[:_MOST_NAMED].tolist())
    more = len(rows) - _MOST_NAMED
    return f"{told} and {more:,} more" if more > 0 else told
