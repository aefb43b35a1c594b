"""Whatever is in a file, reading it gives a layout or an InputError: no traceback, no hang."""

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.files.conftest import TINY
from twin.catalog import Catalog
from twin.errors import InputError
from twin.files.load import load
from twin.files.notice import read_notice

SLOW = settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
VALUES = (
    "nan", "-inf", "0xFFFFFFFFFFFFFFFFFFFF", "1e400", "true", '""', '"\\u0000"', "[]", "{}",
    "[[[]]]", "2027-05-03", "07:32:00", "2027-05-03T07:32:00+01:00", "'x'", '"1 ft"', "-1", "[1]",
    "{a = 1}", '["R1-*"]', "'''\n'''",
)  # fmt: skip
LINES = TINY.splitlines()
EXTRA = (
    "[policy.losses]", "[[assume]]", "[[waive]]", "[lists.L1]", "[power.busways.B1]", "include",
    "[rows.R1]", "catalog", "halls", "[policy]\nlosses", "lists", "racks", "[halls.H1.outline_m]",
)  # fmt: skip


def read(data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hall.toml"
        path.write_bytes(data)
        with contextlib.suppress(InputError):
            load(path)


@SLOW
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"a = 0x" + b"F" * 6000 + b"\nformat = 1\nname = 'x'\n")
@example(b"format = 1\nname = 0x" + b"F" * 6000)
@example(b"a = " + b"9" * 5000)
def test_any_bytes(data):
    read(data)


@SLOW
@given(
    st.lists(st.tuples(st.integers(1, len(LINES) - 1), st.sampled_from(VALUES)), max_size=4),
    st.lists(st.tuples(st.sampled_from(EXTRA), st.sampled_from(VALUES)), max_size=2),
)
def test_any_value_under_any_key(changes, extra):
    lines = list(LINES)
    for place, value in changes:
        key, found, _ = lines[place].partition("=")
        if found:
            lines[place] = f"{key}= {value}"
    for name, value in extra:
        lines.append(f"{name}\nname = {value}" if name.startswith("[") else f"{name} = {value}")
    read("\n".join(lines).encode())


@SLOW
@given(st.integers(0, len(TINY)), st.integers(0, 30), st.text(max_size=10))
def test_any_cut_and_any_splice(start, length, between):
    read((TINY[:start] + between + TINY[start + length :]).encode("utf-8", "surrogatepass"))


@SLOW
@given(st.binary(max_size=200), st.sampled_from(["csv", "xlsx"]))
@example(b"PK\x03\x04", "csv")
@example(b'serial,type\n"a', "csv")
@example(b"serial,type\na,b\x00\n", "csv")
@example(b"serial,type,priority,arrives\na,b,1e999,0000-01-01\n", "csv")
def test_any_notice(data, suffix):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"asn.{suffix}"
        path.write_bytes(data)
        with contextlib.suppress(InputError):
            read_notice(path, Catalog({}))


HEADERS = ("id", "kind", "type", "rating", "rating_a", "Rating (kW)", "X (ft)", "y_m", "shelf",
           "tap", "ready", "arrives", "leaves", "state", "phases", "protected", "position", "",
           "fed from", "fed_from", "switches", "\u0000")  # fmt: skip
CELLS = ("", " ", "A1", "busway", "tap", "-1", "1e999", "nan", "1,2", "800 A", "5 ft", "\u0000",
         "2027-05-03", "2027-99-99", "true", "live", "9" * 400, "=1+1", '"', "\ud7ff")  # fmt: skip


@SLOW
@given(st.sampled_from(["equipment", "positions", "whips", "racks", "deliveries"]),
       st.lists(st.sampled_from(HEADERS), min_size=1, max_size=8),
       st.lists(st.lists(st.sampled_from(CELLS), max_size=9), max_size=5),
       st.sampled_from(",;\t"))  # fmt: skip
def test_any_cells_under_any_headers(kind, headers, rows, separator):
    with TemporaryDirectory() as folder:
        table = "\n".join(separator.join(row) for row in [headers, *rows])
        (Path(folder) / "list.csv").write_text(table, encoding="utf-8")
        path = Path(folder) / "hall.toml"
        path.write_text(f'{TINY}[lists.L1]\nfile = "list.csv"\nkind = "{kind}"\n')
        with contextlib.suppress(InputError):
            load(path)
