"""Every notebook runs from top to bottom, is stored without output, and shows something."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_without_output(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs"), cell.source
        assert cell.get("execution_count") is None


@pytest.fixture(scope="module")
def ran():
    """The notebooks as they are after running, by name; each is run once."""
    done = {}
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(path.parent)}}
        NotebookClient(notebook, timeout=300, resources=resources).execute()
        done[path.stem] = notebook
    return done


# The kernel speaks over local sockets, and says so.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_every_cell_shows_what_its_last_line_says(path, ran):
    for cell in ran[path.stem].cells:
        if cell.cell_type != "code":
            continue
        kinds = [output.output_type for output in cell.outputs]
        assert kinds == ["execute_result"], (cell.source, kinds)


@pytest.mark.filterwarnings("default")
def test_the_first_one_shows_tables_and_pictures(ran):
    cells = [c for c in ran["01_first_five_minutes"].cells if c.cell_type == "code"]
    shown = {cell.source.splitlines()[-1]: set(cell.outputs[0].data) for cell in cells}
    for line in ("site", "report", "report.worst(10)", 'report["PWR"]'):
        assert {"text/plain", "text/html"} <= shown[line]
    # OpenGL draws a picture; without it the floor plan stands in.
    assert shown["twin.view(site, report)"] & {"image/png", "image/svg+xml"}


@pytest.mark.filterwarnings("default")
def test_that_of_cabling_shows_the_figures_that_its_words_rest_on(ran):
    cells = [c for c in ran["05_cabling"].cells if c.cell_type == "code"]
    shown = [cell.outputs[0].data.get("text/html", "") for cell in cells]

    def rows(header):
        (found,) = (html for html in shown if f"<th>{header}</th>" in html)
        lines = re.findall(r"<tr>(<td>.*?)</tr>", found)
        return [re.findall(r"<td>(.*?)</td>", line) for line in lines]

    # The words say that every length to buy is known.
    assert all(row[4] for row in rows("upper_transceiver"))
    compute = next(row for row in rows("fabric") if row[0] == "compute")
    assert compute[1:6] == ["32", "16", "1,016", "1,024", "4"]
    assert [row[-1] for row in rows("compute cords moved")] == ["256", "514", "4"]
    assert {row[-1] for row in rows("links taken away since")} == {"0"}
    # Narrower baskets lead more cords round, until some racks' no longer fit.
    costs = rows("cords led round")
    led = [int(row[1]) for row in costs]
    assert led[0] == 0
    assert led == sorted(set(led))
    assert [row[4] for row in costs[:-1]] == ["0"] * (len(costs) - 1)
    assert int(costs[-1][4]) > 0
    assert costs[-1][5] == "CAB101"
