"""`twin solve power`: tables in, a table out, and what is told about wrong ones."""

import csv
import io
import subprocess
import sys

import pytest

from benchmarks.dual_fed import dual_fed

TREE = """\
node,type,parent,r_ohm,x_ohm,v_base,rate_va,p_w,q_var,note
row B,bw,3,0.001,0.0005,415,700000,1e9,1e9,a parent that comes later
utility,slack,-1,0,0,13800,,,,
row A,bw,3,0.001,0.0005,415,700000,,,
T 1,tx,1,0.0007,0.004,415,2500000,,,
"""
RACKS = """\
rack,tap_a,tap_b,p_w,q_var
r1,0,2,132000,26804
r2,2,,132000,26804
r3,0,-1,66000,0
"""


@pytest.fixture
def solve(cli, tmp_path):
    """Run `twin solve power` on two texts; return the run and its rows by the first column."""

    def call(nodes=TREE, racks=RACKS, *options):
        (tmp_path / "n.csv").write_text(nodes, encoding="utf-8")
        (tmp_path / "r.csv").write_text(racks, encoding="utf-8")
        ran = cli("solve", "power", tmp_path / "n.csv", tmp_path / "r.csv", *options)
        rows = list(csv.DictReader(io.StringIO(ran.out)))
        first = next(iter(rows[0])) if rows else ""
        return ran, {row.pop(first): row for row in rows}

    return call


def test_voltages_and_loadings_in_the_order_of_the_file(solve):
    ran, rows = solve()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("node,v_pu,loading\nrow B,0.")
    assert list(rows) == ["row B", "utility", "row A", "T 1"]
    assert rows["utility"] == {"v_pu": "1.0", "loading": ""}  # its rating is not known
    # 330 kW and 53.6 kvar through 0.0102 + 0.0581j pu of 2.5 MVA: R P + X Q + (X P)^2 / 2.
    drop = 0.0102 * 0.132 + 0.0581 * 0.02144 + (0.0581 * 0.132) ** 2 / 2
    assert float(rows["T 1"]["v_pu"]) == pytest.approx(1 - drop, abs=2e-5)
    assert float(rows["T 1"]["loading"]) == pytest.approx(334.5 / 2500, rel=5e-3)
    assert float(rows["row A"]["loading"]) > float(rows["row B"]["loading"]) > 132 / 700


def test_lost_nodes_are_dead_with_all_below_them(solve):
    ran, rows = solve(TREE, RACKS, "--lost", "row A")
    assert ran.code == 0
    assert rows["row A"] == {"v_pu": "", "loading": "0.0"}
    assert float(rows["row B"]["loading"]) == pytest.approx(198 / 700, rel=2e-2)
    _, rows = solve(TREE, RACKS, "--lost", "T 1")
    assert [row["v_pu"] for row in rows.values()] == ["", "1.0", "", ""]
    _, both = solve(TREE, RACKS, "--lost", "row A,row B")
    assert [row["v_pu"] != "" for row in both.values()] == [False, True, False, True]
    _, again = solve(TREE, RACKS, "--lost", "row A", "--lost", "row B")
    assert again == both


def test_a_row_for_each_loss(solve):
    ran, rows = solve(TREE, RACKS, "--losses", "1")
    assert ran.code == 0
    assert ran.out.startswith("out,worst_loading,v_min,lost_kw\nrow B,")
    assert {name: float(row["lost_kw"]) for name, row in rows.items()} == {
        "row B": 66.0, "utility": 330.0, "row A": 132.0, "T 1": 330.0,
    }  # fmt: skip
    assert rows["utility"] == {"worst_loading": "0.0", "v_min": "", "lost_kw": "330.0"}
    assert rows["T 1"] == {"worst_loading": "0.0", "v_min": "1.0", "lost_kw": "330.0"}
    _, one = solve(TREE, RACKS, "--lost", "row A")
    worst = max(float(row["loading"] or 0) for row in one.values())
    lowest = min(float(row["v_pu"]) for row in one.values() if row["v_pu"])
    assert float(rows["row A"]["worst_loading"]) == pytest.approx(worst, rel=1e-9)
    assert float(rows["row A"]["v_min"]) == pytest.approx(lowest, abs=1e-10)
    # One loss on top of what is out already.
    _, two = solve(TREE, RACKS, "--losses", "1", "--lost", "row A")
    assert float(two["row B"]["lost_kw"]) == 330.0
    assert float(two["row A"]["lost_kw"]) == 132.0


def test_several_sources_hold_their_own(solve):
    nodes = TREE + "second,slack,-1,0,0,415,,,,\nrow C,bw,4,0.001,0,415,700000,,,\n"
    racks = RACKS + "r4,5,0,100000,0\n"
    ran, rows = solve(nodes, racks, "--lost", "utility")
    assert ran.code == 0
    assert [name for name, row in rows.items() if row["v_pu"]] == ["second", "row C"]
    assert float(rows["row C"]["loading"]) == pytest.approx(1 / 7, rel=1e-2)
    _, rows = solve(nodes, racks, "--losses", "1")
    assert float(rows["utility"]["lost_kw"]) == 330.0
    assert float(rows["utility"]["worst_loading"]) == pytest.approx(1 / 7, rel=1e-2)


