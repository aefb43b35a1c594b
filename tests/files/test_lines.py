"""The line of every key, against what tomllib finds in the same text."""

import tomllib

import pytest

from twin.files.lines import index, too_deep

TEXT = r'''# a comment with [brackets] = 1
title = "one \" # no comment" # a comment
"quoted key" = 'literal \'
dotted.a.b = 1.5
many = """
line = [2]
""quotes"" \
"""
other = \'\'\'
key = "three"
\'\'\'
list = [
  1, # one
  [2.5, -3e4],
  { x = 1, y = { z = "}" } },
]
[table."sub.table"]
when = 2027-05-03T01:02:03Z
empty = {}
[[rows]]
name = "a"
[[rows.taps]]
busway = "A"
[[rows.taps]]
busway = "B"
[[rows]]
name = "b"
[rows.more]
deep.er = [[0, 0],
           [1, 1]]
'''.replace("\\'\\'\\'", "'''")


def paths(node, path=()):
    if path:
        yield ".".join(path)
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, below in items:
        if isinstance(below, dict | list):
            yield from paths(below, (*path, str(key)))
        else:
            yield ".".join((*path, str(key)))


def test_every_key_of_a_text_has_its_line():
    document = tomllib.loads(TEXT)
    lines = index(TEXT)
    assert set(lines) == set(paths(document))
    written = TEXT.split("\n")
    for path, line in lines.items():
        name = path.rsplit(".", 1)[-1]
        if not name.isdecimal() and name != "table":
            assert name in written[line - 1], path
    assert lines["rows.1.more.deep.er.1.1"] == lines["rows.1.more.deep.er"] + 1
    assert lines["rows.0.taps.1.busway"] == lines["rows.0.taps.0.busway"] + 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = " + "[" * 64, None),
        ("a = " + "[" * 65, 1),
        ("\na = " + "{a = " * 65, 2),
        ("a = " + "[1, " * 40 + "\n" + "[" * 40, 2),
        ("a = [" + "0.5, " * 100 + "]", None),
        ("a" + ".a" * 64 + " = 1", 1),
        ('a = "' + "[" * 100 + '"', None),
        ("# " + "[" * 100, None),
    ],
)
def test_depth_is_told_before_any_parser_meets_it(text, line):
    assert too_deep(text) == line
