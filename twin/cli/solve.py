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
    from twin.files.network import Network
    from twin.site.table import BoolArray, FloatArray, IntArray
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


def _listed(network: Network, rows: IntArray) -> str:
    told = ", ".join(network.names[k] for k in rows[:_MOST_NAMED].tolist())
    more = len(rows) - _MOST_NAMED
    return f"{told} and {more:,} more" if more > 0 else told
