"""Globs by the names that begin as they do: the same as looking at every name."""

import fnmatch

from hypothesis import given
from hypothesis import strategies as st

from twin.site.globs import Names

LETTERS = st.text("ab1-[]*?!", max_size=5)


@given(st.lists(LETTERS, unique=True), LETTERS)
def test_it_matches_what_fnmatch_does_in_the_same_order(names, glob):
    told = (
        fnmatch.filter(names, glob) if set(glob) & set("*?[") else [n for n in names if n == glob]
    )
    assert Names(names).matching(glob) == told
