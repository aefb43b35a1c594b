"""Lists of stock: one length a row, in the user's own headers and units."""

from __future__ import annotations

import openpyxl
import pytest

from twin.errors import InputError
from twin.files.load import load

ENTRY = '[lists.S]\nfile = "{file}"\nkind = "stock"\n'
STOCK = """\
# what the depot sells
Cable,Length (m),Shelf
fibre_sm_straight,30,A3
fibre_sm_straight,10,A3
fibre_sm_straight,10,B1
trunk_sm_144,100 ft,C7
"""


@pytest.fixture
def listed(write, tiny):
    """Read a list of stock with a small layout that may say more."""

    def reader(text, more="", name="stock.csv"):
        write(text, name)
        return load(write(tiny + ENTRY.format(file=name) + more))

    return reader


def told(listed, *args, **keys):
    with pytest.raises(InputError) as raised:
        listed(*args, **keys)
    return [p.text().rpartition("/")[2] for p in raised.value.problems]


def test_a_list_says_what_stock_m_says(listed):
    loaded = listed(STOCK, "[data.stock_m]\nfibre_mm_straight = [5]\n")
    assert loaded.layout.data.stock_m == {
        "fibre_mm_straight": [5],
        "fibre_sm_straight": [10, 30],
        "trunk_sm_144": [pytest.approx(30.48)],
    }
    assert loaded.lists == ()


def test_headers_of_ones_own_are_mapped(listed):
    text = "Article;Metres\nfibre_sm_straight;3\nfibre_sm_straight;5.5\n"
    loaded = listed(text, 'columns = { product = "Article", length_m = "Metres" }\n')
    assert loaded.layout.data.stock_m == {"fibre_sm_straight": [3, 5.5]}


def test_a_sheet_of_a_workbook_is_read(write, tiny, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sold"
    for row in (("product", "length_m"), ("dac_800g_osfp", 1.5), ("dac_800g_osfp", 2)):
        book.active.append(row)
    book.save(tmp_path / "stock.xlsx")
    loaded = load(write(tiny + ENTRY.format(file="stock.xlsx") + 'sheet = "Sold"\n'))
    assert loaded.layout.data.stock_m == {"dac_800g_osfp": [1.5, 2]}


def test_what_is_wrong_is_told_with_its_row(listed):
    text = (
        "product,length_m\nfibre_sm_strait,3\nfibre_sm_straight,-2\nqm9700,5\n,7\n"
        "fibre_mm_straight,abc\ntrunk_sm_144,\nfibre_sm_strait,5\n"
    )
    lines = told(listed, text)
    sold = "the id of a cable or trunk"
    assert lines == [
        (
            'stock.csv row 2: product: there is no product "fibre_sm_strait" in the catalog;'
            f' {sold}. Did you mean "fibre_sm_straight"?'
        ),
        'stock.csv row 3: length_m: "-2" is negative; write a number above 0 m',
        f'stock.csv row 4: product: "qm9700" is of kind switch; {sold}',
        "stock.csv row 5: product: this cell is empty; write the product",
        (
            'stock.csv row 6: length_m: "abc" is not one number with a unit; write a number in m,'
            ' or text such as "2.5 m"'
        ),
        "stock.csv row 7: length_m: this cell is empty; write the length_m",
    ]


def test_lengths_in_two_places_and_columns_that_lack_are_told(listed):
    (line,) = told(listed, STOCK, "[data.stock_m]\ntrunk_sm_144 = [40]\n")
    assert line.startswith('stock.csv row 6: Cable: data.stock_m lists "trunk_sm_144" as well')
    (line,) = told(listed, "Item no,length_m\nx,3\n")
    assert "there is no column product, which a length needs" in line
    (line,) = told(listed, "product,Length\nfibre_sm_straight,3\n")[:1]
    assert 'the header "Length" names no unit; write length_m, or Length with a unit' in line