def test_no_rating_anywhere_is_unknown(solve):
    lines = [",".join(line.split(",")[:6]) for line in TREE.splitlines()]
    nodes, racks = "\n".join(lines), RACKS.replace("tap_b", "other")
    ran, rows = solve(nodes, racks)
    assert ran.code == 0
    assert {row["loading"] for row in rows.values()} == {""}
    _, rows = solve(nodes, racks, "--losses", "1")
    assert {row["worst_loading"] for row in rows.values()} == {""}
    assert float(rows["row B"]["lost_kw"]) == 198.0  # without tap_b all hang on one


def test_a_hall_of_64_racks_by_files(cli, tmp_path):
    hall = dual_fed(64)
    nodes, racks = hall.write(tmp_path)
    out = tmp_path / "out.csv"
    ran = cli("solve", "power", nodes, racks, "-o", out, "--losses", "1")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["out"] for row in rows] == hall.node
    assert [float(row["lost_kw"]) for row in rows if float(row["lost_kw"])] == [64 * 132.0]


# ------------------------------------------------------------------------------- not converged


def test_collapse_ends_with_3_and_empty_cells(solve):
    nodes = TREE + "row C,bw,1,0.001,0,415,700000,,,\n"
    heavy = RACKS.replace("r3,0,-1,66000", "r3,0,-1,90e6")
    ran, rows = solve(nodes, heavy + "r4,4,,1000,0\n")
    assert ran.code == 3
    assert "no voltages were found below T 1 (residual" in ran.err
    assert rows["row B"] == {"v_pu": "", "loading": ""}
    assert float(rows["row C"]["v_pu"]) < 1.0  # what does not hang there is solved
    ran, rows = solve(nodes, heavy, "--losses", "1")
    assert ran.code == 3
    assert "after the loss of row A, row C (" in ran.err
    assert rows["row A"] == {"worst_loading": "", "v_min": "", "lost_kw": "132.0"}
    assert float(rows["row B"]["v_min"]) > 0.9  # the heavy rack is dark then


# ---------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("row A,bw,3,0.001", "row A,bw,3,-0.001", "n.csv row 4: r_ohm: -0.001 is negative"),
        ("row A,bw,3,0.001", "row A,bw,3,nan", 'r_ohm: "nan" is not a finite number'),
        ("row A,bw,3,0.001", "row A,bw,3,", "r_ohm: this cell is empty"),
        ("415,2500000", "415,0", "row 5: rate_va: 0 is not above 0"),
        ("415,2500000", "0,2500000", "row 5: v_base: 0 is not above 0"),
        ("row A,bw,3", "row A,bw,9", "row 4: parent: there is no node in row 9"),
        ("row A,bw,3", "row A,bw,T 1", 'row 4: parent: "T 1" is no row number'),
        ("row A,bw,3", "row A,bw,1.5", 'row 4: parent: "1.5" is no row number'),
        ("row A,bw,3", "row A,bw,", "row 4: parent: this cell is empty"),
        ("row A,bw,3", "row A,bw,2", "row 4: parent: row A hangs on itself"),
        ("T 1,tx,1", "T 1,tx,0", "row 2: parent: row B, T 1 hang on each other in a circle"),
        ("row A,", "row B,", 'row 4: node: the node "row B" already stands in row 2'),
        ("x_ohm", "x_omh", "x_ohm: there is no column x_ohm; the columns"),
        ("x_ohm", "x_omh", 'Did you mean "x_omh"?'),
        ("r1,0,2", "r1,0,4", "r.csv row 2: tap_b: there is no node in row 4"),
        ("r2,2,", "r2,,", "r.csv row 3: tap_a: this rack hangs on no tap"),
        ("r2,2,,132000", "r2,2,,-1", "r.csv row 3: p_w: -1 is negative"),
        ("26804\nr3", "inf\nr3", 'q_var: "inf" is not a finite number'),
        ("r2,2", "r1,2", 'rack: the rack "r1" already stands in row 2'),
    ],
)  # fmt: skip
def test_wrong_tables_are_told_by_row_and_column(solve, old, new, said):
    assert (old in TREE) != (old in RACKS)
    ran, _ = solve(TREE.replace(old, new, 1), RACKS.replace(old, new, 1))
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""


def test_all_problems_of_both_tables_are_told_at_once(solve):
    ran, _ = solve(TREE.replace("0.0007", "x"), RACKS.replace("66000", "y"))
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2
    ran, _ = solve(TREE, "a,b\n1,2\n")
    assert len(ran.err.splitlines()) == 3


def test_a_table_without_a_source_or_without_rows_is_told(solve):
    assert "there is no node" in solve("node,parent,r_ohm,x_ohm,v_base\n")[0].err
    ran, rows = solve(TREE, "tap_a,p_w,q_var\n")
    assert ran.code == 0
    assert {row["v_pu"] for row in rows.values()} == {"1.0"}


def test_a_wrong_name_of_what_is_lost_is_told_with_a_near_one(solve):
    ran, _ = solve(TREE, RACKS, "--lost", "row a,T1")
    assert ran.code == 2
    assert 'there is no node "row a"' in ran.err
    assert 'Did you mean "row A"?' in ran.err
    assert 'Did you mean "T 1"?' in ran.err


def test_no_such_file(cli, tmp_path):
    ran = cli("solve", "power", tmp_path / "none.csv", tmp_path / "nil.csv")
    assert ran.code == 2
    assert ran.err.count("there is no such file") == 2


def test_help_of_the_group_loads_no_numbers():
    asked = "from twin.cli.run import run; run(['solve', 'power', '--help']); import sys; "
    done = subprocess.run(
        [sys.executable, "-c", asked + "print('loaded', 'numpy' in sys.modules)"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("loaded False\n")
